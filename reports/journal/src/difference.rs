//! The printer of the first difference between two journals: the tool for hunting lost repeatability.
//!
//! Journals are compared line by line; the first line that differs is shown with what both had in common before
//! it, and the members in which the two entries differ.

use std::fmt;

use serde_json::Value;

/// How many common lines are shown before the difference.
const LINES_BEFORE: usize = 8;

/// Where two journals part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Line number, from 1.
    pub line: usize,
    /// The last lines that both have.
    pub before: Vec<String>,
    /// The left journal's line, if it has one there.
    pub left: Option<String>,
    /// The right journal's line, if it has one there.
    pub right: Option<String>,
}

/// Compares two journals (lines of JSON); `None` when they are equal byte by byte.
pub fn first_difference(left: &str, right: &str) -> Option<Difference> {
    let (mut left_lines, mut right_lines) = (left.lines(), right.lines());
    let mut before: Vec<String> = Vec::new();
    for line in 1.. {
        match (left_lines.next(), right_lines.next()) {
            (None, None) => return None,
            (Some(same), Some(other)) if same == other => {
                if before.len() == LINES_BEFORE {
                    before.remove(0);
                }
                before.push(same.to_owned());
            }
            (left, right) => return Some(Difference { line, before, left: left.map(str::to_owned), right: right.map(str::to_owned) }),
        }
    }
    None
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the journals part at line {}", self.line)?;
        for line in &self.before {
            writeln!(f, "    {line}")?;
        }
        let end = "(the journal ends here)";
        writeln!(f, "  < {}", self.left.as_deref().unwrap_or(end))?;
        writeln!(f, "  > {}", self.right.as_deref().unwrap_or(end))?;
        if let (Some(left), Some(right)) = (&self.left, &self.right) {
            for path in differing_members(left, right) {
                writeln!(f, "  differs in {path}")?;
            }
        }
        Ok(())
    }
}

/// Dotted paths of the members in which two lines of JSON differ.
fn differing_members(left: &str, right: &str) -> Vec<String> {
    let mut paths = Vec::new();
    if let (Ok(left), Ok(right)) = (serde_json::from_str::<Value>(left), serde_json::from_str::<Value>(right)) {
        compare("", &left, &right, &mut paths);
    }
    paths
}

fn compare(path: &str, left: &Value, right: &Value, paths: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let mut keys: Vec<&String> = left.keys().chain(right.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(&inner, left.get(key).unwrap_or(&Value::Null), right.get(key).unwrap_or(&Value::Null), paths);
            }
        }
        _ if left == right => {}
        _ => paths.push(format!("{path}: {left} against {right}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_journals_have_no_difference() {
        assert_eq!(first_difference("{}\n{}\n", "{}\n{}\n"), None);
    }

    #[test]
    fn the_first_difference_is_shown_with_what_came_before() {
        let left = "{\"seq\":1}\n{\"seq\":2,\"call\":{\"method\":\"Login\",\"args\":{\"user\":\"a\"}}}\n{\"seq\":3}";
        let right = "{\"seq\":1}\n{\"seq\":2,\"call\":{\"method\":\"Logout\"}}\n{\"seq\":4}";
        insta::assert_snapshot!(first_difference(left, right).unwrap().to_string());
    }

    #[test]
    fn a_journal_that_ends_early_differs_at_its_end() {
        insta::assert_snapshot!(first_difference("{\"seq\":1}", "{\"seq\":1}\n{\"seq\":2}").unwrap().to_string());
    }
}
