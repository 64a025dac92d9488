//! Building one package after the workspace builds nothing of others anew: each package of others has the features for one of ours that
//! it has for all of them. `drivers/workspace-hack` says how.
//!
//! Libraries that reach no operating system are not held to it: what they need is built in seconds, and they are to need little.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::collections::BTreeSet;
use std::process::Command;

/// What is built alone: the programs, and the harness above the wires.
const BUILT_ALONE: [&str; 8] = [
    "fake-vcenter",
    "seatrial",
    "seatrial-driver-tests",
    "seatrial-kubernetes",
    "seatrial-node",
    "seatrial-wires",
    "vsphere-ccm",
    "vsphere-csi",
];

/// Packages with their versions, and the features that they are built with.
fn features(selected: &[&str]) -> BTreeSet<(String, String)> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--no-dedupe", "--format", "{p}|{f}"]);
    let told = cargo.args(selected).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let text = String::from_utf8(told.stdout).unwrap();
    let line = |line: &str| {
        let (package, features) = line.split_once('|').unwrap();
        // What follows name and version is where it lies.
        (package.split(" (").next().unwrap().to_owned(), features.to_owned())
    };
    text.lines().filter(|text| !text.is_empty()).map(line).collect()
}

#[test]
fn one_package_alone_is_built_with_the_features_of_the_workspace() {
    let everywhere = features(&["--workspace"]);
    assert!(everywhere.iter().any(|(package, features)| package.starts_with("tokio v") && features.contains("test-util")));
    let wanted = |package: &str| {
        let there = everywhere.iter().filter(|(other, _)| other == package);
        there.map(|(_, features)| features.as_str()).collect::<Vec<_>>().join(" or ")
    };
    let mut wrong = Vec::new();
    for alone in BUILT_ALONE {
        for (package, features) in features(&["--package", alone]).difference(&everywhere) {
            wrong.push(format!("{alone}: {package} has [{features}], in the workspace [{}]", wanted(package)));
        }
    }
    assert!(wrong.is_empty(), "let drivers/workspace-hack/Cargo.toml ask for the difference:\n{}", wrong.join("\n"));
}
