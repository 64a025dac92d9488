//! House rules that clippy cannot see: headers, lengths, words that must not stand in the code.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::path::{Path, PathBuf};

/// Longest file, in lines; beyond it a file no longer fits the head.
const LONGEST_FILE: usize = 800;

/// Texts that may not stand in our sources, with the reason and the replacement.
const BANNED: &[(&str, &str)] = &[
    ("rand::thread_rng", "draws differ from run to run; use a Generator"),
    ("rand::rng()", "draws differ from run to run; use a Generator"),
    ("tokio::fs", "threads stop the paused clock; read files before the run begins"),
    ("futures::select!", "orders by chance; use tokio::select! with biased"),
    ("FIXME", "open work belongs into an issue"),
    ("TODO", "open work belongs into an issue"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for room in ["fake-vcenter", "drivers", "harness", "reports"] {
        walk(&root().join(room), &mut files);
    }
    files.sort();
    assert!(files.len() > 100, "the walk found only {} sources", files.len());
    files.into_iter().map(|path| (path.strip_prefix(root()).unwrap().to_owned(), std::fs::read_to_string(&path).unwrap())).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn this_file(path: &Path) -> bool {
    path.ends_with("tests/tidy.rs")
}

#[test]
fn every_file_opens_with_what_it_is() {
    let bare: Vec<_> = sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| path).collect();
    assert!(bare.is_empty(), "these files do not open with `//!`: {bare:#?}");
}

#[test]
fn every_file_fits_the_head() {
    let long: Vec<_> =
        sources().into_iter().map(|(path, text)| (path, text.lines().count())).filter(|(_, lines)| *lines > LONGEST_FILE).collect();
    assert!(long.is_empty(), "these files are longer than {LONGEST_FILE} lines: {long:#?}");
}

#[test]
fn no_select_is_left_to_chance() {
    for (path, text) in sources().iter().filter(|(path, _)| !this_file(path)) {
        for (place, _) in text.match_indices("select! {") {
            let inside = text[place + "select! {".len()..].trim_start();
            assert!(
                inside.starts_with("biased;"),
                "{}: a select! without `biased;` first: its order differs from run to run",
                path.display()
            );
        }
    }
}

#[test]
fn banned_words_stay_out() {
    for (path, text) in sources().iter().filter(|(path, _)| !this_file(path)) {
        for (banned, reason) in BANNED {
            assert!(!text.contains(banned), "{} contains {banned:?}: {reason}", path.display());
        }
    }
}

#[test]
fn only_mains_read_the_environment_or_exit() {
    for (path, text) in sources() {
        if this_file(&path)
            || path.ends_with("main.rs")
            || path.components().any(|part| part.as_os_str() == "tests")
            || path.ends_with("build.rs")
        {
            continue;
        }
        for banned in ["std::env::var", "env::var(", "process::exit", "panic::set_hook"] {
            assert!(!text.contains(banned), "{} contains {banned:?}, which is for main.rs only", path.display());
        }
    }
}
