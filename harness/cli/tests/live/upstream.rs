//! Upstream's drivers, built by package name (`.ci/external`): what holds with them is to hold tomorrow too.
//!
//! They are looked for in the folders of `SEATRIAL_DRIVERS` only: what lies in `PATH` by chance is of no known version.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::command::{content, said, seatrial, told_of};
use super::sanity::{csi_sanity, held_against};
use crate::Test;
use crate::optional::{environment, in_path};

pub const TESTS: &[Test] = &[
    ("statefulset/scale holds with upstream's CSI driver", scale),
    ("statefulset/remove holds with upstream's CSI driver", remove),
    ("zones/placement holds with upstream's drivers", placement),
    ("multi-vcenter/one-volume-one-home holds with upstream's drivers", one_home),
];

/// These need upstream's manifests, which come with its modules.
pub const MANIFESTS: &[Test] = &[
    ("statefulset/scale holds with upstream's CSI driver, by its own manifests", by_csi_manifests),
    ("zones/placement holds with upstream's cloud controller manager, by its own manifests", by_ccm_manifests),
];

/// These need csi-sanity too.
pub const SANITY: &[Test] = &[("csi-sanity passes with upstream's CSI controller, but for what is known", sanity)];

/// What the descriptors start.
const PROGRAMS: [&str; 8] = [
    "vsphere-csi",
    "vsphere-syncer",
    "csi-provisioner",
    "csi-attacher",
    "csi-resizer",
    "csi-snapshotter",
    "snapshot-controller",
    "vsphere-cloud-controller-manager",
];

pub fn are_built() -> bool {
    let folders = environment("SEATRIAL_DRIVERS");
    PROGRAMS.iter().all(|program| folders.split(':').any(|folder| Path::new(folder).join(program).is_file()))
}

/// Where a module of Go's lies that upstream's programs were built of.
fn module(name: &str) -> Option<PathBuf> {
    let told = Command::new("go").args(["env", "GOMODCACHE"]).output().ok()?;
    Some(Path::new(String::from_utf8(told.stdout).ok()?.trim()).join(name)).filter(|path| path.is_dir())
}

fn csi_manifests() -> Option<PathBuf> {
    module("sigs.k8s.io/vsphere-csi-driver/v3@v3.7.0").map(|module| module.join("manifests/vanilla/vsphere-csi-driver.yaml"))
}

fn ccm_manifests() -> Option<PathBuf> {
    module("k8s.io/cloud-provider-vsphere@v1.36.0").map(|module| module.join("releases/v1.36"))
}

pub fn have_manifests() -> bool {
    are_built() && csi_manifests().is_some() && ccm_manifests().is_some()
}

pub fn can_be_held_against_csi_sanity() -> bool {
    are_built() && in_path("csi-sanity").is_some()
}

pub const CSI: &str = "csi=upstream-csi";
const CCM: &str = "ccm=upstream-ccm";

fn scale() {
    holds("statefulset/scale", &[CSI]);
}

fn remove() {
    holds("statefulset/remove", &[CSI]);
}

fn placement() {
    holds("zones/placement", &[CSI, CCM]);
}

fn one_home() {
    holds("multi-vcenter/one-volume-one-home", &[CSI, CCM]);
}

/// As it is, but for a flag: csi-provisioner v5 takes part in topology unless it is told not to, and the manifests are written for v4.
fn by_csi_manifests() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(csi_manifests().unwrap()).unwrap();
    let flag = "- \"--default-fstype=ext4\"";
    assert!(text.contains(flag), "the provisioner's flags are others than they were");
    let text = text.replace(flag, &format!("{flag}\n            - --feature-gates=Topology=false"));
    std::fs::write(folder.path().join("driver.yaml"), text).unwrap();
    let driver = format!("csi={}", folder.path().display());
    let images = ["driver=vsphere-csi", "syncer=vsphere-syncer", "csi-snapshotter=ours"];
    let images: Vec<&str> = images.iter().flat_map(|image| ["--image", image]).collect();
    passes("statefulset/scale", &[&["--driver", &driver], &images[..]].concat());
}

fn by_ccm_manifests() {
    passes("zones/placement", &["--driver", CSI, "--driver", &format!("ccm={}", ccm_manifests().unwrap().display())]);
}

/// The scenario holds with these drivers, which the report names, and nothing is left of it.
fn holds(scenario: &str, drivers: &[&str]) {
    let flags: Vec<&str> = drivers.iter().flat_map(|driver| ["--driver", driver]).collect();
    let told = passes(scenario, &flags);
    for driver in drivers.iter().filter_map(|driver| driver.split_once('=')) {
        assert!(told.contains(&format!("the {} driver was {}", driver.0, driver.1)), "{told}");
    }
}

/// The scenario passes with these flags, and nothing is left of it; answers what was printed.
fn passes(scenario: &str, flags: &[&str]) -> String {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let fixed = ["run", scenario, "--out", out.path().to_str().unwrap()];
    let output = seatrial(folder.path(), &[&fixed, flags].concat()).output().unwrap();
    let told = said(&output);
    assert!(output.status.success() && told.contains("1 case: 1 passed"), "{told}");
    assert_eq!((content(folder.path()), told_of(folder.path())), (Vec::new(), Vec::new()));
    told
}

fn sanity() {
    let told = csi_sanity(&["--driver", CSI]);
    held_against(&told, include_str!("upstream-sanity.txt"));
    let summary = told.lines().rfind(|line| line.contains(" Passed | ")).unwrap_or_default();
    eprintln!("csi-sanity, upstream: {}", summary.trim());
    assert!(told.contains("Ran 72 of "), "{summary}");
}
