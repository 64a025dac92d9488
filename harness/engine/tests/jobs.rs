//! Jobs as scenarios have them: their pods end on their nodes, and their volumes are given back.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::path::Path;

use seatrial_engine::{RunOutcome, prepare};

const WORLD: &str = "
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 2, datastores: [vsan-a]}]}]
  kubernetes: {nodes: 2}
  drivers: {csi: ours}
";

fn run(steps: &str, seed: u64) -> RunOutcome {
    let text = format!("scenario: A job works on a volume\n{WORLD}steps:\n{steps}");
    let scenario = seatrial_scenario::parse("text", &text).unwrap_or_else(|errors| panic!("{errors}"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut specs = prepare(&scenario, &folder, seed).unwrap_or_else(|errors| panic!("{errors}"));
    specs.remove(0).run()
}

#[test]
fn a_job_is_complete_when_its_pods_have_ended_and_its_volume_is_given_back() {
    for seed in 1..=3 {
        let outcome = run(
            "
  - apply: manifests/job.yaml
    settle: false
  - wait: {job/copy: complete, within: 5m}
  - expect: {vcenter: vc-a, volume: paper, attached: none}
  - expect: {object: job/copy, has: {/status/succeeded: 2, /status/conditions/1/reason: CompletionsReached}}
  - wait: {job/broken: failed, within: 5m}
  - expect: {event: BackoffLimitExceeded, of: job/broken}
  - delete: job/copy
  - delete: job/broken
",
            seed,
        );
        assert!(outcome.passed(), "seed {seed}: {:#?}", outcome.complaints());
    }
}

#[test]
fn a_job_that_fails_is_told_with_its_reason() {
    let outcome = run("\n  - apply: manifests/job.yaml\n  - wait: {job/broken: complete, within: 10m}\n", 1);
    let told = format!("{:?}", outcome.complaints());
    assert!(told.contains("Job has reached the specified backoff limit (BackoffLimitExceeded)"), "{told}");
}
