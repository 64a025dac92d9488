//! Bad input: the place, the thing, the remedy, the documented exit code. Nothing panics.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder that goes when the test does.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("seatrial-bad-input-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind lies in the temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs in the folder; the exit code and what was printed, wall times left out.
fn seatrial(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_seatrial")).current_dir(folder).args(arguments).output().unwrap();
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains("panicked"), "{text}");
    let text = text.lines().map(|line| line.split(" in 0.").next().unwrap_or(line)).collect::<Vec<_>>().join("\n");
    (output.status.code().expect("no signal ended it"), text)
}

const WORLD: &str = "world:\n  vcenters:\n    - {name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 3, datastores: [vsan-a]}]}\n  kubernetes: {nodes: 3}\n  drivers: {csi: ours}\n";
const SET: &str =
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec: {volumeClaimTemplates: [{metadata: {name: data}}]}\n";

fn scenario(rest: &str) -> String {
    format!("scenario: A test\n{WORLD}{rest}")
}

#[track_caller]
fn refused(name: &str, text: &str) {
    let folder = Folder::new(name);
    folder.write("mine.yaml", text);
    folder.write("manifests/web.yaml", SET);
    folder.write("manifests/broken.yaml", "kind: [unclosed\n");
    let (code, said) = seatrial(&folder.0, &["run", "mine.yaml"]);
    assert_eq!(code, 2, "{said}");
    insta::assert_snapshot!(name, said);
}

#[test]
fn an_unknown_key_is_named_with_what_was_meant() {
    refused("unknown key", &scenario("steps:\n  - aply: manifests/web.yaml\n"));
}

#[test]
fn a_wrong_type_is_named_with_what_was_wanted() {
    refused("wrong type", &scenario("steps:\n  - sleep: [soon]\n").replace("nodes: 3", "nodes: three"));
}

#[test]
fn a_missing_manifest_is_named_at_its_step() {
    refused("missing manifest", &scenario("steps:\n  - apply: manifests/wbe.yaml\n"));
}

#[test]
fn a_broken_manifest_is_named_at_its_step() {
    refused("broken manifest", &scenario("steps:\n  - apply: manifests/broken.yaml\n"));
}

#[test]
fn an_expectation_that_names_nothing_is_refused() {
    let steps = "steps:\n  - apply: manifests/web.yaml\n  - wait: {statefulset/wbe: ready}\n  - expect: {vcenter: vc-b, volume: data-web-0, attached: none}\n";
    refused("nothing of that name", &scenario(steps));
    let steps = "steps:\n  - apply: manifests/web.yaml\n  - wait: {statefulset/wbe: ready}\n  - expect: {vcenter: vc-a, volume: dta-web-0, attached: none}\n";
    refused("nothing that a manifest makes", &scenario(steps));
}

#[test]
fn a_version_that_cannot_be_played_is_refused() {
    refused("unplayable version", &scenario("steps:\n  - apply: manifests/web.yaml\n").replace("8.0.3", "6.5.0"));
}

#[test]
fn a_call_that_nobody_sends_is_refused() {
    let rest = "steps:\n  - sleep: 1s\nexpect:\n  - calls: {CnsCreatVolume: 0, ptach nodes: 1, create events: at least 0}\n";
    refused("call that nobody sends", &scenario(rest));
}

#[test]
fn a_scenario_that_is_not_there_is_named() {
    let folder = Folder::new("absent");
    let (code, said) = seatrial(&folder.0, &["run", "statefulset/scael"]);
    assert_eq!(code, 2);
    insta::assert_snapshot!(said);
}

#[test]
fn a_wrong_flag_is_bad_input() {
    let folder = Folder::new("flag");
    let (code, said) = seatrial(&folder.0, &["run", "--sed", "7"]);
    assert_eq!(code, 2);
    assert!(said.contains("--seed"), "{said}");
}

#[test]
fn a_place_that_cannot_be_written_is_the_environments_fault() {
    let folder = Folder::new("unwritable");
    folder.write("scenarios/area/mine.yaml", &scenario("steps:\n  - sleep: 1s\n"));
    folder.write("file", "");
    let (code, said) = seatrial(&folder.0, &["run", "area/mine", "--out", "file/reports"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("--out"), "{said}");
    let (code, said) = seatrial(&folder.0, &["run", "area/mine", "--journal", "no/such/folder/j.jsonl"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("--journal"), "{said}");
}

#[test]
fn a_small_scenario_of_ones_own_sails() {
    let folder = Folder::new("own");
    folder.write("scenarios/area/mine.yaml", &scenario("steps:\n  - sleep: 1s\n"));
    let (code, said) = seatrial(&folder.0, &["run"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = seatrial(&folder.0, &["run", "--list"]);
    assert_eq!((code, said.as_str()), (0, "area/mine"));
}
