//! What must be true at the end, beside the oracles.

use std::fmt;

use crate::span::{Span, Spanned};
use crate::yaml::{Fields, Node, Problems, only_entry};

use super::world::different;

/// One expectation about the whole run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Where it stands, as a whole.
    pub span: Span,
    /// What is expected.
    pub kind: ExpectationKind,
}

/// The kinds of expectation. Wherever a count stands, it is a number (exactly so many), `at most 4` or `at least 1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectationKind {
    /// How often methods were called over all borders in the whole run, retries included, by their names in the journal.
    ///
    /// ```yaml
    /// - calls: {CnsCreateVolume: 3, CnsAttachVolume: at most 4, CnsDeleteVolume: 0}
    /// ```
    Calls(Vec<(Spanned<String>, Spanned<Count>)>),
    /// How many volumes all vCenters hold together at the end.
    ///
    /// ```yaml
    /// - volumes: {total: 3}
    /// ```
    Volumes {
        /// How many.
        total: Spanned<Count>,
    },
    /// How often fault rules fired, by their ids: a fault that never struck proves nothing.
    ///
    /// ```yaml
    /// - fired: {crash-after-create: 1}
    /// ```
    Fired(Vec<(Spanned<String>, Spanned<Count>)>),
}

/// How many of something are expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// `3`
    Exactly(u64),
    /// `at most 4`
    AtMost(u64),
    /// `at least 1`
    AtLeast(u64),
}

impl Count {
    /// Whether so many are as expected.
    pub fn holds(self, number: u64) -> bool {
        match self {
            Self::Exactly(wanted) => number == wanted,
            Self::AtMost(most) => number <= most,
            Self::AtLeast(least) => number >= least,
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(number) => write!(f, "{number}"),
            Self::AtMost(number) => write!(f, "at most {number}"),
            Self::AtLeast(number) => write!(f, "at least {number}"),
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |counts: &[(Spanned<String>, Spanned<Count>)]| {
            counts.iter().map(|(name, count)| format!("{name}: {count}")).collect::<Vec<_>>().join(", ")
        };
        match &self.kind {
            ExpectationKind::Calls(counts) => write!(f, "calls {}", list(counts)),
            ExpectationKind::Volumes { total } => write!(f, "volumes total: {total}"),
            ExpectationKind::Fired(counts) => write!(f, "fired {}", list(counts)),
        }
    }
}

const EXAMPLE: &str = "- calls: {CnsCreateVolume: 3}";
const KINDS: [&str; 3] = ["calls", "volumes", "fired"];

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Vec<Expectation>> {
    let members = node.list("expect", EXAMPLE, problems)?;
    let read: Vec<Option<Expectation>> = members.iter().map(|member| one(member, problems)).collect();
    read.into_iter().collect()
}

fn one(node: &Node, problems: &mut Problems) -> Option<Expectation> {
    let (kind, value) = only_entry(node, "an expectation", EXAMPLE, problems)?;
    let kind = match kind.as_str() {
        "calls" => ExpectationKind::Calls(counts(value, "calls", "{CnsCreateVolume: 3}", problems)?),
        "volumes" => volumes(value, problems)?,
        "fired" => ExpectationKind::Fired(counts(value, "fired", "{crash-after-create: 1}", problems)?),
        _ => return problems.unknown(kind, "expectation", "expectations", KINDS),
    };
    Some(Expectation { span: node.span, kind })
}

fn volumes(node: &Node, problems: &mut Problems) -> Option<ExpectationKind> {
    let mut fields = Fields::of(node, "volumes", "{total: 3}", problems)?;
    let total = fields.required("total", problems).and_then(|node| count(node, "total", problems));
    fields.finish(problems);
    Some(ExpectationKind::Volumes { total: total? })
}

fn counts(node: &Node, what: &str, example: &str, problems: &mut Problems) -> Option<Vec<(Spanned<String>, Spanned<Count>)>> {
    let entries = node.map(what, example, problems)?;
    if entries.is_empty() {
        return problems.at(node.span, format!("`{what}` expects nothing"), format!("write it like this: {example}"));
    }
    different("entry", entries.iter().map(|(name, _)| name), problems);
    let read: Vec<Option<_>> =
        entries.iter().map(|(name, value)| Some((name.clone(), count(value, &format!("the count of {name}"), problems)?))).collect();
    read.into_iter().collect()
}

fn count(node: &Node, what: &str, problems: &mut Problems) -> Option<Spanned<Count>> {
    let text = node.text(what, "3", problems)?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let count = match words.as_slice() {
        [number] => number.parse().ok().map(Count::Exactly),
        ["at", "most", number] => number.parse().ok().map(Count::AtMost),
        ["at", "least", number] => number.parse().ok().map(Count::AtLeast),
        _ => None,
    };
    match count {
        Some(count) => Some(text.map(|_| count)),
        None => problems.at(node.span, format!("`{}` is not a count", text.value), "write a whole number, `at most 4` or `at least 1`"),
    }
}
