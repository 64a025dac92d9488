//! What the journal says of outages that could not begin, and of those that could not end at once.

use seatrial_journal::MemorySink;
use seatrial_scenario::Action;
use seatrial_wires::virtual_run;

use super::*;
use crate::run::prepare;
use crate::world::{Watchers, WorldHandle};

const SEED: u64 = 7;

/// A scenario whose steps are these, in flow style.
fn scenario(steps: &[&str]) -> Scenario {
    let steps: String = steps.iter().map(|step| format!("  - {step}\n")).collect();
    let text = format!(
        "scenario: Outages
world:
  vcenters:
    - {{name: vc-a, version: 8.0.3, key-providers: [{{name: kp-1}}], clusters: [{{name: prod, hosts: 1, datastores: [vsan-a]}}]}}
  kubernetes: {{nodes: 1}}
  drivers: {{csi: ours}}
steps:
{steps}"
    );
    seatrial_scenario::parse("text", &text).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What a step fails.
fn target(step: &str) -> Target {
    match scenario(&[step]).steps.remove(0).action {
        Action::Fail(step) => step.target,
        other => panic!("{other:?} fails nothing"),
    }
}

/// Starts a world and does something to it; answers the outages that its journal tells of.
fn outages(act: impl FnOnce(FaultInjector)) -> Vec<(String, OutageState)> {
    let spec = prepare(&scenario(&["sleep: 1s"]), std::path::Path::new("."), SEED).unwrap_or_else(|errors| panic!("{errors}")).remove(0);
    let sink = MemorySink::default();
    virtual_run(SEED, |network| {
        let sink = sink.clone();
        async move {
            network.journal().add_sink(sink);
            let world = WorldHandle::start(&network, &spec, &Watchers::default(), None).expect("a virtual world lacks nothing");
            act(world.injector.clone());
            world.end().await;
        }
    });
    let outage = |event| if let Event::Outage { what, state } = event { Some((what, state)) } else { None };
    sink.entries().into_iter().filter_map(|entry| outage(entry.event)).collect()
}

#[test]
fn what_is_not_there_is_no_outage_and_changes_nothing() {
    // Named as a scenario could not: there the reader refuses what its world does not have.
    let rename = |target: Target| match target {
        Target::Process(mut name) => {
            name.value = "nobody".to_owned();
            Target::Process(name)
        }
        Target::VCenter(mut name) => {
            name.value = "vc-z".to_owned();
            Target::VCenter(name)
        }
        Target::GuestTools(mut node) => {
            node.value = "worker-9".to_owned();
            Target::GuestTools(node)
        }
        Target::Datastore { mut datastore, vcenter } => {
            datastore.value = "vsan-z".to_owned();
            Target::Datastore { datastore, vcenter }
        }
        Target::KeyProvider { mut provider, vcenter } => {
            provider.value = "kp-9".to_owned();
            Target::KeyProvider { provider, vcenter }
        }
        other => panic!("{other} is not renamed here"),
    };
    let steps = [
        "fail: {process: csi-controller}",
        "fail: {vcenter: vc-a}",
        "fail: {guest-tools: worker-1}",
        "fail: {datastore: vsan-a, vcenter: vc-a}",
        "fail: {key-provider: kp-1, vcenter: vc-a}",
    ];
    let mut told = Vec::new();
    let recorded = outages(|injector| {
        for target in steps.map(|step| rename(target(step))) {
            let error = injector.fail(&target).expect_err("it is not there");
            told.push(error.to_string());
            assert_eq!(injector.heal(&target), Err(InjectionError::NotFailed { target: target.to_string() }));
        }
    });
    assert_eq!(recorded, []);
    let expected = [
        "there is no process nobody in this world",
        "there is no process vc-z in this world",
        "there is no node worker-9",
        "there is no datastore vsan-z in vc-a",
        "there is no key provider kp-9 in vc-a",
    ];
    assert_eq!(told, expected);
}

#[test]
fn hosts_that_have_failed_already_are_no_second_outage() {
    let host = target("fail: {host-of: worker-1}");
    let recorded = outages(|injector| {
        injector.fail(&host).expect("it lives");
        assert!(matches!(injector.fail(&host), Err(InjectionError::AlreadyFailed { .. })));
    });
    assert_eq!(recorded, [(host.to_string(), OutageState::Began)]);
}

#[test]
fn what_could_not_be_healed_is_away_still_and_can_be_healed_later() {
    let tools = target("fail: {guest-tools: worker-1}");
    let recorded = outages(|injector| {
        injector.fail(&tools).expect("there is a VM");
        injector.destroy_vm("worker-1").expect("there is a VM");
        assert_eq!(injector.heal(&tools), Err(InjectionError::NoVm { node: "worker-1".to_owned() }));
        injector.create_vm("worker-1").expect("there is room");
        injector.heal(&tools).expect("there is a VM again");
        assert!(matches!(injector.heal(&tools), Err(InjectionError::NotFailed { .. })));
    });
    assert_eq!(recorded, [(tools.to_string(), OutageState::Began), (tools.to_string(), OutageState::Ended)]);
}
