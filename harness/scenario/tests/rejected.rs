//! Every file in `rejected/` is refused, and every file in `linted/` warned of, with exactly the words beside it.
//!
//! A case is added by adding a file: `NAME.yaml`, then a run with `SEATRIAL_ACCEPT=1`, then a look at `NAME.txt`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may as well panic")]

use std::fs;
use std::path::{Path, PathBuf};

fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    cases.sort();
    cases
}

#[allow(clippy::disallowed_methods, reason = "a test is its own main; the switch only rewrites expected text")]
fn accepting() -> bool {
    std::env::var("SEATRIAL_ACCEPT").is_ok()
}

/// Compares what is said of each case with the text beside it.
fn compare(folder: &str, say: impl Fn(&str, &str) -> String) {
    let mut different = Vec::new();
    for case in cases(folder) {
        let name = case.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&case).unwrap();
        let expected_file = case.with_extension("txt");
        // Lines drawn by the renderer may end in blanks, which no editor keeps.
        let said: String = say(name, &text).lines().map(|line| format!("{}\n", line.trim_end())).collect();
        if accepting() {
            fs::write(&expected_file, &said).unwrap();
        } else if fs::read_to_string(&expected_file).ok().as_deref() != Some(&said) {
            different.push(format!("of {name} other words are said than {}:\n{said}", expected_file.display()));
        }
    }
    assert!(different.is_empty(), "{}\nif these are better, accept them with SEATRIAL_ACCEPT=1", different.join("\n"));
}

#[test]
fn rejected_files_are_refused_in_the_expected_words() {
    compare("rejected", |name, text| seatrial_scenario::parse(name, text).expect_err(name).render(false));
}

#[test]
fn what_is_seldom_meant_is_told_in_the_expected_words() {
    compare("linted", |name, text| {
        let scenario = seatrial_scenario::parse(name, text).unwrap_or_else(|errors| panic!("{errors}"));
        scenario
            .warnings("parameters: {storagepolicyname: named-by-a-class, seatrial.dev/key-provider: kp-3}")
            .map_or(String::new(), |warnings| warnings.render(false))
    });
}

#[test]
fn every_lint_has_a_case_and_stands_on_the_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let everything = fs::read_to_string(root.join("tests/linted/everything.txt")).unwrap();
    let page = fs::read_to_string(root.join("../../docs/scenarios.md")).unwrap();
    for lint in seatrial_scenario::LINTS {
        assert!(everything.contains(lint.name), "nothing in tests/linted/everything.yaml is {}", lint.name);
        assert!(page.contains(&format!("`{}`", lint.name)), "docs/scenarios.md does not tell of {}", lint.name);
    }
}

#[test]
fn every_expected_text_has_its_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rejected");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.with_extension("yaml").exists(), "{} belongs to no case", path.display());
    }
}
