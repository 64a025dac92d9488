//! Bad input around real API servers: what is missing, broken or somebody else's is named, with the remedy and the code.
//!
//! None of these needs the real programs: scripts stand in for those that fail, and nobody listens where a kubeconfig leads.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod said;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

const SCENARIO: &str = "scenario: A test\nworld:\n  vcenters:\n    - {name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 1, datastores: [vsan-a]}]}\n  kubernetes: {nodes: 1}\n  drivers: {csi: ours}\nsteps:\n  - sleep: 1s\n";
const KUBECONFIG: &str = "apiVersion: v1\nkind: Config\ncurrent-context: mine\nclusters:\n- {name: c, cluster: {server: 'https://127.0.0.1:1'}}\nusers:\n- {name: u, user: {token: t}}\ncontexts:\n- {name: mine, context: {cluster: c, user: u}}\n- {name: torn, context: {cluster: nothing, user: u}}\n";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.yaml"), SCENARIO).unwrap();
    folder
}

/// A program that is a script.
fn script(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Runs in the folder; the code, and what was said without what differs from run to run.
fn run(folder: &Path, mode: &str, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seatrial"));
    command.current_dir(folder).args(["run", "mine.yaml", "--mode", mode]).args(arguments);
    command.env_remove("KUBECONFIG").env_remove("KUBEBUILDER_ASSETS").env("PATH", "/nowhere").env("TMPDIR", folder);
    let (code, said) = said::run(command.envs(variables.iter().copied()), said::without_wall_time);
    (code, said.replace(&folder.display().to_string(), "[folder]"))
}

#[test]
fn programs_that_are_not_there_are_named_with_where_they_were_looked_for() {
    let folder = folder();
    let (code, said) = run(folder.path(), "live", &["--kubernetes", "assets"], &[]);
    assert_eq!(code, 3, "{said}");
    insta::assert_snapshot!("both programs missing", said);
    script(folder.path(), "etcd", "exit 0");
    let (code, said) = run(folder.path(), "live", &["--kubernetes", "assets"], &[("KUBEBUILDER_ASSETS", folder.path().to_str().unwrap())]);
    assert_eq!(code, 3, "{said}");
    insta::assert_snapshot!("one program missing", said);
}

#[test]
fn a_program_that_dies_at_its_start_is_told_with_its_last_words() {
    let folder = folder();
    script(folder.path(), "etcd", "echo there is no room >&2; exit 7");
    script(folder.path(), "kube-apiserver", "while :; do /bin/sleep 1; done");
    let assets = folder.path().to_str().unwrap();
    let (code, said) = run(folder.path(), "live", &["--kubernetes", "assets"], &[("KUBEBUILDER_ASSETS", assets)]);
    assert_eq!(code, 3, "{said}");
    insta::assert_snapshot!("program that dies", said);
    let (code, said) = run(folder.path(), "virtual", &["--kubernetes", "assets"], &[("KUBEBUILDER_ASSETS", assets)]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("etcd ended: exited with status 7; the last lines of its log:\n") && said.contains("there is no room"), "{said}");
}

#[test]
fn flags_that_do_not_go_together_are_refused() {
    let folder = folder();
    let cases: [(&str, &[&str]); 5] = [
        ("virtual", &["--kubernetes", "assets", "--drivers", "in-process"]),
        ("virtual", &["--kubernetes", "kubeconfig", "--kubeconfig", "k"]),
        ("virtual", &["--context", "mine"]),
        ("live", &["--kubeconfig", "k"]),
        ("live", &["--kubernetes", "kubeconfig"]),
    ];
    let mut all = String::new();
    for (mode, arguments) in cases {
        let (code, said) = run(folder.path(), mode, arguments, &[]);
        assert_eq!(code, 2, "{arguments:?}: {said}");
        all.push_str(&format!("$ seatrial run mine.yaml --mode {mode} {}\n{said}\n\n", arguments.join(" ")));
    }
    insta::assert_snapshot!("cluster flags", all);
}

#[test]
fn a_kubeconfig_that_cannot_be_used_is_named() {
    let folder = folder();
    std::fs::write(folder.path().join("good"), KUBECONFIG).unwrap();
    std::fs::write(folder.path().join("broken"), "apiVersion: [v1\n").unwrap();
    std::fs::write(folder.path().join("empty"), "").unwrap();
    std::fs::write(folder.path().join("aimless"), KUBECONFIG.replace("current-context: mine\n", "")).unwrap();
    let cases: [(&[&str], i32); 8] = [
        (&["--kubeconfig", "absent"], 2),
        (&["--kubeconfig", "broken"], 2),
        (&["--kubeconfig", "empty"], 2),
        (&["--kubeconfig", "aimless"], 2),
        (&["--kubeconfig", "good", "--context", "mien"], 2),
        (&["--kubeconfig", "good", "--context", "torn"], 2),
        (&["--kubeconfig", "good", "--yes-use-context", "other"], 2),
        (&["--kubeconfig", "good"], 3),
    ];
    let mut all = String::new();
    for (arguments, expected) in cases {
        let (code, said) = run(folder.path(), "live", &[&["--kubernetes", "kubeconfig"], arguments].concat(), &[]);
        assert_eq!(code, expected, "{arguments:?}: {said}");
        all.push_str(&format!("$ seatrial run mine.yaml {}\n{said}\n\n", arguments.join(" ")));
    }
    insta::assert_snapshot!("kubeconfigs", all);
}
