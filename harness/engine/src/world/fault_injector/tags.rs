//! Tags that are put on objects of a vCenter and taken off them.

use std::sync::Arc;

use fake_vcenter_server::VCenter;
use fake_vcenter_world as vsphere;
use jiff::Timestamp;
use seatrial_scenario::{ObjectTag, TagTarget};
use vsphere_types::Fault;

use super::error::InjectionError;
use super::reach::{Reach, no_vm};
use crate::world::names::DATACENTER;

/// Puts tags on an object.
pub(super) fn put(reach: &Reach, on: &TagTarget, tags: &[ObjectTag]) -> Result<(), InjectionError> {
    each(reach, on, tags, |world, now, tag, on| world.attach_tag(now, &tag.category, &tag.tag, on))
}

/// Takes tags off an object.
pub(super) fn take(reach: &Reach, on: &TagTarget, tags: &[ObjectTag]) -> Result<(), InjectionError> {
    each(reach, on, tags, |world, now, tag, on| world.detach_tag(now, &tag.category, &tag.tag, on))
}

fn each(
    reach: &Reach,
    on: &TagTarget,
    tags: &[ObjectTag],
    act: impl Fn(&mut vsphere::World, Timestamp, &ObjectTag, &vsphere::TagTarget) -> Result<(), Fault>,
) -> Result<(), InjectionError> {
    let (vcenter, on) = find(reach, on)?;
    let now = vcenter.now();
    Ok(vcenter.with_world(|world| tags.iter().try_for_each(|tag| act(world, now, tag, &on)))?)
}

fn find<'a>(reach: &'a Reach, on: &TagTarget) -> Result<(&'a Arc<VCenter>, vsphere::TagTarget), InjectionError> {
    Ok(match on {
        TagTarget::Datacenter(vcenter) => (reach.vcenter(vcenter)?, vsphere::TagTarget::Datacenter(DATACENTER.to_owned())),
        TagTarget::Cluster { cluster, vcenter } => (reach.vcenter(vcenter)?, vsphere::TagTarget::Cluster(cluster.value.clone())),
        TagTarget::Datastore { datastore, vcenter } => (reach.vcenter(vcenter)?, vsphere::TagTarget::Datastore(datastore.value.clone())),
        TagTarget::Vm(node) => (&reach.node(node)?.vcenter, vsphere::TagTarget::Vm(node.value.clone())),
        TagTarget::HostOf(node) => {
            let vcenter = &reach.node(node)?.vcenter;
            let (cluster, index) = vcenter.with_world(|world| world.place_of(node)).ok_or_else(|| no_vm(node))?;
            (vcenter, vsphere::TagTarget::Host { cluster, index })
        }
    })
}
