//! `seatrial run --drivers processes`: it passes, and nothing is left of it.

use std::path::Path;
use std::process::Stdio;

use super::command::{Up, content, eventually, said, seatrial, told_of};
use crate::Test;

pub const TESTS: &[Test] = &[
    ("a scenario passes with drivers as processes, and nothing is left of it", passes),
    ("a run that is killed takes its drivers along, and the next one sweeps its folder", killed),
    ("a world that stays ends cleanly on Ctrl-C", ends_cleanly),
    ("a folder that cannot be made is named, with the remedy", no_folder),
    ("a scenario that is not there is named", no_scenario),
];

pub const SMALL: &str = "
scenario: A small world
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 1, datastores: [vsan-a]}]}]
  kubernetes: {nodes: 1}
  drivers: {csi: ours, ccm: ours}
steps:
  - wait: {node/worker-1: initialized}
";

/// A claim of the driver's, and its class.
pub const CLAIM_AND_CLASS: &str = "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: vsphere}
provisioner: csi.vsphere.vmware.com
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: vsphere
  resources: {requests: {storage: 1Gi}}
";

fn passes() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let journal = out.path().join("journal.jsonl");
    let to = ["--out", out.path().to_str().unwrap(), "--journal", journal.to_str().unwrap()];
    let arguments = [&["run", "statefulset/scale", "--drivers", "processes"][..], &to].concat();
    let output = seatrial(folder.path(), &arguments).output().unwrap();
    let told = said(&output);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("1 case: 1 passed"), "{told}");
    assert_eq!((content(folder.path()), told_of(folder.path())), (Vec::new(), Vec::new()));
    let page = std::fs::read_to_string(out.path().join("report.json")).unwrap();
    assert!(page.contains("--drivers processes"), "the report tells how to repeat it");
    let journal = std::fs::read_to_string(journal).unwrap();
    let farewell = journal.lines().filter(|line| line.contains(r#""from":"csi-controller""#) && line.contains(r#""method":"Logout""#));
    assert_eq!(farewell.count(), 1, "the driver was asked to end, and left no session behind");
}

fn drivers(folder: &Path, but: u32) -> usize {
    told_of(folder).into_iter().filter(|process| *process != but).count()
}

fn killed() {
    let folder = tempfile::tempdir().unwrap();
    // An hour of the world's is over in a second: it has to go on for a while.
    let fixed = ["run", "statefulset/scale", "--drivers", "processes", "--repeat", "1000"];
    let arguments = [&fixed[..], &["--out", folder.path().to_str().unwrap()]].concat();
    let mut run = seatrial(folder.path(), &arguments).stdout(Stdio::null()).spawn().unwrap();
    // A controller and three node plugins.
    eventually("the drivers run", || drivers(folder.path(), run.id()) >= 4);
    run.kill().unwrap();
    run.wait().unwrap();
    eventually("no driver runs", || told_of(folder.path()).is_empty());
    let left = |folder: &Path| content(folder).iter().filter(|path| path.join("ca.pem").exists()).count();
    assert_ne!(left(folder.path()), 0, "nobody could tidy up");
    let file = folder.path().join("world.yaml");
    std::fs::write(&file, SMALL).unwrap();
    let again = ["run", file.to_str().unwrap(), "--drivers", "processes", "--out", folder.path().to_str().unwrap()];
    assert!(seatrial(folder.path(), &again).stdout(Stdio::null()).status().unwrap().success());
    assert_eq!(left(folder.path()), 0, "the next run has swept it");
}

fn ends_cleanly() {
    let mut up = Up::start(SMALL, &[]);
    eventually("the drivers run", || told_of(up.folder.path()).len() >= 3);
    assert!(up.interrupt().success());
    assert_eq!(content(up.folder.path()), [up.folder.path().join("world.yaml")]);
    assert_eq!(told_of(up.folder.path()), Vec::<u32>::new());
}

fn no_folder() {
    let out = tempfile::tempdir().unwrap();
    let arguments = ["run", "statefulset/scale", "--drivers", "processes", "--out", out.path().to_str().unwrap()];
    let output = seatrial(Path::new("/proc/nowhere"), &arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("/proc/nowhere") && told.contains("set TMPDIR"), "{told}");
}

fn no_scenario() {
    let folder = tempfile::tempdir().unwrap();
    let output = seatrial(folder.path(), &["up", "nowhere.yaml"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("nowhere.yaml") && told.contains("name a scenario's file"), "{told}");
}
