//! Upstream's drivers, built by package name (`.ci/external`): what holds with them is to hold tomorrow too.
//!
//! They are looked for in the folders of `SEATRIAL_DRIVERS` only: what lies in `PATH` by chance is of no known version.

use std::path::Path;

use super::command::{content, environment, seatrial, told_of};
use crate::Test;

pub const TESTS: &[Test] = &[
    ("statefulset/scale holds with upstream's CSI driver", scale),
    ("statefulset/remove holds with upstream's CSI driver", remove),
    ("zones/placement holds with upstream's drivers", placement),
    ("multi-vcenter/one-volume-one-home holds with upstream's drivers", one_home),
];

/// What the descriptors start.
const PROGRAMS: [&str; 6] =
    ["vsphere-csi", "vsphere-syncer", "csi-provisioner", "csi-attacher", "csi-resizer", "vsphere-cloud-controller-manager"];

pub fn are_built() -> bool {
    let folders = environment("SEATRIAL_DRIVERS");
    PROGRAMS.iter().all(|program| folders.split(':').any(|folder| Path::new(folder).join(program).is_file()))
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
    let fixed = ["run", scenario, "--mode", "live", "--out", out.path().to_str().unwrap()];
    let drivers: Vec<&str> = drivers.iter().flat_map(|driver| ["--driver", driver]).collect();
    let output = seatrial(folder.path(), &[&fixed, &drivers[..]].concat()).output().unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && told.contains("1 sailing: 1 held"), "{told}");
    for driver in drivers.iter().filter_map(|driver| driver.split_once('=')) {
        assert!(told.contains(&format!("the {} driver was {}", driver.0, driver.1)), "{told}");
    }
    assert_eq!((content(folder.path()), told_of(folder.path())), (Vec::new(), Vec::new()));
}
