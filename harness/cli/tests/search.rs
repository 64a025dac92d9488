//! The commands of search as somebody uses them: a sweep, a seed of exploration, and a failure that is made small, packed and repeated.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::path::Path;
use std::process::Command;

/// A scenario that fails: no machine goes by itself.
const FAILS: &str = "scenario: A machine that stays
about: It has more in it than it needs.
tags: [slow]
world:
  vcenters:
    - {name: vc-a, version: [8.0.3, 9.1.0], clusters: [{name: prod, hosts: 3, datastores: [vsan-a]}]}
  kubernetes: {nodes: 3}
  drivers: {csi: ours}
steps:
  - cordon: worker-2
  - wait: {node/worker-1: gone, within: 1s}
";

/// A scenario that passes and does not survive the loss of a host: nobody makes a bare pod anew.
const BREAKS: &str = "scenario: A pod that nobody makes anew
about: It ends with its node.
world:
  vcenters:
    - {name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 2, datastores: [vsan-a], ha: false}]}
  kubernetes: {nodes: 2}
  drivers: {csi: ours}
steps:
  - apply: pod.yaml
  - wait: {pod/writer: ready, within: 5m}
  - sleep: 30m
  - wait: {pod/writer: ready, within: 1m}
";

/// A pod with a volume, which growth has.
const POD: &str = include_str!("../../../scenarios/growth/manifests/one.yaml");

/// The exit code, and what was said.
fn seatrial(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_seatrial")).args(arguments).current_dir(folder).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), said)
}

#[test]
fn a_sweep_says_how_much_there_is_and_what_held() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = seatrial(folder.path(), &["sweep", "statefulset/remove", "--trouble", "lost-answer", "--list"]);
    assert_eq!(code, 0, "{said}");
    let all: usize = said.split(" strikes at 1 cases").next().unwrap().split_whitespace().last().unwrap().parse().unwrap();
    assert!(all > 20, "{said}");
    let (code, said) = seatrial(folder.path(), &["sweep", "statefulset/remove", "--trouble", "lost-answer", "--sample", "2"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("2 strikes: 2 held, 0 broke something"), "{said}");
    let report = std::fs::read_to_string(folder.path().join("target/seatrial-sweep/sweep.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["cases"][0]["strikes"][0]["standing"], "held", "{report}");
    let (code, said) = seatrial(folder.path(), &["sweep", "statefulset/remove", "--trouble", "earthquake"]);
    assert!(code == 2 && said.contains("lost-answer"), "{said}");
}

#[test]
fn a_strike_that_broke_something_is_written_down_with_its_capsule() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("breaks.yaml"), BREAKS).unwrap();
    std::fs::write(folder.path().join("pod.yaml"), POD).unwrap();
    let (code, said) = seatrial(folder.path(), &["sweep", "breaks.yaml", "--trouble", "host-down", "--sample", "1"]);
    assert!(code == 1 && said.contains("0 held, 1 broke something"), "{said}");
    let strikes = folder.path().join("target/seatrial-sweep/strikes/breaks.8.0.3");
    let capsules = std::fs::read_dir(strikes)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "capsule"));
    let [capsule] = &capsules.collect::<Vec<_>>()[..] else { panic!("one capsule: {said}") };
    let (code, said) = seatrial(folder.path(), &["replay", capsule.to_str().unwrap()]);
    assert!(code == 1 && said.contains("for the same reason") && said.contains("the two runs are one"), "{said}");
}

#[test]
fn what_fails_by_itself_is_not_swept() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("fails.yaml"), FAILS).unwrap();
    let (code, said) = seatrial(folder.path(), &["sweep", "fails.yaml"]);
    assert!(code == 1 && said.contains("does not pass by itself"), "{said}");
}

#[test]
fn a_seed_is_explored_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = seatrial(folder.path(), &["explore", "--seed", "2", "--seeds", "1"]);
    assert!(code == 0 && said.contains("seeds 2 to 2: 1 runs"), "{said}");
    let (code, said) = seatrial(folder.path(), &["explore", "--show", "2", "--out", "shown"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = seatrial(folder.path(), &["run", "shown/seed-2.yaml", "--seed", "2", "--list"]);
    assert!(code == 0 && said.contains("explored"), "{said}");
}

#[test]
fn a_failure_is_made_small_packed_and_repeated() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("fails.yaml"), FAILS).unwrap();
    let (code, said) = seatrial(folder.path(), &["shrink", "fails.yaml", "--out", "small.yaml"]);
    assert_eq!(code, 0, "{said}");
    let small = std::fs::read_to_string(folder.path().join("small.yaml")).unwrap();
    assert!(!small.contains("cordon") && small.contains("worker-1: gone") && small.contains("kubernetes: {nodes: 1}"), "{small}");
    let (code, said) = seatrial(folder.path(), &["capsule", "small.yaml", "--out", "small.capsule", "--anonymise"]);
    assert!(code == 0 && said.contains("failed"), "{said}");
    let (code, said) = seatrial(folder.path(), &["replay", "small.capsule"]);
    assert!(code == 1 && said.contains("for the same reason") && said.contains("the two runs are one"), "{said}");
    let (code, said) = seatrial(folder.path(), &["replay", "small.yaml"]);
    assert!(code == 2 && said.contains("no capsule"), "{said}");
}

#[test]
fn parts_of_an_exploration_run_what_the_whole_runs_and_what_was_learned_is_not_new() {
    let folder = tempfile::tempdir().unwrap();
    // How many runs there were, and how many transitions that nobody knew.
    let explored = |arguments: &[&str]| {
        let (code, said) = seatrial(folder.path(), &[&["explore", "--seeds", "2", "--corpus", "corpus"], arguments].concat());
        assert_eq!(code, 0, "{said}");
        let word = |before: &str| said.split(before).nth(1).unwrap().split(' ').next().unwrap().parse::<usize>().unwrap();
        (word(": "), word(" transitions, "))
    };
    let (runs, new) = explored(&["--learn"]);
    assert!(runs == 2 && new > 100, "{runs} runs, {new} transitions");
    assert_eq!(explored(&[]), (2, 0));
    let others = ["--seed", "3"];
    let (whole, new) = explored(&others);
    assert!(whole > 2 && new > 0, "{whole} runs, {new} transitions");
    let parts = ["hash:1/2", "hash:2/2"].map(|part| explored(&[&others[..], &["--partition", part]].concat()).0);
    assert_eq!(parts.iter().sum::<usize>(), whole);
}
