//! What the command says, for golden texts: without the line about its build, which has another commit after each one, and none
//! where it was built outside of git.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::process::Command;

/// Runs it; the exit code, and what was printed, errors last. `line` leaves out of a line what differs from run to run.
pub fn run(command: &mut Command, line: fn(&str) -> &str) -> (i32, String) {
    let output = command.output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains("panicked"), "{said}");
    let said = said.lines().filter(|line| !is_of_the_build(line)).map(line).collect::<Vec<_>>().join("\n");
    (output.status.code().expect("no signal ended it"), said)
}

fn is_of_the_build(line: &str) -> bool {
    line.starts_with(concat!("seatrial ", env!("CARGO_PKG_VERSION")))
}

/// A line without the wall time that it ends with.
#[allow(dead_code, reason = "not everybody's lines end so")]
pub fn without_wall_time(line: &str) -> &str {
    if line.ends_with("of wall time") { line.rsplit_once("; ").map_or(line, |(said, _)| said) } else { line }
}
