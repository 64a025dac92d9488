//! The examples of `docs/scenarios.md`, each made a whole scenario: fenced blocks whose info string is `yaml` and a word.
//!
//! `yaml scenario` is a whole file, and the first of them the frame that the others are put into: `yaml step`, `yaml
//! expectation` and `yaml fault` are members of the list of that name, `yaml vcenter`, `yaml kubernetes`, `yaml drivers`
//! and `yaml world` replace that part of the world. `yaml file PATH` is no example but a file that examples name.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may as well panic")]

use std::fs;
use std::path::Path;

/// One example.
pub struct Example {
    /// Where it stands: the line of the page.
    pub line: usize,
    /// The whole scenario that it makes.
    pub text: String,
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scenarios.md")).unwrap()
}

/// A file of the page that examples name.
pub fn file(path: &str) -> std::io::Result<String> {
    let found = blocks(&page()).into_iter().find(|(_, kind, _)| kind.strip_prefix("file ") == Some(path));
    found.map(|(_, _, text)| text).ok_or_else(|| std::io::ErrorKind::NotFound.into())
}

/// All examples of the page.
pub fn examples() -> Vec<Example> {
    let page = page();
    let mut blocks = blocks(&page);
    blocks.retain(|(_, kind, _)| !kind.starts_with("file "));
    let frame = blocks.iter().find(|(_, kind, _)| kind == "scenario").expect("the page begins with a whole scenario").2.clone();
    blocks.into_iter().map(|(line, kind, text)| Example { line, text: whole(&frame, &kind, &text) }).collect()
}

fn blocks(page: &str) -> Vec<(usize, String, String)> {
    let (mut found, mut open): (Vec<(usize, String, String)>, bool) = (Vec::new(), false);
    for (place, line) in page.lines().enumerate() {
        match (open, line.strip_prefix("```")) {
            (false, Some(info)) => {
                let kind = info.strip_prefix("yaml ").unwrap_or_else(|| panic!("line {}: a block of an unknown kind", place + 1));
                found.push((place + 1, kind.to_owned(), String::new()));
                open = true;
            }
            (true, Some(_)) => open = false,
            (true, None) => found.last_mut().unwrap().2.push_str(&format!("{line}\n")),
            (false, None) => {}
        }
    }
    found
}

/// The frame with one part replaced.
fn whole(frame: &str, kind: &str, text: &str) -> String {
    let world = part(frame, "", "world:");
    let nested = |key: &str| {
        format!("scenario: An example\n{}steps:\n  - sleep: 1s\n", world.replace(&part(&world, "  ", key), &under(key, text, 2)))
    };
    let steps = "steps:\n  - sleep: 1s\n";
    match kind {
        "scenario" => text.to_owned(),
        "step" => format!("scenario: An example\n{world}steps:\n{}{}", indented(text, 2), part(frame, "", "faults:")),
        "expectation" => format!("scenario: An example\n{world}{steps}expect:\n{}{}", indented(text, 2), part(frame, "", "faults:")),
        "fault" => format!("scenario: An example\n{world}{steps}faults:\n{}", indented(text, 2)),
        "world" => format!("scenario: An example\nworld:\n{}{steps}", indented(text, 2)),
        "vcenter" => nested("vcenters:"),
        "kubernetes" => nested("kubernetes:"),
        "drivers" => nested("drivers:"),
        other => panic!("blocks of kind `{other}` are not examples"),
    }
}

fn under(key: &str, text: &str, indent: usize) -> String {
    let indent = " ".repeat(indent);
    format!("{indent}{key}\n{}", indented(text, indent.len() + 2))
}

fn indented(text: &str, indent: usize) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{}{line}\n", " ".repeat(indent)) }).collect()
}

/// A key at this indentation, with all that is under it.
fn part(text: &str, indent: &str, key: &str) -> String {
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&format!("{indent}{key}"))).peekable();
    let first = lines.next().unwrap_or_else(|| panic!("the frame has no `{key}`"));
    let deeper = format!("{indent} ");
    let rest: Vec<&str> = lines.take_while(|line| line.starts_with(&deeper) || line.starts_with(&format!("{indent}- "))).collect();
    std::iter::once(first).chain(rest).map(|line| format!("{line}\n")).collect()
}
