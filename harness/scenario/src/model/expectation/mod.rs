//! What must be true at the end, beside the oracles.

pub(crate) mod count;

use std::fmt;

use crate::span::{Span, Spanned};
use crate::yaml::{Fields, Node, Problems, only_entry};

use super::lists::different;
use count::Count;

/// One expectation about the whole run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Where it stands, as a whole.
    pub span: Span,
    /// What is expected.
    pub kind: ExpectationKind,
}

/// Names with counts, as `{CnsCreateVolume: 3}`.
pub type Counts = Vec<(Spanned<String>, Spanned<Count>)>;

/// The kinds of expectation. Wherever a count stands, it is a number (exactly so many), `at most 4` or `at least 1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectationKind {
    /// How often methods were called over all borders in the whole run, retries included, by their names in the journal.
    ///
    /// ```yaml
    /// - calls: {CnsCreateVolume: 3, CnsAttachVolume: at most 4, CnsDeleteVolume: 0}
    /// - calls: {from: csi-controller, CnsCreateVolume: 3}
    /// ```
    Calls {
        /// Only calls of this process.
        from: Option<Spanned<String>>,
        /// The methods.
        counts: Counts,
    },
    /// How many volumes all vCenters hold together at the end.
    ///
    /// ```yaml
    /// - volumes: {total: 3}
    /// ```
    Volumes {
        /// How many.
        total: Spanned<Count>,
    },
    /// How many snapshots the volumes of all vCenters have together at the end.
    ///
    /// ```yaml
    /// - snapshots: {total: 1}
    /// ```
    Snapshots {
        /// How many.
        total: Spanned<Count>,
    },
    /// How often fault rules fired, by their ids: a fault that never struck proves nothing.
    ///
    /// ```yaml
    /// - fired: {crash-after-create: 1}
    /// ```
    Fired(Counts),
    /// How many findings of these names there were in the whole run. Findings break nothing unless a count is said here.
    ///
    /// ```yaml
    /// - findings: {zones-differ: 1}
    /// ```
    Findings(Counts),
    /// How many writes but heartbeats crossed the borders while the world was left alone at the end.
    ///
    /// ```yaml
    /// - writes-at-rest: 0
    /// ```
    WritesAtRest(Spanned<Count>),
    /// How many pods there are at the end.
    ///
    /// ```yaml
    /// - pods: {running: 3, pending: 0}
    /// ```
    Pods(Vec<(Spanned<PodCount>, Spanned<Count>)>),
    /// How many nodes there are at the end, or were deleted in the whole run.
    ///
    /// ```yaml
    /// - nodes: {deleted: 0, ready: 3}
    /// ```
    Nodes(Vec<(Spanned<NodeCount>, Spanned<Count>)>),
}

/// Which pods are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodCount {
    /// `total`: all.
    Total,
    /// `running`: whose phase is Running and that are not being deleted.
    Running,
    /// `ready`: that are ready.
    Ready,
    /// `pending`: whose phase is Pending.
    Pending,
}

impl PodCount {
    pub(crate) const ALL: [Self; 4] = [Self::Total, Self::Running, Self::Ready, Self::Pending];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Running => "running",
            Self::Ready => "ready",
            Self::Pending => "pending",
        }
    }
}

/// Which nodes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeCount {
    /// `total`: all that there are at the end.
    Total,
    /// `ready`: that are ready at the end.
    Ready,
    /// `deleted`: Node objects that were deleted in the whole run.
    Deleted,
}

impl NodeCount {
    pub(crate) const ALL: [Self; 3] = [Self::Total, Self::Ready, Self::Deleted];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Ready => "ready",
            Self::Deleted => "deleted",
        }
    }
}

impl Expectation {
    /// Whether there is a run in which it does not hold.
    pub fn can_fail(&self) -> bool {
        let any = |counts: &Counts| counts.iter().any(|(_, count)| count.can_fail());
        match &self.kind {
            ExpectationKind::Calls { counts, .. } | ExpectationKind::Fired(counts) | ExpectationKind::Findings(counts) => any(counts),
            ExpectationKind::Volumes { total: count }
            | ExpectationKind::Snapshots { total: count }
            | ExpectationKind::WritesAtRest(count) => count.can_fail(),
            ExpectationKind::Pods(counts) => counts.iter().any(|(_, count)| count.can_fail()),
            ExpectationKind::Nodes(counts) => counts.iter().any(|(_, count)| count.can_fail()),
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl fmt::Display for ExpectationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |counts: &Counts| in_words(counts.iter().map(|(name, count)| (name.value.as_str(), count)));
        match self {
            Self::Calls { from: None, counts } => write!(f, "calls {}", list(counts)),
            Self::Calls { from: Some(from), counts } => write!(f, "calls from {from} {}", list(counts)),
            Self::Volumes { total } => write!(f, "volumes total: {total}"),
            Self::Snapshots { total } => write!(f, "snapshots total: {total}"),
            Self::Fired(counts) => write!(f, "fired {}", list(counts)),
            Self::Findings(counts) => write!(f, "findings {}", list(counts)),
            Self::WritesAtRest(count) => write!(f, "writes at rest: {count}"),
            Self::Pods(counts) => {
                write!(f, "pods {}", in_words(counts.iter().map(|(which, count)| (which.word(), count))))
            }
            Self::Nodes(counts) => {
                write!(f, "nodes {}", in_words(counts.iter().map(|(which, count)| (which.word(), count))))
            }
        }
    }
}

fn in_words<'a>(counts: impl Iterator<Item = (&'a str, &'a Spanned<Count>)>) -> String {
    counts.map(|(name, count)| format!("{name}: {count}")).collect::<Vec<_>>().join(", ")
}

