//! Workflows: those of this project, and those of `docs/ci.md`, which are also run here step by step.

use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::command::{PROGRAM, root, seatrial, told};
use super::documents;
use crate::optional::{Test, environment};

pub const TESTS: &[Test] = &[
    ("actions are pinned by commit, and workflows begin with the right to read", pinned),
    ("GitHub's workflow of docs/ci.md judges a driver: main passes, what is worse fails", judges),
    ("GitLab's job of docs/ci.md runs a driver and finds its reports", runs_at_gitlab),
];
pub const ACTIONLINT: &[Test] = &[("actionlint finds nothing in the workflows", linted)];

const GITHUB: &str = ".github/workflows/seatrial.yml";
const GITLAB: &str = ".gitlab-ci.yml";

/// Name and text of each workflow for GitHub.
fn workflows() -> Vec<(String, String)> {
    let folders = [".github/workflows", "docs/ci"].map(|folder| std::fs::read_dir(root().join(folder)).unwrap());
    let entries = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
    // Beside the one for GitHub lie manifests for Kubernetes.
    let entries = entries.filter(|path| std::fs::read_to_string(path).unwrap().contains("\njobs:"));
    let mut workflows: Vec<(String, String)> =
        entries.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap())).collect();
    assert!(workflows.len() > 2, "{workflows:?}");
    workflows.push((format!("docs/ci.md: {GITHUB}"), documents::file(GITHUB)));
    workflows
}

fn yaml(name: &str, text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn linted() {
    for (name, text) in workflows() {
        let mut lint = Command::new("actionlint").args(["-no-color", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        lint.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = lint.wait_with_output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

fn pinned() {
    for (name, text) in workflows() {
        for line in text.lines().filter(|line| line.trim_start().trim_start_matches("- ").starts_with("uses:")) {
            let (action, version) = line.split_once(" # v").unwrap_or_else(|| panic!("{name}: no version behind {line}"));
            let commit = action.split_once('@').map_or("", |(_, commit)| commit);
            assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}: no commit in {line}");
            assert!(version.split('.').count() == 3, "{name}: {line}");
        }
        assert_eq!(yaml(&name, &text)["permissions"], serde_json::json!({"contents": "read"}), "{name}");
    }
}

/// A driver's repository: our driver under a name of its own, described as the page says; two scenarios, so that it is quick.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["bin", "deploy", "seatrial", "path"] {
            std::fs::create_dir(at(name)).unwrap();
        }
        std::fs::write(at("bin/my-csi-driver"), format!("#!/bin/sh\nexec '{PROGRAM}' driver csi\n")).unwrap();
        std::fs::set_permissions(at("bin/my-csi-driver"), PermissionsExt::from_mode(0o755)).unwrap();
        // With an account of its own: what the harness installs for ours must not help it.
        let rbac = std::fs::read_to_string(root().join("drivers/csi/manifests/rbac.yaml")).unwrap();
        let names = [
            ("vmware-system-csi", "my-system"),
            ("vsphere-csi-controller", "my-controller"),
            ("vsphere-csi-node", "my-node"),
            ("name: csi-controller", "name: my-csi-driver"),
            ("name: csi-node", "name: my-csi-node"),
        ];
        std::fs::write(at("deploy/rbac.yaml"), names.iter().fold(rbac, |text, (ours, theirs)| text.replace(ours, theirs))).unwrap();
        let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: my-system}\n";
        std::fs::write(at("deploy/namespace.yaml"), namespace).unwrap();
        std::fs::write(at("seatrial/my-driver.yaml"), documents::file("seatrial/my-driver.yaml")).unwrap();
        symlink(PROGRAM, at("path/seatrial")).unwrap();
        told(&mut seatrial(folder.path(), &["scenarios", "all"]));
        std::fs::create_dir(at("scenarios")).unwrap();
        std::fs::rename(at("all/statefulset"), at("scenarios/statefulset")).unwrap();
        let scenarios = std::fs::read_dir(at("scenarios/statefulset")).unwrap().map(|entry| entry.unwrap().path());
        for other in scenarios.filter(|path| path.is_file() && !path.ends_with("scale.yaml") && !path.ends_with("remove.yaml")) {
            std::fs::remove_file(other).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Runs a script as a runner does.
    fn run(&self, script: &str) -> Output {
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(self.0.path()).stdin(Stdio::null());
        bash.env("PATH", format!("{}:{}", self.path("path").display(), environment("PATH")));
        bash.env("SEATRIAL_DRIVERS", self.path("bin")).env("GITHUB_STEP_SUMMARY", self.path("summary"));
        bash.output().unwrap()
    }

    /// Runs the workflow's steps for an event; whether all passed, and what they printed. After one that failed only those go on that
    /// are meant to.
    fn workflow(&self, event: &str) -> (bool, String) {
        let workflow = yaml(GITHUB, &documents::file(GITHUB));
        let steps = workflow["jobs"]["seatrial"]["steps"].as_array().unwrap();
        let (mut passed, mut printed) = (true, String::new());
        for step in steps {
            let (Some(script), condition) = (step["run"].as_str(), step["if"].as_str().unwrap_or_default()) else { continue };
            let goes_on = passed || condition.contains("!cancelled()");
            let is_meant = !condition.contains("event_name") || condition.contains(&format!("github.event_name == '{event}'"));
            // What it builds and downloads is there already.
            if !goes_on || !is_meant || ["Build the driver", "Have seatrial"].contains(&step["name"].as_str().unwrap_or_default()) {
                continue;
            }
            let output = self.run(script);
            printed.push_str(&format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)));
            passed &= output.status.success();
        }
        (passed, printed)
    }
}

