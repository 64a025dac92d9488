//! The names that steps use.

use super::names::{Names, is_node_of, known};
use super::world::no_ccm;
use crate::ScenarioError;
use crate::model::configuration::DriverName;
use crate::model::object::{ObjectKind, ObjectName, derived_from};
use crate::model::steps::Action;
use crate::model::steps::expect::Expect;
use crate::model::steps::expect::node::{ExpectNode, Place};
use crate::model::steps::expect::pod::Where;
use crate::model::steps::expect::volume::{Attached, Encrypted, ExpectVolume};
use crate::model::steps::tag::TagTarget;
use crate::model::steps::vm::Move;
use crate::model::target::Target;
use crate::span::Spanned;
use crate::yaml::Problems;

/// Checks the names that one step uses.
pub(super) fn check(names: &Names<'_>, action: &Action, problems: &mut Problems) {
    match action {
        Action::Delete(step) => object(names, &step.object, problems),
        Action::Patch(step) => object(names, &step.object, problems),
        Action::Wait(step) => object(names, &step.object, problems),
        Action::Cordon(step) => names.node(&step.node, problems),
        Action::Uncordon(step) => names.node(&step.node, problems),
        Action::Drain(step) => names.node(&step.node, problems),
        Action::Taint(step) => names.node(&step.node, problems),
        Action::Untaint(step) => names.node(&step.node, problems),
        Action::Expect(step) => expect(names, step, problems),
        Action::Kill(step) => names.process(&step.process, problems),
        Action::Fail(step) => target(names, &step.target, problems),
        Action::Heal(step) => target(names, &step.target, problems),
        Action::Power(step) => names.node(&step.node, problems),
        Action::Move(step) => moved(names, step, problems),
        Action::Destroy(step) => names.node(&step.vm, problems),
        Action::Create(step) => names.node(&step.vm, problems),
        Action::AttachByHand(step) => names.node(&step.to, problems),
        Action::AddHost(step) => {
            names.vcenter(&step.vcenter, problems);
            names.cluster(&step.cluster, &step.vcenter, problems);
        }
        Action::DetachByHand(step) => names.node(&step.from, problems),
        Action::Tag(step) => tagged(names, &step.on, problems),
        Action::Untag(step) => tagged(names, &step.on, problems),
        Action::GuestTells(step) => names.node(&step.vm, problems),
        Action::Configure(step) => there(names, &step.driver, problems),
        Action::Rollout(step) => there(names, &step.driver, problems),
        Action::DiskByHand(step) => names.disk(&step.disk, problems),
        Action::Resize(_) | Action::SnapshotByHand(_) => {}
        Action::Apply(_) | Action::Scale(_) | Action::Sleep(_) | Action::Write(_) | Action::Read(_) => {}
    }
}

/// Only a driver that is there can be told something.
fn there(names: &Names<'_>, driver: &Spanned<DriverName>, problems: &mut Problems) {
    if driver.value == DriverName::Ccm && names.world.drivers.ccm.is_none() {
        problems.add(no_ccm(driver.span));
    }
}

/// Nodes are the one kind of object that the scenario itself declares.
fn object(names: &Names<'_>, object: &Spanned<ObjectName>, problems: &mut Problems) {
    let derived = derived_from(&object.name).is_some();
    if !derived && matches!(object.kind, ObjectKind::Node | ObjectKind::CsiNode | ObjectKind::CsiNodeTopology) {
        names.node(&Spanned::new(object.name.clone(), object.span), problems);
    }
}

/// Checks the names of something that can fail.
pub(super) fn target(names: &Names<'_>, target: &Target, problems: &mut Problems) {
    match target {
        Target::HostOf(node) | Target::MaintenanceOf(node) | Target::NetworkOf(node) | Target::Kubelet(node) | Target::GuestTools(node) => {
            names.node(node, problems);
        }
        Target::Mount { datastore, node } => {
            names.node(node, problems);
            // Whose host a pod's node will be on is not known yet.
            if let Some(home) = names.world.home(node) {
                names.datastore(datastore, &home.vcenter.name, problems);
            }
        }
        Target::Zone(zone) => zone_with_hosts(names, zone, problems),
        Target::VCenter(vcenter)
        | Target::Sessions(vcenter)
        | Target::TasksOfCns(vcenter)
        | Target::Password(vcenter)
        | Target::Service { vcenter, .. } => names.vcenter(vcenter, problems),
        Target::KeyProvider { provider, vcenter } => {
            names.vcenter(vcenter, problems);
            names.key_provider(provider, vcenter, problems);
        }
        Target::NetworkFrom { process, vcenter } => {
            names.process(process, problems);
            names.vcenter(vcenter, problems);
        }
        Target::Datastore { datastore, vcenter } | Target::SpaceOn { datastore, vcenter } => names.datastore(datastore, vcenter, problems),
        Target::Process(process) => names.process(process, problems),
    }
}

