//! Puts the scenario files and their manifests into the command, as a table of paths and texts; and which commit it is built from,
//! for reports: variable `SEATRIAL_COMMIT` if it is set, else what git says where there is one, else nothing.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace, from where a build script runs.
const ROOT: &str = "../..";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    scenarios();
    commit();
}

fn scenarios() {
    let root = Path::new(ROOT);
    let folder = root.join("scenarios");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    walk(&folder, &mut files);
    files.sort();
    let mut table = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(root).expect("it was found below the root").display().to_string();
        let path = file.canonicalize().expect("it was found a moment ago");
        writeln!(table, "    ({name:?}, include_str!({:?})),", path.display().to_string()).expect("a string takes every line");
    }
    table.push_str("]\n");
    let out = std::env::var_os("OUT_DIR").expect("cargo says where");
    std::fs::write(Path::new(&out).join("scenarios.rs"), table).expect("cargo's own folder can be written");
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the scenarios lie beside the sources") {
        let path = entry.expect("a folder that can be read has entries that can").path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
}

/// The commit, in a variable that the compiler sees.
fn commit() {
    println!("cargo::rerun-if-env-changed=SEATRIAL_COMMIT");
    if std::env::var_os("SEATRIAL_COMMIT").is_some() {
        return;
    }
    // An export that lies within another repository has no commit.
    if git(&["rev-parse", "--show-prefix"]).is_none_or(|inside| !inside.is_empty()) {
        return;
    }
    // Each commit and each checkout adds a line there.
    let log = git(&["rev-parse", "--path-format=absolute", "--git-path", "logs/HEAD"]);
    if let Some(log) = log.filter(|log| Path::new(log).exists()) {
        println!("cargo::rerun-if-changed={log}");
        sources().iter().for_each(|folder| println!("cargo::rerun-if-changed={}", folder.display()));
    }
    if let Some(commit) = git(&["rev-parse", "HEAD"]) {
        let changes = git(&["--no-optional-locks", "status", "--porcelain", "--untracked-files=no"]);
        let changed = changes.is_some_and(|changes| !changes.is_empty());
        println!("cargo::rustc-env=SEATRIAL_COMMIT={commit}{}", if changed { "-dirty" } else { "" });
    }
}

/// What the command is made of: a change there builds it anew anyway, and may be one that no commit has.
fn sources() -> Vec<PathBuf> {
    let rooms = ["harness", "fake-vcenter", "drivers", "reports"].map(|room| Path::new(ROOT).join(room));
    let crates = rooms.iter().flat_map(std::fs::read_dir).flatten().flatten();
    crates.map(|entry| entry.path().join("src")).filter(|folder| folder.exists()).collect()
}

/// What git says of this workspace, if it is there and knows of it.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(ROOT).args(arguments).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| said.trim().to_owned())
}
