//! `--driver`: drivers that were built elsewhere, as processes that a descriptor describes.
//!
//! Our own driver is built elsewhere too, as far as a descriptor can tell; so the whole way is gone without others' programs.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use seatrial_reports::{RunMode, RunReport, SaidBy};

use super::command::{content, said, seatrial, told_of};
use super::runs::CLAIM_AND_CLASS;
use crate::Test;

pub const TESTS: &[Test] = &[
    ("a scenario holds with a driver that a descriptor describes", holds),
    ("a report has a driver's version from the driver, its digests, and where its logs lie", provenance),
    ("what only a better driver does is a finding, or unsupported", lacks),
    ("a driver's own snapshot controller runs only where there are snapshots", snapshots_only),
    ("a driver that dies at start is named, with what it said", dies),
    ("a driver that never serves is named", never_serves),
    ("a driver without rights in Kubernetes says at once which it lacks", without_rights),
    ("a driver that does not answer its liveness probe is started again", silent),
    ("a rollout puts another program in a driver's place, and ours again", upgrade),
    ("a rollout to a program is unsupported where drivers are no programs, and refused where sidecars differ", no_upgrade),
    ("a program that is missing is named, with the remedy", missing),
    ("what is wrong in a descriptor is named", wrong),
];

/// A descriptor of a CSI driver whose controller this is, with our node plugin.
fn descriptor(folder: &Path, program: &str, arguments: &str, ready: u32) -> String {
    let text = format!(
        "
driver: elsewhere
subject: csi
about: A controller that was built elsewhere.
source: its own repository
processes:
  - process: csi-controller
    program: {program}
    arguments: [{arguments}]
    account: {{namespace: vmware-system-csi, name: csi-controller}}
    ready-within-seconds: {ready}
    environment:
      X_CSI_MODE: controller
      CSI_NAMESPACE: vmware-system-csi
      CSI_ENDPOINT: unix://${{socket}}
      KUBECONFIG: ${{kubeconfig}}
      VSPHERE_CSI_CONFIG: ${{folder}}/csi-vsphere.conf
    files:
      csi-vsphere.conf: ${{csi-configuration}}
"
    );
    let path = folder.join("elsewhere.yaml");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// A program that does this.
fn script(folder: &Path, does: &str) {
    let path = folder.join("driver.sh");
    std::fs::write(&path, format!("#!/bin/sh\n{does}\n")).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
}

/// Runs with this driver; answers the exit code and what was printed. Nothing is left.
fn run(descriptor: &str) -> (Option<i32>, String) {
    run_scenario("statefulset/scale", descriptor)
}

fn run_scenario(scenario: &str, descriptor: &str) -> (Option<i32>, String) {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let driver = format!("csi={descriptor}");
    let arguments = ["run", scenario, "--driver", &driver, "--out", out.path().to_str().unwrap()];
    let output = seatrial(folder.path(), &arguments).output().unwrap();
    assert_eq!((content(folder.path()), told_of(folder.path())), (Vec::new(), Vec::new()));
    (output.status.code(), said(&output))
}

fn holds() {
    let folder = tempfile::tempdir().unwrap();
    let descriptor = descriptor(folder.path(), env!("CARGO_BIN_EXE_seatrial"), "driver, csi", 30);
    let (code, told) = run(&descriptor);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("1 case: 1 passed") && told.contains("the csi driver was elsewhere (its own repository)"), "{told}");
}

/// The descriptor says another version than the driver does.
fn provenance() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = descriptor(folder.path(), env!("CARGO_BIN_EXE_seatrial"), "driver, csi", 30);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("subject: csi", "version: v9.9.9\nsubject: csi")).unwrap();
    let driver = format!("csi={path}");
    let arguments = ["run", "statefulset/scale", "--driver", &driver, "--out", out.path().to_str().unwrap()];
    assert!(seatrial(folder.path(), &arguments).output().unwrap().status.success());
    let report = std::fs::read_to_string(out.path().join("report.json")).unwrap();
    let report: RunReport = serde_json::from_str(&report).unwrap();
    let provenance = report.provenance.unwrap();
    assert_eq!((provenance.mode, provenance.seed, provenance.seeds), (RunMode::Processes, 1, 1));
    let [csi, ccm] = provenance.drivers.as_slice() else { panic!("there are two drivers: {:?}", provenance.drivers) };
    assert_eq!((csi.driver.as_str(), csi.version.as_deref(), csi.said_by), ("elsewhere", Some("0.1.0"), Some(SaidBy::Driver)));
    assert_eq!((csi.described_version.as_deref(), ccm.driver.as_str()), (Some("v9.9.9"), "ours"));
    // Both programs are this command.
    assert_eq!(csi.binaries["csi-controller"], csi.binaries["csi-node"]);
    assert_eq!(csi.binaries["csi-controller"].sha256.as_ref().map(String::len), Some(64));
    let case = &report.cases[0].provenance;
    let world = case.world.as_ref().unwrap();
    assert_eq!(world.vcenters["vc-a"], report.cases[0].case.clone().unwrap());
    assert_eq!(world.plugins["csi-controller"].name, "csi.vsphere.vmware.com");
    assert_eq!(case.manifests.keys().collect::<Vec<_>>(), ["manifests/web.yaml"]);
    let logs = out.path().join(case.records.as_ref().unwrap());
    for log in ["csi-controller.1.log", "csi-node-worker-1.1.log", "journal.jsonl.gz"] {
        assert!(logs.join(log).exists(), "{log} is not among {:?}", content(&logs));
    }
}

