//! Documents say what is so: each command that they show is one that this program takes, and in `docs/ci.md` each version and
//! address is this one's.

use super::command::{PROGRAM, root};
use crate::optional::Test;

pub const TESTS: &[Test] = &[
    ("documents show commands and flags that there are", commands_that_there_are),
    ("docs/ci.md names this version and this project", this_version),
];

/// The page.
pub fn page() -> String {
    std::fs::read_to_string(root().join("docs/ci.md")).unwrap()
}

/// The fenced blocks of a language, in order.
pub fn blocks(language: &str) -> Vec<String> {
    let page = page();
    let begin = format!("```{language}\n");
    let blocks: Vec<String> = page.split(&begin).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect();
    assert!(!blocks.is_empty(), "docs/ci.md has no {language}");
    blocks
}

/// The block that begins with the comment that names this file.
pub fn file(name: &str) -> String {
    let begins = |block: &&String| block.lines().next() == Some(&format!("# {name}"));
    blocks("yaml").iter().find(begins).unwrap_or_else(|| panic!("docs/ci.md has no {name}")).clone()
}

/// The arguments of each call of the command in a line.
fn calls(line: &str) -> Vec<Vec<String>> {
    let line = line.split(" #").next().unwrap();
    let begins = line.match_indices("seatrial ").map(|(place, _)| place);
    let begins = begins.filter(|place| line[..*place].chars().next_back().is_none_or(|before| " (".contains(before)));
    let arguments = begins.map(|place| {
        let rest = &line[place + "seatrial ".len()..];
        let end = rest.find(['|', '>', ';', ')', '&', '…']).unwrap_or(rest.len());
        let rest = rest[..end].split(" -- ").next().unwrap();
        rest.split_whitespace().map(|word| word.trim_matches(['"', '\'', '[', ']']).to_owned()).collect::<Vec<String>>()
    });
    arguments
        .filter(|words| words.first().is_some_and(|word| word.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '-')))
        .collect()
}

/// What somebody may copy: fenced lines of pages, and the files beside them.
fn lines() -> Vec<String> {
    let mut texts: Vec<String> = ["sh", "yaml"].into_iter().flat_map(blocks).collect();
    for name in ["comparing.md", "reports.md", "external-drivers.md", "live.md", "scenarios.md", "search.md"] {
        let page = std::fs::read_to_string(root().join("docs").join(name)).unwrap();
        texts.extend(page.split("```").skip(1).step_by(2).map(str::to_owned));
    }
    let files = std::fs::read_dir(root().join("docs/ci")).unwrap().map(|entry| entry.unwrap().path());
    texts.extend(files.map(|path| std::fs::read_to_string(path).unwrap()));
    let lines = texts.iter().flat_map(|text| text.lines());
    // A workflow's name is no command.
    lines.filter(|line| !line.starts_with("name:")).map(str::to_owned).collect()
}

/// A word as a shell would give it, as far as it can be known: a variable is a number.
fn given(word: &str) -> String {
    let mut parts = word.split('$');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "1" + part.trim_start_matches(|letter: char| letter.is_ascii_uppercase() || letter == '_'))
}

/// clap reads from the left, so what stands before `--help` was understood when that is answered.
fn commands_that_there_are() {
    let calls: Vec<Vec<String>> = lines().iter().flat_map(|line| calls(line)).collect();
    assert!(calls.len() > 30, "found only {calls:?}");
    let mut wrong = Vec::new();
    for words in calls {
        let words: Vec<String> = words.iter().map(|word| given(word)).collect();
        let output = std::process::Command::new(PROGRAM).args(&words).arg("--help").output().unwrap();
        if !output.status.success() {
            wrong.push(format!("seatrial {}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn this_version() {
    let page = page();
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let address = manifest.lines().find_map(|line| line.strip_prefix("repository = \"")?.strip_suffix('"')).unwrap();
    let project = address.strip_prefix("https://github.com/").unwrap();
    for (before, wanted) in [
        ("SEATRIAL_VERSION: ", env!("CARGO_PKG_VERSION")),
        ("ghcr.io/", project),
        ("--git ", address),
        ("https://github.com/seatrial", "/seatrial"),
    ] {
        let found: Vec<&str> = page.split(before).skip(1).map(|rest| rest.split([' ', '\n']).next().unwrap()).collect();
        assert!(!found.is_empty(), "docs/ci.md says nothing after {before}");
        assert!(found.iter().all(|found| found.starts_with(wanted)), "after {before}: {found:?}, not {wanted}");
    }
}
