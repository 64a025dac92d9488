//! The arrows of ARCHITECTURE.md, checked over `cargo metadata`: who may use whom.
//!
//! The table is the law; a dependency that is not in it fails here. Dependencies for tests only are bound as well,
//! but may also reach what stands below (`TESTS`).

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Each crate and which of ours it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("fake-vcenter-types", &[]),
    ("fake-vcenter-codec", &["fake-vcenter-types"]),
    ("fake-vcenter-world", &["fake-vcenter-types", "seatrial-journal"]),
    ("fake-vcenter-server", &["fake-vcenter-types", "fake-vcenter-codec", "fake-vcenter-world", "seatrial-journal"]),
    ("fake-vcenter", &["fake-vcenter-world", "fake-vcenter-server", "seatrial-journal"]),
    ("driver-host", &[]),
    ("csi-api", &[]),
    ("vsphere-client", &["driver-host", "fake-vcenter-types", "fake-vcenter-codec"]),
    ("vsphere-csi", &["driver-host", "vsphere-client", "csi-api", "fake-vcenter-types"]),
    ("vsphere-ccm", &["driver-host", "vsphere-client", "fake-vcenter-types"]),
    ("seatrial-journal", &[]),
    ("seatrial-wires", &["seatrial-journal", "driver-host"]),
    ("seatrial-kubernetes", &["seatrial-journal", "seatrial-wires", "driver-host", "csi-api"]),
    ("seatrial-node", &["seatrial-journal", "seatrial-wires", "seatrial-kubernetes", "driver-host", "csi-api"]),
    ("seatrial-scenario", &[]),
    ("seatrial-oracle", &["seatrial-journal"]),
    ("seatrial-reports", &["seatrial-journal"]),
    (
        "seatrial-engine",
        &[
            "csi-api",
            "driver-host",
            "fake-vcenter-codec",
            "fake-vcenter-server",
            "fake-vcenter-types",
            "fake-vcenter-world",
            "seatrial-journal",
            "seatrial-kubernetes",
            "seatrial-node",
            "seatrial-oracle",
            "seatrial-reports",
            "seatrial-scenario",
            "seatrial-wires",
            "vsphere-ccm",
            "vsphere-csi",
        ],
    ),
    (
        "seatrial",
        &[
            "driver-host",
            "seatrial-engine",
            "seatrial-journal",
            "seatrial-node",
            "seatrial-reports",
            "seatrial-scenario",
            "seatrial-wires",
            "vsphere-ccm",
            "vsphere-csi",
        ],
    ),
];

/// What tests may use beyond the table: both ends of a border meet in the engine's tests.
const TESTS: &[(&str, &[&str])] = &[("seatrial-engine", &["vsphere-client"])];

/// Crates that a pure one must not reach, however indirectly, and why.
const PURE: &[(&str, &[&str])] = &[
    ("fake-vcenter-world", &["tokio", "axum", "hyper", "quick-xml", "fake-vcenter-codec"]),
    ("fake-vcenter-types", &["tokio", "axum", "hyper", "quick-xml"]),
    ("fake-vcenter-codec", &["tokio", "axum", "hyper"]),
    ("seatrial-journal", &["tokio", "axum", "hyper"]),
    ("seatrial-oracle", &["tokio", "axum", "hyper"]),
    ("seatrial-scenario", &["tokio", "axum", "hyper"]),
];

fn metadata() -> cargo_metadata::Metadata {
    // One platform's dependencies are enough to see the arrows, and need no download of the others'.
    let options = ["--locked", "--filter-platform", "x86_64-unknown-linux-gnu"].map(str::to_owned);
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).other_options(options).exec().unwrap()
}

#[test]
fn every_crate_uses_only_what_the_table_allows() {
    let metadata = metadata();
    let ours: BTreeSet<String> = metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let tests: BTreeMap<&str, &[&str]> = TESTS.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let Some(allowed) = arrows.get(name) else {
            wrong.push(format!("{name} is not in the table: add it, and its arrows to ARCHITECTURE.md"));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| ours.contains(&dependency.name)) {
            let for_tests = dependency.kind == DependencyKind::Development
                && (tests.get(name).is_some_and(|more| more.contains(&dependency.name.as_str())) || dependency.name == name);
            if !allowed.contains(&dependency.name.as_str()) && !for_tests {
                wrong.push(format!("{name} must not use {}", dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_pure_crates_reach_no_runtime_and_no_wire_format() {
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().unwrap();
    let name_of: BTreeMap<_, _> = metadata.packages.iter().map(|package| (&package.id, package.name.to_string())).collect();
    for (pure, banned) in PURE {
        let root = metadata.packages.iter().find(|package| package.name.as_str() == *pure).unwrap_or_else(|| panic!("{pure} is gone"));
        let mut reached = BTreeSet::new();
        let mut queue = vec![&root.id];
        while let Some(id) = queue.pop() {
            let node = resolve.nodes.iter().find(|node| &node.id == id).unwrap();
            for dependency in
                node.deps.iter().filter(|dependency| dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal))
            {
                if reached.insert(&dependency.pkg) {
                    queue.push(&dependency.pkg);
                }
            }
        }
        let names: BTreeSet<&str> = reached.iter().map(|id| name_of[id].as_str()).collect();
        for banned in *banned {
            assert!(!names.contains(banned), "{pure} must stay pure, but reaches {banned}");
        }
    }
}
