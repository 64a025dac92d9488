//! The arrows of ARCHITECTURE.md, checked over `cargo metadata`: who may use whom.
//!
//! The tables are the law; a dependency that is not in them fails here. Dependencies for tests only are bound by them as well:
//! between folders without exception, between crates but for what stands in `TESTS`.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Each top folder, and the folders or crates of folders that what lies in it may use. No arrow leads back up.
const FOLDERS: &[(&str, &[&str])] = &[
    ("harness", &["harness", "fake-vcenter", "drivers", "reports"]),
    ("fake-vcenter", &["fake-vcenter", "drivers", "reports/journal"]),
    ("drivers", &["drivers"]),
    ("reports", &["reports"]),
];

/// Each crate and which of ours it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("seatrial-journal", &[]),
    ("seatrial-reports", &["seatrial-journal"]),
    ("workspace-hack", &[]),
    ("driver-host", &["workspace-hack"]),
    ("driver-config", &["driver-host"]),
    ("kubernetes-client", &["driver-host"]),
    ("csi-api", &[]),
    ("vsphere-types", &[]),
    ("vsphere-codec", &["vsphere-types"]),
    ("vsphere-client", &["driver-host", "vsphere-codec", "vsphere-types"]),
    ("vsphere-csi", &["csi-api", "driver-config", "driver-host", "kubernetes-client", "vsphere-client", "vsphere-types"]),
    ("vsphere-ccm", &["driver-config", "driver-host", "kubernetes-client", "vsphere-client", "vsphere-types"]),
    ("seatrial-seed", &["seatrial-journal"]),
    ("fake-vcenter-world", &["seatrial-journal", "seatrial-seed", "vsphere-types"]),
    ("fake-vcenter-server", &["fake-vcenter-world", "seatrial-journal", "seatrial-seed", "vsphere-codec", "vsphere-types"]),
    ("fake-vcenter", &["fake-vcenter-server", "fake-vcenter-world", "seatrial-journal", "seatrial-seed", "workspace-hack"]),
    ("seatrial-clock", &[]),
    ("seatrial-wires", &["driver-host", "seatrial-clock", "seatrial-journal", "seatrial-seed"]),
    ("seatrial-kubernetes", &["csi-api", "driver-host", "kubernetes-client", "seatrial-journal", "seatrial-seed", "seatrial-wires"]),
    ("seatrial-node", &["csi-api", "driver-host", "seatrial-journal", "seatrial-kubernetes", "seatrial-seed", "seatrial-wires"]),
    ("seatrial-scenario", &[]),
    ("seatrial-oracle", &["seatrial-journal"]),
    (
        "seatrial-engine",
        &[
            "csi-api",
            "driver-host",
            "fake-vcenter-server",
            "fake-vcenter-world",
            "seatrial-clock",
            "seatrial-journal",
            "seatrial-kubernetes",
            "seatrial-node",
            "seatrial-oracle",
            "seatrial-reports",
            "seatrial-scenario",
            "seatrial-seed",
            "seatrial-wires",
            "vsphere-ccm",
            "vsphere-codec",
            "vsphere-csi",
            "vsphere-types",
        ],
    ),
    (
        "seatrial-search",
        &["seatrial-engine", "seatrial-journal", "seatrial-reports", "seatrial-scenario", "seatrial-seed", "vsphere-codec"],
    ),
    (
        "seatrial-driver-tests",
        &[
            "driver-host",
            "fake-vcenter-server",
            "fake-vcenter-world",
            "seatrial-journal",
            "seatrial-kubernetes",
            "seatrial-node",
            "seatrial-wires",
            "vsphere-types",
        ],
    ),
    (
        "seatrial",
        &[
            "driver-host",
            "fake-vcenter",
            "seatrial-engine",
            "seatrial-clock",
            "seatrial-journal",
            "seatrial-node",
            "seatrial-reports",
            "seatrial-scenario",
            "seatrial-search",
            "seatrial-wires",
            "vsphere-ccm",
            "vsphere-csi",
        ],
    ),
];

/// What tests may use beyond the table: both ends of a border meet in those of `driver-tests` and of the engine, and nowhere else.
const TESTS: &[(&str, &[&str])] =
    &[("seatrial-driver-tests", &["csi-api", "vsphere-ccm", "vsphere-csi"]), ("seatrial-engine", &["vsphere-client"])];

/// Crates that a pure one must not reach, however indirectly, and why.
const PURE: &[(&str, &[&str])] = &[
    ("fake-vcenter-world", &["tokio", "axum", "hyper", "quick-xml", "vsphere-codec"]),
    ("vsphere-types", &["tokio", "axum", "hyper", "quick-xml"]),
    ("vsphere-codec", &["tokio", "axum", "hyper"]),
    ("seatrial-journal", &["tokio", "axum", "hyper", "rand_chacha"]),
    ("seatrial-seed", &["tokio", "axum", "hyper"]),
    ("seatrial-oracle", &["tokio", "axum", "hyper", "rand_chacha"]),
    ("seatrial-scenario", &["tokio", "axum", "hyper"]),
];

fn metadata() -> Metadata {
    // One platform's dependencies are enough to see the arrows, and need no download of the others'.
    let options = ["--locked", "--filter-platform", "x86_64-unknown-linux-gnu"].map(str::to_owned);
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).other_options(options).exec().unwrap()
}

/// `folder/crate`, from the workspace's root.
fn room_of(metadata: &Metadata, package: &Package) -> String {
    let folder = package.manifest_path.parent().unwrap();
    folder.strip_prefix(&metadata.workspace_root).unwrap().to_string()
}

#[test]
fn between_the_top_folders_no_arrow_leads_up() {
    let metadata = metadata();
    let rooms: BTreeMap<String, String> =
        metadata.workspace_packages().iter().map(|package| (package.name.to_string(), room_of(&metadata, package))).collect();
    let folders: BTreeMap<&str, &[&str]> = FOLDERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let room = &rooms[package.name.as_str()];
        let (folder, _) = room.split_once('/').unwrap_or_else(|| panic!("{room} does not lie in a top folder"));
        let allowed = folders.get(folder).unwrap_or_else(|| panic!("{folder} is no top folder: {:?} are", folders.keys()));
        for other in package.dependencies.iter().filter_map(|dependency| rooms.get(&dependency.name)) {
            let above = other.split('/').next().unwrap();
            if !allowed.iter().any(|allowed| *allowed == above || *allowed == other) {
                wrong.push(format!("{room} must not use {other}: {folder} may use {allowed:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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
