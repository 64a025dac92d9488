//! `expect`: something must be as said, at this moment. The kind is told by the key that names what is looked at.

pub(crate) mod counts;
pub(crate) mod event;
pub(crate) mod finding;
pub(crate) mod mount;
pub(crate) mod node;
pub(crate) mod object;
pub(crate) mod pod;
pub(crate) mod sizes;
pub(crate) mod volume;

use std::fmt;

use crate::yaml::{Node, Problems};

/// What a step looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// See [`volume::ExpectVolume`].
    Volume(volume::ExpectVolume),
    /// See [`object::ExpectObject`].
    Object(object::ExpectObject),
    /// See [`pod::ExpectPod`].
    Pod(pod::ExpectPod),
    /// See [`event::ExpectEvent`].
    Event(event::ExpectEvent),
    /// See [`finding::ExpectFinding`].
    Finding(finding::ExpectFinding),
    /// See [`node::ExpectNode`].
    Node(node::ExpectNode),
    /// See [`sizes::ExpectSizes`].
    Sizes(sizes::ExpectSizes),
    /// See [`mount::ExpectMount`].
    Mount(mount::ExpectMount),
    /// See [`counts::ExpectCounts`].
    Counts(counts::ExpectCounts),
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Volume(expect) => expect.fmt(f),
            Self::Object(expect) => expect.fmt(f),
            Self::Pod(expect) => expect.fmt(f),
            Self::Event(expect) => expect.fmt(f),
            Self::Finding(expect) => expect.fmt(f),
            Self::Node(expect) => expect.fmt(f),
            Self::Sizes(expect) => expect.fmt(f),
            Self::Mount(expect) => expect.fmt(f),
            Self::Counts(expect) => expect.fmt(f),
        }
    }
}

/// Reads one kind.
type Decoder = fn(&Node, &mut Problems) -> Option<Expect>;

/// The keys that tell the kinds.
const KINDS: [(&str, Decoder); 10] = [
    ("volume", |node, problems| volume::decode(node, problems).map(Expect::Volume)),
    ("object", |node, problems| object::decode(node, problems).map(Expect::Object)),
    ("pod", |node, problems| pod::decode(node, problems).map(Expect::Pod)),
    ("event", |node, problems| event::decode(node, problems).map(Expect::Event)),
    ("finding", |node, problems| finding::decode(node, problems).map(Expect::Finding)),
    ("node", |node, problems| node::decode(node, problems).map(Expect::Node)),
    ("sizes-of", |node, problems| sizes::decode(node, problems).map(Expect::Sizes)),
    ("mount-of", |node, problems| mount::decode(node, problems).map(Expect::Mount)),
    ("calls", |node, problems| counts::decode(node, problems).map(Expect::Counts)),
    ("fired", |node, problems| counts::decode(node, problems).map(Expect::Counts)),
];

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Expect> {
    let entries = node.map("expect", volume::EXAMPLE, problems)?;
    let kind = KINDS.iter().find(|(word, _)| entries.iter().any(|(name, _)| name.value == *word));
    match kind {
        Some((_, decode)) => decode(node, problems),
        None => {
            let words = KINDS.map(|(word, _)| word);
            let near = entries.iter().find_map(|(name, _)| crate::nearest::nearest(name, words));
            let help = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
            let help = format!("{help}name one of {}, such as {}", words.join(", "), volume::EXAMPLE);
            problems.at(node.span, "`expect` does not say what is looked at", help)
        }
    }
}
