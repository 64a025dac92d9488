//! Circles: files of a crate that use each other, however indirectly, by the paths that they write.
//!
//! A file that stands in a circle cannot be understood without all of it. The largest circle of each crate is written here and may
//! only shrink: what is state stands at the bottom, what dispatches at the top, and nothing that is dispatched to uses the dispatcher.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

#[path = "circles/graph.rs"]
mod graph;
#[path = "circles/paths.rs"]
mod paths;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use graph::{Sources, largest_circle};

/// The largest circle of each crate, in files; 1 where no file uses one that uses it back.
const CEILINGS: &[(&str, usize)] = &[
    ("drivers/ccm", 4),
    ("drivers/config", 2),
    ("drivers/csi", 3),
    ("drivers/csi-api", 1),
    ("drivers/host", 4),
    ("drivers/kubernetes-client", 5),
    ("drivers/vsphere-client", 9),
    ("drivers/vsphere-codec", 4),
    ("fake-vcenter/program", 3),
    ("fake-vcenter/seed", 1),
    ("fake-vcenter/server", 9),
    ("drivers/vsphere-types", 55),
    ("drivers/workspace-hack", 1),
    ("fake-vcenter/world", 1),
    ("harness/cli", 2),
    ("harness/clock", 6),
    ("harness/driver-tests", 1),
    ("harness/engine", 3),
    ("reports/journal", 1),
    ("harness/kubernetes", 22),
    ("harness/node", 6),
    ("harness/oracle", 2),
    ("harness/scenario", 1),
    ("harness/search", 2),
    ("harness/wires", 4),
    ("reports/formats", 3),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folders of all crates of the workspace, from its root.
fn crates() -> BTreeSet<String> {
    let metadata = cargo_metadata::MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap();
    let top = metadata.workspace_root.clone();
    let folder = |package: &cargo_metadata::Package| package.manifest_path.parent().unwrap().strip_prefix(&top).unwrap().to_string();
    metadata.packages.iter().map(folder).collect()
}

#[test]
fn no_crate_has_a_larger_circle_than_it_is_allowed() {
    let named: BTreeSet<String> = CEILINGS.iter().map(|(folder, _)| (*folder).to_owned()).collect();
    assert_eq!(named, crates(), "every crate has its line in CEILINGS, and every line its crate");
    let mut wrong = Vec::new();
    for (folder, ceiling) in CEILINGS {
        let circle = largest_circle(&Sources::read(&root().join(folder).join("src")));
        let found = circle.len().max(1);
        if found > *ceiling {
            wrong.push(format!("{folder}: {found} files in a circle, {ceiling} allowed: {}", circle.join(", ")));
        } else if found < *ceiling {
            wrong.push(format!("{folder}: the largest circle has {found} files only: write that instead of {ceiling}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn circle(files: &[(&str, &str)]) -> Vec<String> {
    largest_circle(&Sources::of(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))))
}

#[test]
fn files_that_use_each_other_are_a_circle_and_those_that_use_one_way_are_none() {
    let up = ("a.rs", "use crate::b::B;\npub struct A;");
    assert_eq!(circle(&[up, ("b.rs", "pub struct B;")]), Vec::<String>::new());
    assert_eq!(circle(&[up, ("b.rs", "pub struct B(crate::a::A);")]), ["a.rs", "b.rs"]);
    assert_eq!(circle(&[up, ("b.rs", "use crate::{a, c};"), ("c.rs", "")]), ["a.rs", "b.rs"]);
    assert_eq!(circle(&[up, ("b.rs", "// use crate::a::A;\nconst TEXT: &str = \"crate::a\";")]), Vec::<String>::new());
    assert_eq!(circle(&[up, ("b.rs", "#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}")]), Vec::<String>::new());
}

#[test]
fn what_is_passed_on_is_used_where_it_stands() {
    let passes_on = ("m/mod.rs", "mod low;\nmod high;\npub use low::Low;\npub use high::High;");
    let high = ("m/high.rs", "use super::Low;\npub struct High;");
    assert_eq!(circle(&[passes_on, high, ("m/low.rs", "pub struct Low;")]), Vec::<String>::new());
    assert_eq!(circle(&[passes_on, high, ("m/low.rs", "use super::High;\npub struct Low;")]), ["m/high.rs", "m/low.rs"]);
    let dispatcher = ("m/mod.rs", "mod low;\npub struct Call;\nfn go() { low::go(); }");
    assert_eq!(circle(&[dispatcher, ("m/low.rs", "use super::Call;\npub fn go() {}")]), ["m/low.rs", "m/mod.rs"]);
}
