//! Upstream's drivers, built by package name (`.ci/external`): what holds with them is to hold tomorrow too.
//!
//! They are looked for in the folders of `SEATRIAL_DRIVERS` only: what lies in `PATH` by chance is of no known version.

use std::collections::BTreeSet;
use std::path::Path;

use super::command::{content, said, seatrial, told_of};
use super::sanity::csi_sanity;
use crate::Test;
use crate::optional::{environment, in_path};

pub const TESTS: &[Test] = &[
    ("statefulset/scale holds with upstream's CSI driver", scale),
    ("statefulset/remove holds with upstream's CSI driver", remove),
    ("zones/placement holds with upstream's drivers", placement),
    ("multi-vcenter/one-volume-one-home holds with upstream's drivers", one_home),
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

pub fn can_be_held_against_csi_sanity() -> bool {
    are_built() && in_path("csi-sanity").is_some()
}

const CSI: &str = "csi=upstream-csi";
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

/// The scenario holds with these drivers, which the report names, and nothing is left of it.
fn holds(scenario: &str, drivers: &[&str]) {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let fixed = ["run", scenario, "--out", out.path().to_str().unwrap()];
    let drivers: Vec<&str> = drivers.iter().flat_map(|driver| ["--driver", driver]).collect();
    let output = seatrial(folder.path(), &[&fixed, &drivers[..]].concat()).output().unwrap();
    let told = said(&output);
    assert!(output.status.success() && told.contains("1 case: 1 passed"), "{told}");
    for driver in drivers.iter().filter_map(|driver| driver.split_once('=')) {
        assert!(told.contains(&format!("the {} driver was {}", driver.0, driver.1)), "{told}");
    }
    assert_eq!((content(folder.path()), told_of(folder.path())), (Vec::new(), Vec::new()));
}

fn sanity() {
    let told = csi_sanity(&["--driver", CSI]);
    let known: BTreeSet<&str> = include_str!("upstream-sanity.txt").lines().filter(|line| !line.starts_with('#')).collect();
    let failed: BTreeSet<&str> = told.lines().filter_map(|line| line.trim().strip_prefix("[FAIL] ")).collect();
    let new: Vec<_> = failed.difference(&known).collect();
    assert!(new.is_empty(), "{new:#?} {told}");
    let summary = told.lines().rfind(|line| line.contains(" Passed | ")).unwrap_or_default();
    eprintln!("csi-sanity, upstream: {}", summary.trim());
    assert!(told.contains("Ran 72 of "), "{summary}");
}
