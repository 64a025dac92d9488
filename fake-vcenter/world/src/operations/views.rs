//! CreateListView, ModifyListView, ResetListView, CreateContainerView, DestroyView.
//!
//! References that name nothing are answered and left out of the view; drivers read from that that a task is gone.

use vsphere_types::request::{CreateContainerView, CreateListView, DestroyView, ModifyListView, ResetListView};
use vsphere_types::{Fault, MoRef};

use super::session_object::session_object;
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::look::Look;
use crate::managed::exists;
use crate::state::View;
use crate::world::World;

impl Operation for CreateListView {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let session = call.key()?.to_owned();
        let (objects, _) = split(&world.parts.look_as(Some(&session)), self.obj);
        add(world, call, "ListView", View::List { session, objects }).map(Reply::Done)
    }
}

impl Operation for CreateContainerView {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let Self { container, kind: types, recursive } = self;
        if !world.parts.state.has_entity(&container) {
            return Err(fault::not_found(&container));
        }
        let session = call.key()?.to_owned();
        add(world, call, "ContainerView", View::Container { session, container, types, recursive }).map(Reply::Done)
    }
}

impl Operation for ModifyListView {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        own(world, call)?;
        let (added, unresolved) = split(&world.parts.look_as(call.viewer()), self.add);
        if let Some(View::List { objects, .. }) = world.parts.state.views.get_mut(call.this) {
            objects.retain(|object| !self.remove.contains(object));
            for object in added {
                if !objects.contains(&object) {
                    objects.push(object);
                }
            }
        }
        Ok(Reply::Done(unresolved))
    }
}

impl Operation for ResetListView {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        own(world, call)?;
        let (found, unresolved) = split(&world.parts.look_as(call.viewer()), self.obj);
        if let Some(View::List { objects, .. }) = world.parts.state.views.get_mut(call.this) {
            *objects = found;
        }
        Ok(Reply::Done(unresolved))
    }
}

impl Operation for DestroyView {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        own(world, call)?;
        world.parts.state.views.remove(call.this);
        Ok(Reply::Done(()))
    }
}

fn add(world: &mut World, call: &Call, kind: &'static str, view: View) -> Result<MoRef, Fault> {
    let reference = session_object(world, call, kind)?;
    world.parts.state.views.insert(reference.clone(), view);
    Ok(reference)
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
