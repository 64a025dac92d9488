//! Drivers that do not come up: the environment's fault, told at once with the program's own words, once, and exit code 3.
//!
//! Scripts stand in for drivers of others, and our own for one that comes up.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod said;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

const SCENARIO: &str = "scenario: A test\nworld:\n  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 1, datastores: [vsan-a]}]}]\n  kubernetes: {nodes: 1}\n  drivers: {csi: ours, ccm: ours}\nsteps:\n  - wait: {node/worker-1: initialized}\n";

/// A descriptor of a CSI driver whose controller is this script, and beside it one more process, if there is one.
fn descriptor(folder: &Path, controller: &str, beside: Option<&str>) {
    let process = |name: &str, script: &str| {
        let path = folder.join(format!("{name}.sh"));
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        format!(
            "  - process: {name}\n    program: ./{name}.sh\n    account: {{namespace: vmware-system-csi, name: csi-controller}}\n    environment: {{X_CSI_MODE: controller, CSI_NAMESPACE: vmware-system-csi, KUBECONFIG: \"${{kubeconfig}}\", VSPHERE_CSI_CONFIG: \"${{folder}}/csi-vsphere.conf\"{}}}\n    files: {{csi-vsphere.conf: \"${{csi-configuration}}\"}}\n",
            if name == "csi-controller" { ", CSI_ENDPOINT: \"unix://${socket}\"" } else { "" }
        )
    };
    let processes = process("csi-controller", controller) + &beside.map(|script| process("csi-syncer", script)).unwrap_or_default();
    std::fs::write(folder.join("mine.yaml"), format!("driver: mine\nsubject: csi\nabout: x\nprocesses:\n{processes}")).unwrap();
    std::fs::write(folder.join("scenario.yaml"), SCENARIO).unwrap();
}

/// Runs with that driver; the code, and what was said without what differs from run to run.
fn run(folder: &Path) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seatrial"));
    command.current_dir(folder).args(["run", "scenario.yaml", "--driver", "csi=./mine.yaml"]).env("TMPDIR", folder);
    let (code, said) = said::run(&mut command, without_time);
    (code, said.replace(&folder.display().to_string(), "[folder]"))
}

fn without_time(line: &str) -> &str {
    line.split_once(" (0 of").or_else(|| line.split_once("; ").filter(|(head, _)| head.ends_with("failed"))).map_or(line, |(head, _)| head)
}

#[track_caller]
fn does_not_start(name: &str, controller: &str, beside: Option<&str>) {
    let folder = TempDir::new().unwrap();
    descriptor(folder.path(), controller, beside);
    let (code, said) = run(folder.path());
    assert_eq!(code, 3, "{said}");
    insta::assert_snapshot!(name, said);
}

/// Our own driver, as if others had built it.
fn ours() -> String {
    format!("exec {} driver csi", env!("CARGO_BIN_EXE_seatrial"))
}

#[test]
fn a_wrong_flag_is_told_in_the_programs_words_without_its_usage() {
    let script = "echo 'flag provided but not defined: -foo' >&2; echo 'Usage of driver:' >&2; echo '  -bar string' >&2; echo '    \tthe bar' >&2; exit 2";
    does_not_start("wrong flag", script, None);
}

#[test]
fn a_port_that_is_taken_is_told_in_the_programs_words() {
    does_not_start("port taken", "echo 'F0101 main.go:80] listen tcp :9808: bind: address already in use' >&2; exit 255", None);
}

#[test]
fn a_program_that_cannot_be_started_is_named() {
    let folder = TempDir::new().unwrap();
    descriptor(folder.path(), "", None);
    std::fs::write(folder.path().join("csi-controller.sh"), b"\x7fELF and no more").unwrap();
    let (code, said) = run(folder.path());
    assert_eq!(code, 3, "{said}");
    insta::assert_snapshot!("not executable", said);
}

#[test]
fn a_program_beside_a_driver_that_is_ready_is_judged_too() {
    does_not_start("beside", &ours(), Some("exit 0"));
}

#[test]
fn an_account_without_a_role_is_told_as_soon_as_it_is_clear() {
    let folder = TempDir::new().unwrap();
    descriptor(folder.path(), &ours(), None);
    let path = folder.path().join("mine.yaml");
    let text = std::fs::read_to_string(&path).unwrap().replace("name: csi-controller}", "name: nobody}");
    std::fs::write(&path, text).unwrap();
    let (code, said) = run(folder.path());
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("csi-controller may not `get customresourcedefinitions`: its account needs a role that allows it"), "{said}");
    assert!(said.contains("ClusterRole and Role vsphere-csi-controller"), "its own words: {said}");
}

#[test]
fn a_driver_that_comes_up_at_the_third_time_is_ready() {
    let folder = TempDir::new().unwrap();
    let script = format!("echo again >> {0}/starts; [ $(wc -l < {0}/starts) -gt 2 ] || exit 1; {1}", folder.path().display(), ours());
    descriptor(folder.path(), &script, None);
    let (code, said) = run(folder.path());
    assert_eq!(code, 0, "{said}");
    assert_eq!(std::fs::read_to_string(folder.path().join("starts")).unwrap().lines().count(), 3);
}