/// A zone can fail only where clusters lie in it.
fn zone_with_hosts(names: &Names<'_>, zone: &Spanned<String>, problems: &mut Problems) {
    if names.world.topology.zone.is_none() {
        let help = "add `topology: {zone: CATEGORY}` to the world, and tags of that category to its clusters";
        problems.add(ScenarioError::at(zone.span, "this world has no zones", help));
        return;
    }
    let mut zones: Vec<String> =
        names.world.places().filter_map(|(vcenter, cluster)| names.world.zone_of(vcenter, cluster)).map(str::to_owned).collect();
    zones.sort();
    zones.dedup();
    known(zone, "zone", &zones, problems);
}

/// A VM moves between clusters of its own vCenter.
fn moved(names: &Names<'_>, step: &Move, problems: &mut Problems) {
    names.node(&step.vm, problems);
    if let Some(home) = names.world.home(&step.vm) {
        names.cluster(&step.cluster, &home.vcenter.name, problems);
    }
}

fn tagged(names: &Names<'_>, on: &TagTarget, problems: &mut Problems) {
    match on {
        TagTarget::Datacenter(vcenter) => names.vcenter(vcenter, problems),
        TagTarget::Cluster { cluster, vcenter } => names.cluster(cluster, vcenter, problems),
        TagTarget::Datastore { datastore, vcenter } => names.datastore(datastore, vcenter, problems),
        TagTarget::Vm(node) | TagTarget::HostOf(node) => names.node(node, problems),
    }
}

fn expect(names: &Names<'_>, step: &Expect, problems: &mut Problems) {
    match step {
        Expect::Volume(step) => volume(names, step, problems),
        Expect::Sizes(_) | Expect::Mount(_) => {}
        Expect::Counts(step) => names.counted(&step.kind, problems),
        Expect::Object(step) => object(names, &step.object, problems),
        Expect::Event(step) => object(names, &step.of, problems),
        Expect::Finding(step) => step.of.iter().for_each(|node| names.node(node, problems)),
        Expect::Node(step) => node(names, step, problems),
        Expect::Pod(step) => match &step.on.value {
            Where::None | Where::Anywhere => {}
            Where::Node(node) => one_of(names, node, ["none", "anywhere"], &step.on, problems),
            Where::NotNode(node) => names.node(&Spanned::new(node.clone(), step.on.span), problems),
            Where::Zone(zone) => names.zone(&Spanned::new(zone.clone(), step.on.span), problems),
        },
    }
}

fn volume(names: &Names<'_>, expect: &ExpectVolume, problems: &mut Problems) {
    let vcenter = &expect.vcenter;
    names.vcenter(vcenter, problems);
    if let Some(attached) = &expect.attached
        && let Attached::Node(node) = &attached.value
    {
        one_of(names, node, ["none", "anywhere"], attached, problems);
    }
    if names.world.vcenter(vcenter).is_none() {
        return;
    }
    if let Some(datastore) = &expect.datastore {
        names.datastore(datastore, vcenter, problems);
    }
    if let Some(policy) = &expect.policy {
        names.policy(policy, vcenter, problems);
    }
    if let Some(provider) = &expect.key_provider
        && let Encrypted::With(name) = &provider.value
    {
        names.key_provider(&Spanned::new(name.clone(), provider.span), vcenter, problems);
    }
}

fn node(names: &Names<'_>, expect: &ExpectNode, problems: &mut Problems) {
    names.node(&expect.node, problems);
    let named = |place: &Option<Spanned<Place>>| match place {
        Some(Spanned { value: Place::Named(name), span }) => Some(Spanned::new(name.clone(), *span)),
        _ => None,
    };
    [&expect.zone, &expect.csi_zone].into_iter().filter_map(named).for_each(|zone| names.zone(&zone, problems));
    [&expect.region, &expect.csi_region].into_iter().filter_map(named).for_each(|region| names.region(&region, problems));
}

/// A node's name where other words may stand too, which a misspelling may have meant.
fn one_of<T>(names: &Names<'_>, node: &str, words: [&str; 2], place: &Spanned<T>, problems: &mut Problems) {
    if is_node_of(node) {
        return;
    }
    let mut places: Vec<String> = words.map(str::to_owned).to_vec();
    places.extend(names.nodes.iter().cloned());
    known(&Spanned::new(node.to_owned(), place.span), "node", &places, problems);
}