fn judges() {
    let repository = Repository::new();
    let (passed, printed) = repository.workflow("push");
    assert!(passed && printed.contains("2 cases: 2 passed"), "{printed}");
    assert!(repository.path("target/main/report.json").is_file() && repository.text("summary").contains("scale"), "{printed}");
    assert_eq!(repository.text("target/seatrial/annotations.txt"), "");

    // A pull request that changes nothing, and one with which something fails that did not.
    let (passed, printed) = repository.workflow("pull_request");
    assert!(passed, "{printed}");
    assert!(repository.path("target/seatrial/comparison.md").is_file(), "{printed}");
    let scale = repository.path("scenarios/statefulset/scale.yaml");
    let text = std::fs::read_to_string(&scale).unwrap();
    std::fs::write(&scale, text.replacen("steps:\n", "steps:\n  - wait: {node/worker-1: gone, within: 1s}\n", 1)).unwrap();
    let (passed, printed) = repository.workflow("pull_request");
    assert!(!passed, "{printed}");
    assert!(printed.contains("::error file=scenarios/statefulset/scale.yaml,line="), "{printed}");

    // What says nothing of the driver is no verdict.
    std::fs::write(repository.path("seatrial/my-driver.yaml"), "driver: my-driver\n").unwrap();
    let (passed, printed) = repository.workflow("push");
    assert!(!passed && printed.contains("my-driver.yaml"), "{printed}");
}

fn runs_at_gitlab() {
    let repository = Repository::new();
    let job = &yaml(GITLAB, &documents::file(GITLAB))["seatrial"];
    let script: Vec<&str> =
        job["script"].as_array().unwrap().iter().map(|line| line.as_str().expect("each line of a script is text")).collect();
    // What it builds and downloads is there already.
    let there = ["go build", "curl ", "sha256sum", "tar ", "name=", "from=", "export PATH="];
    let ours: Vec<&str> = script.into_iter().filter(|line| !there.iter().any(|there| line.contains(there))).collect();
    assert!(ours.len() == 1, "{ours:?}");
    let output = repository.run(&ours.join("\n"));
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let junit = job["artifacts"]["reports"]["junit"].as_str().unwrap();
    assert!(repository.text(junit).contains("<testsuite "), "{junit}");
    assert!(job["artifacts"]["paths"].as_array().unwrap().iter().any(|path| Path::new(junit).starts_with(path.as_str().unwrap())));
}
