//! What is around a machine: its host and what that is in, its pool and what that is in, what it is in itself.

use std::collections::BTreeMap;

use vsphere_client::{ClientError, VsphereClient, step};
use vsphere_types::{MoRef, Object, ObjectSpec, PropertyFilterSpec, PropertySpec};

use crate::vcenter::{Chain, Chains, Machine};

/// Reads all three chains in one call.
pub(super) async fn chains(client: VsphereClient, machine: Machine) -> Result<Chains, ClientError> {
    let starts: Vec<MoRef> = [machine.host.clone(), machine.pool.clone(), Some(machine.reference.clone())].into_iter().flatten().collect();
    let property = |kind: &str, path: &str| PropertySpec { kind: kind.to_owned(), all: None, path_set: vec![path.to_owned()] };
    let spec = PropertyFilterSpec {
        prop_set: vec![property("ManagedEntity", "parent"), property("VirtualMachine", "parentVApp")],
        object_set: starts.iter().map(|start| ObjectSpec { obj: start.clone(), skip: Some(false), select_set: upwards() }).collect(),
        ..PropertyFilterSpec::default()
    };
    let mut parents: BTreeMap<MoRef, MoRef> = BTreeMap::new();
    for found in client.retrieve(spec).await? {
        let parent: Option<MoRef> = found.properties.get("parent")?;
        // A machine inside of a vApp has no other parent.
        let parent = match parent {
            None => found.properties.get("parentVApp")?,
            some => some,
        };
        if let Some(parent) = parent {
            parents.insert(found.object, parent);
        }
    }
    let chain = |start: Option<&MoRef>| start.map(|start| chain(start, &parents)).unwrap_or_default();
    Ok(Chains { host: chain(machine.host.as_ref()), pool: chain(machine.pool.as_ref()), machine: chain(Some(&machine.reference)) })
}

/// From an entity outwards; an inventory that turned in a circle would end it too.
fn chain(start: &MoRef, parents: &BTreeMap<MoRef, MoRef>) -> Chain {
    let mut chain = vec![start.clone()];
    while let Some(parent) = chain.last().and_then(|last| parents.get(last)).filter(|parent| !chain.contains(parent)) {
        chain.push(parent.clone());
    }
    chain
}

/// From an entity to its parents, again and again.
fn upwards() -> Vec<Object> {
    vec![step("parents", "ManagedEntity", "parent", &["parents"]), step("vApp", "VirtualMachine", "parentVApp", &["parents"])]
}