const EXAMPLE: &str = "- calls: {CnsCreateVolume: 3}";
pub(crate) const KINDS: [&str; 8] = ["calls", "volumes", "snapshots", "fired", "findings", "writes-at-rest", "pods", "nodes"];

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Vec<Expectation>> {
    let members = node.list("expect", EXAMPLE, problems)?;
    // One that cannot be read is a problem already; the names in the others are checked all the same.
    Some(members.iter().filter_map(|member| one(member, problems)).collect())
}

fn one(node: &Node, problems: &mut Problems) -> Option<Expectation> {
    Some(Expectation { span: node.span, kind: decode_kind(node, EXAMPLE, problems)? })
}

/// One expectation by its only key.
pub(crate) fn decode_kind(node: &Node, example: &str, problems: &mut Problems) -> Option<ExpectationKind> {
    let (kind, value) = only_entry(node, "an expectation", example, problems)?;
    Some(match kind.as_str() {
        "calls" => calls(value, problems)?,
        "volumes" => ExpectationKind::Volumes { total: total(value, "volumes", problems)? },
        "snapshots" => ExpectationKind::Snapshots { total: total(value, "snapshots", problems)? },
        "fired" => ExpectationKind::Fired(counts(value, "fired", "{crash-after-create: 1}", problems)?),
        "findings" => ExpectationKind::Findings(counts(value, "findings", "{zones-differ: 1}", problems)?),
        "writes-at-rest" => ExpectationKind::WritesAtRest(count::decode(value, "writes-at-rest", problems)?),
        "pods" => {
            let counts = counts(value, "pods", "{running: 3}", problems)?;
            ExpectationKind::Pods(chosen(counts, "count of pods", &PodCount::ALL, PodCount::word, problems)?)
        }
        "nodes" => {
            let counts = counts(value, "nodes", "{deleted: 0}", problems)?;
            ExpectationKind::Nodes(chosen(counts, "count of nodes", &NodeCount::ALL, NodeCount::word, problems)?)
        }
        _ => return problems.unknown(kind, "expectation", "expectations", KINDS),
    })
}

fn calls(node: &Node, problems: &mut Problems) -> Option<ExpectationKind> {
    const EXAMPLE: &str = "{CnsCreateVolume: 3}";
    let entries = node.map("calls", EXAMPLE, problems)?;
    let from = match entries.iter().find(|(name, _)| name.value == "from") {
        Some((_, value)) => Some(value.words("from", "csi-controller", problems)?),
        None => None,
    };
    let methods: Vec<&(Spanned<String>, Node)> = entries.iter().filter(|(name, _)| name.value != "from").collect();
    Some(ExpectationKind::Calls { from, counts: entries_of(node, &methods, "calls", EXAMPLE, problems)? })
}

fn total(node: &Node, what: &'static str, problems: &mut Problems) -> Option<Spanned<Count>> {
    let mut fields = Fields::of(node, what, "{total: 3}", problems)?;
    let total = fields.required("total", problems).and_then(|node| count::decode(node, "total", problems));
    fields.finish(problems);
    total
}

fn counts(node: &Node, what: &str, example: &str, problems: &mut Problems) -> Option<Counts> {
    let entries: Vec<&(Spanned<String>, Node)> = node.map(what, example, problems)?.iter().collect();
    entries_of(node, &entries, what, example, problems)
}

fn entries_of(node: &Node, entries: &[&(Spanned<String>, Node)], what: &str, example: &str, problems: &mut Problems) -> Option<Counts> {
    if entries.is_empty() {
        return problems.at(node.span, format!("`{what}` expects nothing"), format!("write it like this: {example}"));
    }
    different("entry", entries.iter().map(|(name, _)| name), problems);
    let read: Vec<Option<_>> = entries
        .iter()
        .map(|(name, value)| Some((name.clone(), count::decode(value, &format!("the count of {name}"), problems)?)))
        .collect();
    read.into_iter().collect()
}

/// Counts whose names are words of a list.
fn chosen<T: Copy>(
    counts: Counts,
    what: &str,
    all: &[T],
    word: impl Fn(T) -> &'static str,
    problems: &mut Problems,
) -> Option<Vec<(Spanned<T>, Spanned<Count>)>> {
    let read: Vec<Option<_>> = counts
        .into_iter()
        .map(|(name, count)| match all.iter().find(|which| word(**which) == name.value) {
            Some(which) => Some((name.map(|_| *which), count)),
            None => problems.unknown(&name, what, "what is counted", all.iter().map(|which| word(*which))),
        })
        .collect();
    read.into_iter().collect()
}