/// A driver that offers nothing: a step that requires more finds something, a scenario that does is not run.
fn lacks() {
    let folder = tempfile::tempdir().unwrap();
    let driver = format!("csi={}", descriptor(folder.path(), env!("CARGO_BIN_EXE_seatrial"), "driver, csi", 30));
    let scenario = folder.path().join("asks.yaml");
    let text = "
scenario: A step asks for what only a better driver does
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 2, datastores: [vsan-a]}]}]
  kubernetes: {nodes: 1}
  drivers: {csi: ours}
steps:
  - expect: {object: node/worker-1, has: {/spec/unschedulable: true}}
    requires: [names-holder]
";
    std::fs::write(&scenario, text).unwrap();
    let out = tempfile::tempdir().unwrap();
    let ran = |what: &str| {
        let arguments = ["run", what, "--driver", &driver, "--out", out.path().to_str().unwrap()];
        let output = seatrial(folder.path(), &arguments).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, told) = ran(scenario.to_str().unwrap());
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("1 passed, 1 finding") && told.contains("driver elsewhere does not offer `names-holder`"), "{told}");
    let (code, told) = ran("bug-reports/csi-1474");
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("1 unsupported") && told.contains("driver elsewhere does not offer `refuses-mixed-tags`"), "{told}");
}

/// It ends at once, which is told where it is started.
fn snapshots_only() {
    let folder = tempfile::tempdir().unwrap();
    script(folder.path(), "echo there are no such kinds; exit 3");
    let path = descriptor(folder.path(), env!("CARGO_BIN_EXE_seatrial"), "driver, csi", 30);
    let mut text = std::fs::read_to_string(&path).unwrap().replace("processes:", "replaces: [snapshot-controller]\nprocesses:");
    text.push_str("  - {process: snapshot-controller, program: ./driver.sh, account: {namespace: kube-system, name: snapshots}}\n");
    std::fs::write(&path, text).unwrap();
    let (code, told) = run(&path);
    assert_eq!(code, Some(0), "{told}");
    let (code, told) = run_scenario("snapshots/limit", &path);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("snapshot-controller exited with status 3") && told.contains("| there are no such kinds"), "{told}");
}

fn dies() {
    let folder = tempfile::tempdir().unwrap();
    script(folder.path(), "echo there is no configuration; exit 3");
    let (code, told) = run(&descriptor(folder.path(), "./driver.sh", "", 60));
    assert_eq!(code, Some(3), "{told}");
    for word in ["driver elsewhere does not start", "csi-controller exited with status 3, 3 times", "| there is no configuration"] {
        assert!(told.contains(word), "{word}: {told}");
    }
}

fn never_serves() {
    let folder = tempfile::tempdir().unwrap();
    script(folder.path(), "exec sleep 60");
    let (code, told) = run(&descriptor(folder.path(), "./driver.sh", "", 2));
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("was not ready within 2 s") && told.contains("ready-within-seconds"), "{told}");
}

/// An account without a role: the start goes on trying, because the right may come, but not without a word.
fn without_rights() {
    let folder = tempfile::tempdir().unwrap();
    let path = descriptor(folder.path(), env!("CARGO_BIN_EXE_seatrial"), "driver, csi", 5);
    let text = std::fs::read_to_string(&path).unwrap().replace("name: csi-controller}", "name: nobody}");
    std::fs::write(&path, text).unwrap();
    let (code, told) = run(&path);
    assert_eq!(code, Some(3), "{told}");
    for word in [
        "system:serviceaccount:vmware-system-csi:nobody may not get customresourcedefinitions of apiextensions.k8s.io",
        "resources: [customresourcedefinitions], verbs: [get]",
        "ClusterRole and Role vsphere-csi-controller",
    ] {
        assert!(told.contains(word), "{word}: {told}");
    }
}

/// An upgrade beside which a volume is made, and the way back.
const UPGRADE: &str = "
scenario: A newer driver takes the place of one
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 2, datastores: [vsan-a]}]}]
  kubernetes: {nodes: 1}
  drivers: {csi: ours}
steps:
  - apply: claims.yaml
    settle: false
  - rollout: {csi: {driver: ./newer.yaml, environment: {NEWER: 1}}}
  - wait: {persistentvolumeclaim/data: bound}
  - configure: {csi: {Global: {query-limit: 100}}}
  - rollout: {csi: {driver: ours}}
  - delete: persistentvolumeclaim/data
expect:
  - volumes: {total: 0}
";

