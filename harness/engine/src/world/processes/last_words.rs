//! What a program said last, by its log: for whoever has to find out why it ended.

use std::path::Path;

/// A longer line is cut.
const LONGEST_LINE: usize = 500;

/// The last lines of a log, so many at most; from the beginning of a panic, where there is one. None where nothing was said.
pub(crate) fn last_words(log: &Path, most: usize) -> Vec<String> {
    let written = std::fs::read(log).unwrap_or_default();
    let written = String::from_utf8_lossy(&written);
    let all: Vec<&str> = written.lines().collect();
    let said = without_usage(&all);
    // What follows a panic of Go's is where it happened, page after page.
    let panic = said.iter().rposition(|line| line.starts_with("panic:") || line.starts_with("fatal error:"));
    let from = panic.unwrap_or(said.len().saturating_sub(most));
    said[from..].iter().take(most).map(|line| cut(line)).collect()
}

/// The lines without a page of usage, which a program prints when it does not know a flag: what is wrong stands above or below it.
fn without_usage<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let mut inside = false;
    let mut said = Vec::new();
    for line in lines {
        let begins = line.to_ascii_lowercase().starts_with("usage");
        let belongs = line.is_empty() || line.starts_with([' ', '\t', '-']) || line.ends_with(':');
        inside = begins || (inside && belongs);
        if !inside && !line.trim().is_empty() {
            said.push(*line);
        }
    }
    if said.is_empty() { lines.to_vec() } else { said }
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_is_left_out_of_the_last_words() {
        let lines = [
            "flag provided but not defined: -foo",
            "Usage of driver:",
            "  -bar string",
            "    \tthe bar (default \"x\")",
            "",
            "exit status 2",
        ];
        assert_eq!(without_usage(&lines), ["flag provided but not defined: -foo", "exit status 2"]);
        let lines = ["Usage: driver [flags]", "  --a"];
        assert_eq!(without_usage(&lines), lines);
    }
}
