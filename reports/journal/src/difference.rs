//! The printer of the first difference between two journals: the tool for hunting lost repeatability.
//!
//! Journals are compared line by line; the first line that differs is shown with what both had in common before it, the members in
//! which the two entries differ, whose entries they are, and which kind of difference it is: the same somewhat later, another
//! order, other values, or something else altogether. Ids that somebody drew ([`crate::ids`] has the list) are then replaced by the order
//! of their first appearance: what differs even so is the run's course.

use std::fmt;

use serde_json::Value;

use crate::event::Entry;
use crate::ids::Ids;
use crate::stamp::Elapsed;
use crate::whose::Whose;

/// How many common lines are shown before the difference.
const LINES_BEFORE: usize = 8;

/// How many lines further on it is looked for what the other journal has here.
const LINES_AHEAD: usize = 2_000;

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
    /// Whose entries these are, the left journal's first, where they can be read.
    pub whose: [Option<Whose>; 2],
    /// Which kind of difference it is, where both entries can be read.
    pub kind: Option<Kind>,
    /// Where they part when ids that somebody drew count by the order of their first appearance; `None`: nowhere.
    pub but_for_ids: Option<usize>,
}

/// What differs in two entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing but when.
    Time {
        /// When on the left.
        left: Elapsed,
        /// When on the right.
        right: Elapsed,
    },
    /// The right journal has the left entry further on, or the left journal the right entry.
    Order {
        /// Whether it is the right journal that has it further on.
        in_the_right: bool,
        /// At which line.
        line: usize,
    },
    /// The same happens to the same, with other values.
    Values,
    /// Something else happens.
    Course,
}

/// Compares two journals (lines of JSON); `None` when they are equal byte by byte.
pub fn first_difference(left: &str, right: &str) -> Option<Difference> {
    let line = parting(left.lines(), right.lines())?;
    let before = left.lines().take(line - 1).skip((line - 1).saturating_sub(LINES_BEFORE)).map(str::to_owned).collect();
    let at = |journal: &str| journal.lines().nth(line - 1).map(str::to_owned);
    let whose = [left, right].map(|journal| Whose::of(&entry(journal.lines().nth(line - 1)?)?, |call| entry(line_of(journal, call)?)));
    let (mut one, mut other) = (Ids::default(), Ids::default());
    let but_for_ids = parting(left.lines().map(|line| one.replace(line)), right.lines().map(|line| other.replace(line)));
    Some(Difference { line, before, left: at(left), right: at(right), whose, kind: kind(left, right, line), but_for_ids })
}

/// The number of the first line in which they differ.
fn parting<Line: PartialEq>(left: impl Iterator<Item = Line>, right: impl Iterator<Item = Line>) -> Option<usize> {
    let (mut left, mut right) = (left, right);
    for line in 1.. {
        match (left.next(), right.next()) {
            (None, None) => return None,
            (one, other) if one == other => {}
            _ => return Some(line),
        }
    }
    None
}

fn entry(line: &str) -> Option<Entry> {
    serde_json::from_str(line).ok()
}

/// The line of an entry by its number: as a rule entries are numbered by their lines.
fn line_of(journal: &str, seq: u64) -> Option<&str> {
    journal.lines().nth(usize::try_from(seq).ok()?.checked_sub(1)?)
}

