//! Bad input: the place, the thing, the remedy, the documented exit code. Nothing panics.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod said;

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
    said::run(Command::new(env!("CARGO_BIN_EXE_seatrial")).current_dir(folder).args(arguments), without_wall_time)
}

/// What differs from run to run is no part of what is promised.
fn without_wall_time(line: &str) -> &str {
    said::without_wall_time(line.split(" in 0.").next().unwrap_or(line))
}

const WORLD: &str = "world:\n  vcenters:\n    - {name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 3, datastores: [vsan-a]}]}\n  kubernetes: {nodes: 3}\n  drivers: {csi: ours}\n";
const SET: &str = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: nginx}]}}\n  volumeClaimTemplates:\n    - {metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}\n";

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

/// Two scenarios with tags, one of them for two versions, and one that cannot be read.
fn several(name: &str) -> Folder {
    let folder = Folder::new(name);
    let tagged = |tags: &str, rest: &str| scenario(rest).replace("world:\n", &format!("tags: {tags}\nworld:\n"));
    folder.write("scenarios/area/calm.yaml", &tagged("[csi, calm]", "steps:\n  - sleep: 1s\n").replace("8.0.3", "[8.0.3, 9.1.0]"));
    folder.write("scenarios/area/rough.yaml", &tagged("[ccm, rough]", "steps:\n  - wait: {node/worker-1: gone, within: 1s}\n"));
    folder
}

#[test]
fn what_is_listed_has_versions_and_tags() {
    let folder = several("listed");
    folder.write("scenarios/area/broken.yaml", "scenario: [\n");
    let (code, said) = seatrial(&folder.0, &["run", "--list"]);
    assert_eq!(code, 0, "{said}");
    insta::assert_snapshot!("list", said);
    let (_, said) = seatrial(&folder.0, &["run", "--list", "--tag", "csi"]);
    assert!(said.contains("area/calm") && said.contains("area/broken") && !said.contains("area/rough"), "{said}");
    let (_, said) = seatrial(&folder.0, &["run", "--list", "--only", "area/r*", "--only", "area/calm"]);
    assert!(said.contains("area/calm") && said.contains("area/rough") && !said.contains("area/broken"), "{said}");
}

#[test]
fn choices_that_mean_nothing_are_refused_with_what_was_meant() {
    let folder = several("choices");
    let cases: [&[&str]; 10] = [
        &["run", "--tag", "cis"],
        &["run", "--tag", "csi", "--tag", "ccm"],
        &["run", "--only", "area/rouhg"],
        &["run", "--only", "other/*"],
        &["run", "area/clam"],
        &["run", "--repeat", "0"],
        &["run", "--repeat", "50000"],
        &["run", "--seed", "18446744073709551615", "--repeat", "2"],
        &["completions", "bsh"],
        &["lint", "area/clam"],
    ];
    let mut all = String::new();
    for arguments in cases {
        let (code, said) = seatrial(&folder.0, arguments);
        assert_eq!(code, 2, "{arguments:?}: {said}");
        all.push_str(&format!("$ seatrial {}\n{said}\n\n", arguments.join(" ")));
    }
    insta::assert_snapshot!("choices", all);
}