/// A folder with that scenario, and what it names; `newer.yaml` says this, too.
fn to_be_upgraded(more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = descriptor(folder.path(), env!("CARGO_BIN_EXE_seatrial"), "driver, csi", 30);
    let text = std::fs::read_to_string(&path).unwrap();
    let newer = text.replace("driver: elsewhere", &format!("driver: newer{more}"));
    for (file, text) in [("newer.yaml", newer.as_str()), ("upgrade.yaml", UPGRADE), ("claims.yaml", CLAIM_AND_CLASS)] {
        std::fs::write(folder.path().join(file), text).unwrap();
    }
    folder
}

fn run_upgrade(folder: &Path, flags: &[&str]) -> (Option<i32>, String, String) {
    let (temporary, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (scenario, journal) = (folder.join("upgrade.yaml"), out.path().join("journal.jsonl"));
    let fixed = ["run", scenario.to_str().unwrap(), "--out", out.path().to_str().unwrap(), "--journal", journal.to_str().unwrap()];
    let output = seatrial(temporary.path(), &[&fixed[..], flags].concat()).output().unwrap();
    (output.status.code(), said(&output), std::fs::read_to_string(journal).unwrap_or_default())
}

fn upgrade() {
    let folder = to_be_upgraded("");
    let elsewhere = format!("csi={}", folder.path().join("elsewhere.yaml").display());
    for flags in [&["--driver", &elsewhere][..], &["--drivers", "processes"]] {
        let (code, told, journal) = run_upgrade(folder.path(), flags);
        assert_eq!(code, Some(0), "{told}");
        assert!(told.contains("1 case: 1 passed") && told.contains("the csi driver was newer"), "{told}");
        let started = |incarnation: u32| {
            journal.contains(&format!(r#""process":{{"name":"csi-controller","incarnation":{incarnation},"event":"started""#))
        };
        // Each rollout, and ours ends by itself once its file has changed.
        assert!(started(1) && started(2) && started(3), "{told}");
    }
}

fn no_upgrade() {
    let folder = to_be_upgraded("");
    let (code, told, _) = run_upgrade(folder.path(), &[]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("1 unsupported") && told.contains("needed by the rollout to ./newer.yaml"), "{told}");
    let folder = to_be_upgraded("\nreplaces: [csi-resizer]");
    let (code, told, _) = run_upgrade(folder.path(), &["--drivers", "processes"]);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("one of the two brings csi-resizer itself") && told.contains("upgrade.yaml:10:29"), "{told}");
}

fn missing() {
    let folder = tempfile::tempdir().unwrap();
    let (code, told) = run(&descriptor(folder.path(), "no-such-driver", "", 2));
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("no program `no-such-driver`") && told.contains("SEATRIAL_DRIVERS"), "{told}");
}

fn wrong() {
    let folder = tempfile::tempdir().unwrap();
    let (code, told) = run(&descriptor(folder.path(), "a", "'${nodes}'", 2));
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("`${nodes}` stands for nothing here"), "{told}");
    let (code, told) = run("no-such-name");
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("known are upstream-ccm, upstream-csi"), "{told}");
}

/// Three answers in a row are none; by then its sidecars have found it.
const SILENT: &str = "
scenario: A driver that does not answer is started again
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 1, datastores: [vsan-a]}]}]
  kubernetes: {nodes: 1}
  drivers: {csi: ours}
steps:
  - sleep: 10m
faults:
  - id: silent
    when: {call: Probe, to: csi-controller, nth: 10, position: before-sending}
    does: {grpc: DeadlineExceeded, text: context deadline exceeded}
    times: 3
expect:
  - fired: {silent: 3}
";

fn silent() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let descriptor = descriptor(folder.path(), env!("CARGO_BIN_EXE_seatrial"), "driver, csi", 30);
    let told = std::fs::read_to_string(&descriptor).unwrap();
    let looked_at = told.replace("    environment:", "    liveness: {initial-delay-seconds: 20, period-seconds: 20}\n    environment:");
    std::fs::write(&descriptor, looked_at).unwrap();
    let (scenario, journal) = (folder.path().join("silent.yaml"), out.path().join("journal.jsonl"));
    std::fs::write(&scenario, SILENT).unwrap();
    let driver = format!("csi={descriptor}");
    let fixed = ["run", scenario.to_str().unwrap(), "--driver", &driver, "--out", out.path().to_str().unwrap()];
    let temporary = tempfile::tempdir().unwrap();
    let output = seatrial(temporary.path(), &[&fixed[..], &["--journal", journal.to_str().unwrap()]].concat()).output().unwrap();
    let told = said(&output);
    assert!(output.status.success() && told.contains("1 case: 1 passed"), "{told}");
    let journal = std::fs::read_to_string(journal).unwrap();
    let lines = |words: &[&str]| journal.lines().filter(|line| words.iter().all(|word| line.contains(word))).count();
    assert_eq!(lines(&["Container csi-controller failed liveness probe, will be restarted"]), 1);
    let started =
        |incarnation: u32| lines(&[&format!(r#""process":{{"name":"csi-controller","incarnation":{incarnation},"event":"started""#)]);
    assert_eq!((started(1), started(2), started(3)), (1, 1, 0));
}