fn kind(left: &str, right: &str, line: usize) -> Option<Kind> {
    let (one, other) = (entry(left.lines().nth(line - 1)?)?, entry(right.lines().nth(line - 1)?)?);
    if one.event == other.event {
        return Some(Kind::Time { left: one.at, right: other.at });
    }
    let ahead = |journal: &str, event| {
        let found = journal.lines().skip(line).take(LINES_AHEAD).position(|line| entry(line).is_some_and(|entry| entry.event == event))?;
        Some(line + 1 + found)
    };
    if let Some(line) = ahead(right, one.event.clone()) {
        return Some(Kind::Order { in_the_right: true, line });
    }
    if let Some(line) = ahead(left, other.event.clone()) {
        return Some(Kind::Order { in_the_right: false, line });
    }
    let of = |journal: &str, entry: &Entry| Whose::of(entry, |call| self::entry(line_of(journal, call)?));
    Some(if of(left, &one) == of(right, &other) { Kind::Values } else { Kind::Course })
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
        match &self.whose {
            [Some(left), Some(right)] if left == right => writeln!(f, "  whose: {left}")?,
            [left, right] => {
                for (side, whose) in [("left", left), ("right", right)] {
                    whose.iter().try_for_each(|whose| writeln!(f, "  whose, {side}: {whose}"))?;
                }
            }
        }
        if let Some(kind) = self.kind {
            writeln!(f, "  {kind}")?;
        }
        match self.but_for_ids {
            None => writeln!(f, "  but for ids that somebody drew the journals are equal"),
            Some(line) if line == self.line => Ok(()),
            Some(line) => writeln!(f, "  but for ids that somebody drew they part at line {line}"),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time { left, right } => {
                let apart = Elapsed(left.0.abs_diff(right.0));
                write!(f, "what: the same, {apart} {}", if left < right { "later on the right" } else { "later on the left" })
            }
            Self::Order { in_the_right, line } => {
                let (one, other) = if *in_the_right { ("left", "right") } else { ("right", "left") };
                write!(f, "what: another order: the {other} journal has the {one} one's entry at line {line}")
            }
            Self::Values => f.write_str("what: the same with other values"),
            Self::Course => f.write_str("what: something else happens"),
        }
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

    /// `csi-controller` sends `operation`, and is answered; then what `rest` says.
    fn journal(operation: &str, rest: &[(&str, u64)]) -> String {
        let call = |seq: u64, at: u64, method: &str, operation: &str| {
            format!(
                "{{\"seq\":{seq},\"at\":{at},\"sent\":{{\"border\":\"vcenter\",\"from\":\"csi-controller\",\"to\":\"vc\",\"method\":\"{method}\",\"flow\":\"unary\",\"args\":{{\"id\":\"{operation}\"}}}}}}"
            )
        };
        let mut lines = vec![
            call(1, 1000, "CnsCreateVolume", operation),
            format!("{{\"seq\":2,\"at\":3000,\"answered\":{{\"call\":1,\"status\":200,\"result\":{{\"for\":\"{operation}\"}}}}}}"),
        ];
        lines.extend(rest.iter().zip(3..).map(|((method, at), seq)| call(seq, *at, method, "x")));
        lines.join("\n")
    }

    const ONE: &str = "0b6e9a4e-1f52-4d5b-9f6c-0d6b2a8f3c11";
    const OTHER: &str = "7d7c1f4a-6a55-4a0e-8a39-2a1d6f0e9b22";

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

    #[test]
    fn who_drew_an_id_is_named_and_where_the_rest_differs() {
        let (left, right) = (journal(ONE, &[("Login", 5000)]), journal(OTHER, &[("Logout", 5000)]));
        insta::assert_snapshot!(first_difference(&left, &right).unwrap().to_string());
        let right = journal(OTHER, &[("Login", 5000)]);
        assert_eq!(first_difference(&left, &right).unwrap().but_for_ids, None, "equal but for ids");
    }

    #[test]
    fn an_answer_belongs_to_its_call() {
        let left = journal(ONE, &[]);
        let right = left.replace("\"status\":200", "\"status\":500");
        insta::assert_snapshot!(first_difference(&left, &right).unwrap().to_string());
    }

    #[test]
    fn the_kind_of_a_difference_is_told() {
        let told = |rest: &[(&str, u64)]| {
            let difference = first_difference(&journal(ONE, &[("Login", 5000), ("Logout", 6000)]), &journal(ONE, rest)).unwrap();
            difference.kind.unwrap().to_string()
        };
        assert_eq!(told(&[("Login", 5500), ("Logout", 6000)]), "what: the same, 0.000500s later on the right");
        assert_eq!(told(&[("Logout", 5000), ("Login", 6000)]), "what: another order: the right journal has the left one's entry at line 4");
        assert_eq!(told(&[("Terminate", 5000), ("Logout", 6000)]), "what: something else happens");
    }
}