#[test]
fn a_repeated_run_takes_seed_after_seed_and_a_fast_one_ends_at_the_first_failure() {
    let folder = several("repeated");
    let (code, said) = seatrial(&folder.0, &["run", "area/calm", "--seed", "7", "--repeat", "2"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!((said.matches("seed 7 ").count(), said.matches("seed 8 ").count()), (2, 2), "{said}");
    let (code, said) = seatrial(&folder.0, &["run", "area/rough", "area/calm", "--fail-fast"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("--fail-fast: 2 of 3 were not run") && !said.contains("area/calm"), "{said}");
}

#[test]
fn steps_are_told_as_they_go_when_asked() {
    let folder = several("steps");
    let (code, said) = seatrial(&folder.0, &["run", "area/calm", "-v"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("step 1 began: sleep 1s") && said.contains("step 1 passed: sleep 1s"), "{said}");
    assert!(!said.contains('\u{1b}') && !said.contains("running: "), "what is no terminal gets neither colours nor progress: {said}");
}

#[test]
fn lint_tells_errors_and_warnings_of_all_files_at_once() {
    let folder = several("lint");
    folder.write("scenarios/area/manifests/lonely.yaml", SET);
    let (code, said) = seatrial(&folder.0, &["lint"]);
    assert_eq!(code, 0, "{said}");
    insta::assert_snapshot!("lint warnings", said);
    assert_eq!(seatrial(&folder.0, &["lint", "--deny"]).0, 1);
    folder.write("scenarios/area/wrong.yaml", &scenario("steps:\n  - apply: manifests/absent.yaml\n"));
    folder.write("scenarios/area/worse.yaml", &scenario("steps:\n  - aply: manifests/absent.yaml\n"));
    let (code, said) = seatrial(&folder.0, &["lint"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("wrong.yaml:8") && said.contains("worse.yaml:8") && said.contains("4 scenarios: 2 errors"), "{said}");
}

#[test]
fn the_schema_and_the_completions_are_printed() {
    let folder = Folder::new("printed");
    let (code, said) = seatrial(&folder.0, &["schema"]);
    let schema: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &schema["title"]), (0, &serde_json::json!("Seatrial scenario")));
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (code, said) = seatrial(&folder.0, &["completions", shell]);
        // The script asks this command; what it answers, real shells show (`packaging.rs`).
        assert!(code == 0 && said.contains("SEATRIAL_COMPLETE") && said.contains(env!("CARGO_BIN_EXE_seatrial")), "{shell}: {said}");
    }
}

/// A run that goes on until somebody ends it.
fn endless(folder: &Folder) -> std::process::Child {
    let lock = folder.0.join("target/seatrial/.running");
    // One that an earlier run has left says nothing.
    let _ = std::fs::remove_file(&lock);
    let mut command = Command::new(env!("CARGO_BIN_EXE_seatrial"));
    command.current_dir(&folder.0).args(["run", "area/calm", "--repeat", "40000"]);
    let child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    while !lock.exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    child
}

#[test]
fn without_scenarios_of_its_own_a_folder_has_those_of_the_command() {
    let folder = Folder::new("builtin");
    let (code, said) = seatrial(&folder.0, &["run", "--list"]);
    assert!(code == 0 && said.contains("statefulset/scale-crash") && !said.contains("cannot be read"), "{said}");
    // By name, by folder, by path, with manifests that lie elsewhere.
    for meant in ["bug-reports/csi-2431", "scenarios/statefulset", "scenarios/./bug-reports/../statefulset/scale.yaml"] {
        let (code, said) = seatrial(&folder.0, &["lint", meant]);
        assert!(code == 0 && said.contains("0 errors"), "{meant}: {said}");
    }
    let (code, said) = seatrial(&folder.0, &["scenarios"]);
    assert_eq!(code, 0, "{said}");
    let (_, of_the_disk) = seatrial(&folder.0, &["run", "--list"]);
    assert_eq!(of_the_disk, seatrial(&Folder::new("builtin again").0, &["run", "--list"]).1);
    // What lies there may be somebody's work.
    let (code, said) = seatrial(&folder.0, &["scenarios"]);
    assert!(code == 2 && said.contains("scenarios is not empty"), "{said}");
    // Where there is such a folder, it counts alone.
    std::fs::remove_dir_all(folder.0.join("scenarios/statefulset")).unwrap();
    let (code, said) = seatrial(&folder.0, &["run", "statefulset/scale"]);
    assert!(code == 2 && said.contains("no scenario `statefulset/scale`"), "{said}");
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_reports_what_has_run_and_ends_with_130() {
    let folder = several("interrupted");
    for signal in ["-INT", "-TERM"] {
        let child = endless(&folder);
        std::thread::sleep(std::time::Duration::from_secs(1));
        let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(killed.success() && said.contains("interrupted: ") && said.contains("of 80000 had run"), "{said}");
        assert_eq!(output.status.code(), Some(130), "{said}");
        let report = std::fs::read_to_string(folder.0.join("target/seatrial/report.json")).unwrap();
        let report: seatrial_reports::RunReport = serde_json::from_str(&report).unwrap();
        assert!(report.interrupted && report.planned == Some(80_000) && report.summary.cases == report.cases.len());
    }
}

#[test]
#[cfg(unix)]
fn two_runs_at_once_do_not_share_a_place_for_reports() {
    let folder = several("at-once");
    let mut first = endless(&folder);
    let (code, said) = seatrial(&folder.0, &["run", "area/calm"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("another run writes its reports to target/seatrial") && said.contains("--out"), "{said}");
    let (code, said) = seatrial(&folder.0, &["run", "area/calm", "--out", "elsewhere"]);
    assert_eq!(code, 0, "{said}");
    first.kill().unwrap();
    first.wait().unwrap();
    let (code, said) = seatrial(&folder.0, &["run", "area/calm"]);
    assert_eq!(code, 0, "whoever was killed has nothing any more: {said}");
}

#[test]
fn a_case_that_failed_leaves_its_journal_and_one_that_passed_does_when_asked() {
    let folder = several("records");
    let cases = || -> Vec<String> {
        let entries = std::fs::read_dir(folder.0.join("target/seatrial/cases")).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let (_, said) = seatrial(&folder.0, &["run"]);
    assert!(said.contains("journal and logs: cases/area-rough.8.0.3.seed-1, beside the reports"), "{said}");
    assert_eq!(cases(), ["area-rough.8.0.3.seed-1"]);
    let journal = folder.0.join("target/seatrial/cases/area-rough.8.0.3.seed-1/journal.jsonl.gz");
    let packed = std::fs::read(&journal).unwrap();
    assert!(!seatrial_journal::read_journal(&packed).unwrap().cut);
    seatrial(&folder.0, &["run", "--records", "all", "--journal", "all.jsonl", "--only", "area/calm"]);
    assert_eq!(cases(), ["area-calm.8.0.3.seed-1", "area-calm.9.1.0.seed-1"], "what an earlier run has left is gone");
    let read = |name: &str| {
        let packed = std::fs::read(folder.0.join(format!("target/seatrial/cases/{name}/journal.jsonl.gz"))).unwrap();
        seatrial_journal::read_journal(&packed).unwrap().text
    };
    let plain = std::fs::read_to_string(folder.0.join("all.jsonl")).unwrap();
    assert_eq!(cases().iter().map(|name| read(name)).collect::<String>(), plain);
}

#[test]
fn a_journal_that_was_cut_off_is_compared_as_far_as_it_goes() {
    let folder = several("cut");
    seatrial(&folder.0, &["run", "area/rough"]);
    let packed = std::fs::read(folder.0.join("target/seatrial/cases/area-rough.8.0.3.seed-1/journal.jsonl.gz")).unwrap();
    std::fs::write(folder.0.join("whole.jsonl.gz"), &packed).unwrap();
    std::fs::write(folder.0.join("plain.jsonl"), seatrial_journal::read_journal(&packed).unwrap().text).unwrap();
    std::fs::write(folder.0.join("cut.jsonl.gz"), &packed[..packed.len() / 2]).unwrap();
    let mut damaged = packed.clone();
    damaged[packed.len() / 2..][..64].fill(0xff);
    std::fs::write(folder.0.join("damaged.jsonl.gz"), damaged).unwrap();
    assert_eq!(seatrial(&folder.0, &["diff", "whole.jsonl.gz", "plain.jsonl"]), (0, String::new()));
    let (code, said) = seatrial(&folder.0, &["diff", "whole.jsonl.gz", "cut.jsonl.gz"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("journal cut.jsonl.gz ends before its run did; its first ") && said.contains("the journal ends here"), "{said}");
    let (code, said) = seatrial(&folder.0, &["diff", "whole.jsonl.gz", "damaged.jsonl.gz"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("failed to read journal damaged.jsonl.gz"), "{said}");
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
fn a_small_scenario_of_ones_own_runs() {
    let folder = Folder::new("own");
    folder.write("scenarios/area/mine.yaml", &scenario("steps:\n  - sleep: 1s\n"));
    let (code, said) = seatrial(&folder.0, &["run"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = seatrial(&folder.0, &["run", "--list"]);
    assert_eq!((code, said.as_str()), (0, "area/mine  8.0.3"));
}
