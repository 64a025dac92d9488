//! The archive of a release: what `cargo binstall` looks for is what `.ci/package` packs.

use std::path::Path;
use std::process::Command;

use cargo_metadata::MetadataCommand;
use serde_json::Value;

use super::command::{recipe, root, shipped, told};
use crate::optional::Test;

pub const TESTS: &[Test] = &[
    ("the archive is the one that cargo binstall looks for, and what is in it runs", as_binstall_looks_for_it),
    ("the same inputs make the same archive", repeatable),
];

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// What binstall puts into its templates.
fn filled(template: &Value, version: &str) -> String {
    let values = [("version", version), ("target", TARGET), ("bin", "seatrial"), ("binary-ext", "")];
    values.iter().fold(template.as_str().unwrap().to_owned(), |text, (name, value)| text.replace(&format!("{{ {name} }}"), value))
}

fn package(folder: &Path) {
    told(&mut recipe("package", &[shipped(), folder, Path::new(TARGET)]));
}

fn as_binstall_looks_for_it() {
    let manifest = root().join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap();
    let seatrial = metadata.packages.iter().find(|package| package.name.as_str() == "seatrial").unwrap();
    let binstall = &seatrial.metadata["binstall"];
    let version = seatrial.version.to_string();
    assert_eq!(binstall["pkg-fmt"], "tgz");
    let url = filled(&binstall["pkg-url"], &version);
    let (release, name) = url.rsplit_once('/').unwrap();
    assert_eq!(release, format!("{{ repo }}/releases/download/v{version}"));
    assert!(seatrial.repository.is_some(), "without a repository `{{ repo }}` says nothing");

    let folder = tempfile::tempdir().unwrap();
    package(folder.path());
    told(Command::new("sha256sum").args(["--check", "--strict", &format!("{name}.sha256")]).current_dir(folder.path()));
    told(Command::new("tar").args(["-xzf", name]).current_dir(folder.path()));
    let program = folder.path().join(filled(&binstall["bin-dir"], &version));
    assert_eq!(told(Command::new(&program).arg("--version")), format!("seatrial {version}\n"));
    let beside = program.parent().unwrap();
    for file in ["LICENSE", "README.md", "man/seatrial.1", "man/seatrial-run.1", "completions/seatrial.bash", "completions/_seatrial"] {
        assert!(beside.join(file).is_file(), "{file} is not in the archive");
    }
    let script = std::fs::read_to_string(beside.join("completions/seatrial.bash")).unwrap();
    assert!(!script.contains(folder.path().to_str().unwrap()) && !script.contains("/target/"), "it names a place of the maker's: {script}");
}

fn repeatable() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let sums = [&one, &other].map(|folder| {
        package(folder.path());
        let entries = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let sum = entries.filter(|path| path.extension().is_some_and(|ending| ending == "sha256")).last().unwrap();
        std::fs::read_to_string(sum).unwrap()
    });
    assert_eq!(sums[0], sums[1]);
}
