//! Every file in `rejected/` is refused with exactly the words beside it.
//!
//! A case is added by adding a file: `NAME.yaml`, then a run with `SEATRIAL_ACCEPT=1`, then a look at `NAME.txt`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may as well panic")]

use std::fs;
use std::path::{Path, PathBuf};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rejected");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    cases.sort();
    cases
}

#[allow(clippy::disallowed_methods, reason = "a test is its own main; the switch only rewrites expected text")]
fn accepting() -> bool {
    std::env::var("SEATRIAL_ACCEPT").is_ok()
}

#[test]
fn rejected_files_are_refused_in_the_expected_words() {
    let mut different = Vec::new();
    for case in cases() {
        let name = case.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&case).unwrap();
        let errors = seatrial_scenario::parse(name, &text).expect_err(name);
        let expected_file = case.with_extension("txt");
        // Lines drawn by the renderer may end in blanks, which no editor keeps.
        let said: String = errors.render(false).lines().map(|line| format!("{}\n", line.trim_end())).collect();
        if accepting() {
            fs::write(&expected_file, &said).unwrap();
        } else if fs::read_to_string(&expected_file).ok().as_deref() != Some(&said) {
            different.push(format!("{name} is refused with other words than {}:\n{said}", expected_file.display()));
        }
    }
    assert!(different.is_empty(), "{}\nif these are better, accept them with SEATRIAL_ACCEPT=1", different.join("\n"));
}

#[test]
fn every_expected_text_has_its_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rejected");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.with_extension("yaml").exists(), "{} belongs to no case", path.display());
    }
}
