//! What is written is what was read: of every committed scenario and manifest, and of any tree.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use seatrial_search::document::{Layout, Tree, print, read};

fn files(folder: &Path, files: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            self::files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
}

/// Prose is folded, which may add the end of its last line.
fn without_folding(tree: &Tree) -> Tree {
    match tree {
        Tree::Scalar { text, .. } => Tree::quoted(text.trim_end()),
        Tree::List(members) => Tree::List(members.iter().map(without_folding).collect()),
        Tree::Map(entries) => Tree::map(entries.iter().map(|(key, value)| (key.clone(), without_folding(value)))),
    }
}

#[test]
fn every_committed_file_is_written_as_it_was_read() {
    let mut all = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios"), &mut all);
    assert!(all.len() > 80, "found only {} files", all.len());
    for file in all {
        let text = std::fs::read_to_string(&file).unwrap();
        let is_manifest = file.parent().unwrap().ends_with("manifests");
        let layout = if is_manifest { Layout::Manifest } else { Layout::Scenario };
        let trees = read(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let written = print(&trees, layout);
        let again: Vec<Tree> = read(&written).unwrap_or_else(|error| panic!("{}: {error}\n{written}", file.display()));
        let [before, after] = [&trees, &again].map(|trees| trees.iter().map(without_folding).collect::<Vec<_>>());
        assert_eq!(before, after, "{}:\n{written}", file.display());
        if !is_manifest && !file.parent().unwrap().ends_with("worlds") {
            let beside = |path: &str| std::fs::read_to_string(file.with_file_name(path));
            seatrial_scenario::parse_in("written", &written, &beside)
                .unwrap_or_else(|errors| panic!("{}: {errors}\n{written}", file.display()));
        }
    }
}

#[test]
fn a_scenario_is_laid_out_as_people_lay_it_out() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/statefulset/scale-crash.yaml");
    insta::assert_snapshot!(print(&read(&std::fs::read_to_string(file).unwrap()).unwrap(), Layout::Scenario));
}

fn tree() -> impl Strategy<Value = Tree> {
    let text = prop_oneof!["[ -~]{0,12}", "[a-z0-9/.:-]{1,10}", "\\PC{0,6}", "[a-z \n\t]{0,8}"];
    let leaf = text.prop_map(Tree::quoted);
    leaf.prop_recursive(4, 40, 5, |inner| {
        let entries = prop::collection::btree_map("[ -~]{1,6}", inner.clone(), 0..5);
        prop_oneof![prop::collection::vec(inner, 0..5).prop_map(Tree::List), entries.prop_map(Tree::map)]
    })
}

proptest! {
    #[test]
    fn any_tree_is_read_as_it_was_written(tree in prop::collection::vec(tree(), 1..3), scenario: bool) {
        prop_assume!(tree.iter().all(|tree| *tree != Tree::quoted("")));
        let layout = if scenario { Layout::Scenario } else { Layout::Manifest };
        let text = print(&tree, layout);
        let again = read(&text);
        prop_assert!(again.is_ok(), "{again:?}\n{text}");
        let plain = |trees: &[Tree]| trees.iter().map(without_folding).collect::<Vec<_>>();
        prop_assert_eq!(plain(&again.unwrap()), plain(&tree), "{}", text);
    }
}
