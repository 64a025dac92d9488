//! A folder with scenarios that are over at once, and the command in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

const WORLD: &str = "world:\n  vcenters:\n    - {name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 1, datastores: [vsan-a]}]}\n  kubernetes: {nodes: 1}\n  drivers: {csi: ours}\n";

/// The folder; it goes when it is dropped.
pub struct Project(TempDir);

impl Project {
    /// Three scenarios: one for two versions, one for one, and one that fails.
    pub fn new() -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        let scenario = |steps: &str| format!("scenario: A test\n{WORLD}steps:\n{steps}");
        project.write("scenarios/area/calm.yaml", &scenario("  - sleep: 1s\n").replace("8.0.3", "[8.0.3, 9.1.0]"));
        project.write("scenarios/area/rough.yaml", &scenario("  - wait: {node/worker-1: gone, within: 1s}\n"));
        project.write("scenarios/other/still.yaml", &scenario("  - sleep: 2s\n"));
        project
    }

    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Makes the scenario that fails pass, or the calm one fail.
    pub fn change(&self, scenario: &str, from: &str, to: &str) {
        let text = self.read(scenario);
        assert!(text.contains(from), "{text}");
        self.write(scenario, &text.replace(from, to));
    }

    /// Runs the command; its exit code and what it printed, its errors last.
    pub fn seatrial(&self, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_seatrial")).current_dir(self.folder()).args(arguments).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code().expect("no signal ended it"), String::from_utf8(text).unwrap())
    }

    /// The same, of a command that must end so.
    #[track_caller]
    pub fn ends(&self, exit: i32, arguments: &[&str]) -> String {
        let (code, said) = self.seatrial(arguments);
        assert_eq!(code, exit, "{arguments:?}: {said}");
        said
    }

    /// A report without what differs from run to run.
    pub fn report(&self, folder: &str) -> Value {
        let mut report = serde_json::from_str(&self.read(&format!("{folder}/report.json"))).unwrap();
        without_volatile(&mut report);
        report
    }

    /// The runs of a report: scenario, case and seed.
    pub fn runs(&self, folder: &str) -> BTreeSet<String> {
        let report = self.report(folder);
        let run = |case: &Value| format!("{} {} {}", case["scenario"], case["case"], case["seed"]);
        let runs: Vec<String> = report["cases"].as_array().unwrap().iter().map(run).collect();
        let distinct: BTreeSet<String> = runs.iter().cloned().collect();
        assert_eq!(distinct.len(), runs.len(), "no run is there twice");
        distinct
    }
}

fn without_volatile(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("volatile");
            members.values_mut().for_each(without_volatile);
        }
        Value::Array(items) => items.iter_mut().for_each(without_volatile),
        _ => {}
    }
}
