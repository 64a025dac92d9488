//! The manual: a page for each command, with all that `--help` says, which formatters take without a warning.

use std::path::Path;
use std::process::Command;

use super::command::{root, seatrial, told};
use crate::optional::Test;

pub const TESTS: &[Test] = &[
    ("each command and each of its flags stands in the manual", complete),
    ("a page that is not there is named with those that are", unknown),
];
pub const MAN: &[Test] = &[("groff formats every page without a warning", formatted_by_groff)];
pub const MANDOC: &[Test] = &[("mandoc formats every page without an error", formatted_by_mandoc)];

/// The pages by name.
fn pages(folder: &Path) -> Vec<(String, String)> {
    told(&mut seatrial(folder, &["man", "--out", "man"]));
    let entries = std::fs::read_dir(folder.join("man")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<(String, String)> =
        entries.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap())).collect();
    pages.sort();
    pages
}

/// The words of a text that begin like this.
fn words<'a>(text: &'a str, begin: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(|letter: char| letter.is_whitespace() || "[]<>,;:=.)`".contains(letter)).filter(move |word| word.starts_with(begin))
}

fn complete() {
    let folder = tempfile::tempdir().unwrap();
    let pages = pages(folder.path());
    let help = told(&mut seatrial(folder.path(), &["--help"]));
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<&str> = commands
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.contains(&"run") && commands.contains(&"man"), "{help}");
    for command in commands.into_iter().filter(|command| *command != "help") {
        let name = format!("seatrial-{command}");
        let (_, page) = pages.iter().find(|(page, _)| *page == name).unwrap_or_else(|| panic!("there is no page {name}"));
        let plain = page.replace('\\', "");
        for flag in words(&told(&mut seatrial(folder.path(), &[command, "--help"])), "--").filter(|flag| flag.len() > 2) {
            assert!(plain.contains(flag), "{name} does not tell {flag}");
        }
    }
    let main = &pages.iter().find(|(page, _)| page == "seatrial").unwrap().1;
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let codes = readme
        .lines()
        .skip_while(|line| *line != "## Exit codes")
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse::<u8>().ok());
    for code in codes {
        assert!(main.contains(&format!("\\fB{code}\\fR")), "the manual does not tell exit code {code}");
    }
    assert_eq!(told(&mut seatrial(folder.path(), &["man"])), *main);
}

fn unknown() {
    let folder = tempfile::tempdir().unwrap();
    let output = seatrial(folder.path(), &["man", "rnu"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("seatrial-rnu") && said.contains("run,"), "{said}");
}

fn formatted_by_groff() {
    let folder = tempfile::tempdir().unwrap();
    for (name, _) in pages(folder.path()) {
        let mut man = Command::new("man");
        man.args(["--warnings", "-l"])
            .arg(folder.path().join("man").join(format!("{name}.1")))
            .env("MANWIDTH", "80")
            .env("LC_ALL", "C.UTF-8");
        let output = man.output().unwrap();
        let (text, warned) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && warned.is_empty(), "{name}: {warned}");
        assert!(text.contains("SYNOPSIS") && text.contains("DESCRIPTION"), "{text}");
    }
}

fn formatted_by_mandoc() {
    let folder = tempfile::tempdir().unwrap();
    for (name, _) in pages(folder.path()) {
        told(Command::new("mandoc").args(["-T", "lint", "-W", "error"]).arg(folder.path().join("man").join(format!("{name}.1"))));
    }
}
