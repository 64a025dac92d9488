//! CreateListView, ModifyListView, ResetListView, CreateContainerView, DestroyView.
//!
//! References that name nothing are answered and left out of the view; drivers read from that that a task is gone.

use vsphere_types::{Fault, Method, MoRef, Value};

use super::Call;
use super::updates::session_object;
use crate::fault;
use crate::managed::{Look, exists};
use crate::state::View;
use crate::world::{Reply, World};

/// Carries out one of these methods.
pub fn carry_out(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let value = match method {
        Method::CreateListView => {
            let (objects, _) = split(&world.parts.look_as(Some(call.key()?)), call.arguments.references("obj"));
            let session = call.key()?.to_owned();
            add(world, call, "ListView", View::List { session, objects })?
        }
        Method::CreateContainerView => create_container_view(world, call)?,
        Method::ModifyListView => modify(world, call)?,
        Method::ResetListView => reset(world, call)?,
        _ => {
            own(world, call)?;
            world.parts.state.views.remove(call.this);
            return Ok(Reply::Done(None));
        }
    };
    Ok(Reply::Done(Some(value)))
}

fn add(world: &mut World, call: &Call, kind: &str, view: View) -> Result<Value, Fault> {
    let reference = session_object(world, call, kind)?;
    world.parts.state.views.insert(reference.clone(), view);
    Ok(Value::Ref(reference))
}

fn create_container_view(world: &mut World, call: &Call) -> Result<Value, Fault> {
    let container = call.arguments.reference("container")?;
    if !world.parts.state.has_entity(&container) {
        return Err(fault::not_found(&container));
    }
    let view = View::Container {
        session: call.key()?.to_owned(),
        container,
        types: call.arguments.texts("type"),
        recursive: call.arguments.flag("recursive"),
    };
    add(world, call, "ContainerView", view)
}

/// Objects that exist, each once, and those that do not.
fn split(look: &Look, objects: Vec<MoRef>) -> (Vec<MoRef>, Vec<MoRef>) {
    let (mut found, mut unresolved) = (Vec::new(), Vec::new());
    for object in objects {
        let list = if exists(look, &object) { &mut found } else { &mut unresolved };
        if !list.contains(&object) {
            list.push(object);
        }
    }
    (found, unresolved)
}

/// The view must be the caller's own.
fn own(world: &World, call: &Call) -> Result<(), Fault> {
    let key = call.key()?;
    match world.parts.state.views.get(call.this) {
        Some(view) if view.session() == key => Ok(()),
        _ => Err(fault::not_found(call.this)),
    }
}

fn modify(world: &mut World, call: &Call) -> Result<Value, Fault> {
    own(world, call)?;
    let (added, unresolved) = split(&world.parts.look_as(Some(call.key()?)), call.arguments.references("add"));
    let removed = call.arguments.references("remove");
    if let Some(View::List { objects, .. }) = world.parts.state.views.get_mut(call.this) {
        objects.retain(|object| !removed.contains(object));
        for object in added {
            if !objects.contains(&object) {
                objects.push(object);
            }
        }
    }
    Ok(references(unresolved))
}

fn reset(world: &mut World, call: &Call) -> Result<Value, Fault> {
    own(world, call)?;
    let (found, unresolved) = split(&world.parts.look_as(Some(call.key()?)), call.arguments.references("obj"));
    if let Some(View::List { objects, .. }) = world.parts.state.views.get_mut(call.this) {
        *objects = found;
    }
    Ok(references(unresolved))
}

fn references(objects: Vec<MoRef>) -> Value {
    crate::managed::references(objects)
}
