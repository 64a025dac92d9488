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

/// A ship's talk, which this project once spoke: in no identifier, text, report or file's name. What its users and its field say
/// stands in ARCHITECTURE.md's glossary.
const SHIPS_WORDS: &[&str] = &[
    "sail", "sails", "sailed", "sailing", "sailings", "voyage", "voyages", "crew", "berth", "berths", "berthed", "fleet", "fleets", "deed",
    "deeds", "carriage", "helmsman", "ashore", "keel", "mast",
];

/// Where such a word may stand: the name is explained, and what was renamed is told.
const MAY_SPEAK_OF_SHIPS: &[&str] = &["README.md", "CHANGELOG.md", "harness/cli/tests/tidy.rs"];

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
            // What a main calls first, and which is a program's end before it has begun.
            || path == Path::new("harness/clock/src/role.rs")
        {
            continue;
        }
        for banned in ["std::env::var", "env::var(", "process::exit", "panic::set_hook"] {
            assert!(!text.contains(banned), "{} contains {banned:?}, which is for main.rs only", path.display());
        }
    }
}

/// Everything that somebody reads: sources, texts, scenarios, snapshots, pages.
fn texts() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for room in ["fake-vcenter", "drivers", "harness", "reports", "scenarios", "docs"] {
        walk_texts(&root().join(room), &mut files);
    }
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "justfile", "Cargo.toml"] {
        files.push(root().join(name));
    }
    files.into_iter().map(|path| (path.strip_prefix(root()).unwrap().to_owned(), std::fs::read_to_string(&path).unwrap())).collect()
}

/// The paths from the root that a text names between backquotes.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let rooms = ["fake-vcenter/", "drivers/", "harness/", "reports/", "scenarios/", "docs/", ".ci/"];
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(move |word| rooms.iter().any(|room| word.starts_with(room)) && !word.contains([' ', '<', '*', '{', '…']))
}

#[test]
fn whatever_the_pages_for_contributors_name_is_there() {
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        let missing: Vec<&str> = named(&text).filter(|path| !root().join(path).exists()).collect();
        assert!(missing.is_empty(), "{page} names what is not there: {missing:#?}");
        assert!(named(&text).count() > 10, "{page} is not read");
    }
}

fn walk_texts(folder: &Path, files: &mut Vec<PathBuf>) {
    const READ: [&str; 9] = ["rs", "md", "yaml", "json", "snap", "html", "toml", "txt", "css"];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk_texts(&path, files);
        } else if path.extension().is_some_and(|extension| READ.iter().any(|read| extension == *read)) {
            files.push(path);
        }
    }
}

/// The words of a text, those inside of identifiers too, in lower case.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in text.chars() {
        if !letter.is_alphabetic() || (before.is_lowercase() && letter.is_uppercase()) {
            words.push(String::new());
        }
        if letter.is_alphabetic() {
            words.last_mut().unwrap().extend(letter.to_lowercase());
        }
        before = letter;
    }
    words
}

#[test]
fn nobody_speaks_of_ships() {
    assert_eq!(words("SailPlan_of theCrew").concat(), "sailplanofthecrew");
    assert!(words("SailPlan_of theCrew").contains(&"crew".to_owned()));
    let mut found = Vec::new();
    for (path, text) in texts() {
        if MAY_SPEAK_OF_SHIPS.iter().any(|allowed| path == Path::new(allowed)) {
            continue;
        }
        for line in std::iter::once(path.to_str().unwrap()).chain(text.lines()) {
            if let Some(word) = words(line).into_iter().find(|word| SHIPS_WORDS.contains(&word.as_str())) {
                found.push(format!("{}: {word}: {}", path.display(), line.trim().chars().take(100).collect::<String>()));
            }
        }
    }
    assert!(found.is_empty(), "ship's words, for which the field has its own: {found:#?}");
}
