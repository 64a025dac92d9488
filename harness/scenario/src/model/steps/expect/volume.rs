//! `expect: {volume: …}`: a claim's volume in vCenter must be as said.

use std::fmt;

use crate::model::expectation::count::{self, Count};
use crate::model::steps::parts::claim;
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Looks at the volume of a claim in a vCenter; breaks when it is not there or not as said.
///
/// ```yaml
/// - expect: {vcenter: vc-a, volume: data-web-2, attached: none, id: unchanged}
/// - expect: {vcenter: vc-a, volume: data-web-2, attached: worker-1, datastore: vsan-a, policy: gold}
/// - expect: {vcenter: vc-a, volume: data-web-2, attached: anywhere, key-provider: kp-2, key: changed}
/// - expect: {vcenter: vc-a, volume: data-web-2, snapshots: at most 3}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectVolume {
    /// The vCenter that must hold the volume.
    pub vcenter: Spanned<String>,
    /// The claim whose volume is meant, in the namespace `default`.
    pub volume: Spanned<String>,
    /// Where it must be attached; not looked at when not said.
    pub attached: Option<Spanned<Attached>>,
    /// `id: unchanged`: the volume must have the id that the claim's volume had when it was first seen in this run.
    pub id_unchanged: bool,
    /// The datastore that it must lie on.
    pub datastore: Option<Spanned<String>>,
    /// The storage policy that it must have.
    pub policy: Option<Spanned<String>>,
    /// The key provider whose key must encrypt it, or none.
    pub key_provider: Option<Spanned<Encrypted>>,
    /// How many snapshots it must have.
    pub snapshots: Option<Spanned<Count>>,
    /// Whether its key must be another than when a step last looked at its key, or when it was first seen.
    pub key: Option<Spanned<KeyChange>>,
}

/// How a volume is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encrypted {
    /// `none`: not at all.
    None,
    /// With a key of this provider.
    With(String),
}

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// `changed`
    Changed,
    /// `unchanged`
    Unchanged,
}

impl KeyChange {
    pub(crate) const ALL: [Self; 2] = [Self::Changed, Self::Unchanged];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Where a volume is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attached {
    /// `none`: to no VM.
    None,
    /// `anywhere`: to some VM.
    Anywhere,
    /// A node's name: to that node's VM.
    Node(String),
}

impl fmt::Display for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("attached nowhere"),
            Self::Anywhere => f.write_str("attached anywhere"),
            Self::Node(node) => write!(f, "attached to {node}"),
        }
    }
}

impl ExpectVolume {
    /// What is expected, each in a few words.
    fn wishes(&self) -> Vec<String> {
        let mut wishes: Vec<String> = self.attached.iter().map(ToString::to_string).collect();
        wishes.extend(self.id_unchanged.then(|| "the same as before".to_owned()));
        wishes.extend(self.datastore.iter().map(|datastore| format!("on datastore {datastore}")));
        wishes.extend(self.policy.iter().map(|policy| format!("of policy {policy}")));
        wishes.extend(self.key_provider.iter().map(|provider| match &provider.value {
            Encrypted::None => "in clear".to_owned(),
            Encrypted::With(provider) => format!("encrypted with a key of {provider}"),
        }));
        wishes.extend(self.snapshots.iter().map(|count| format!("with snapshots: {count}")));
        wishes.extend(self.key.iter().map(|key| match key.value {
            KeyChange::Changed => "under another key".to_owned(),
            KeyChange::Unchanged => "under the same key".to_owned(),
        }));
        wishes
    }
}

impl fmt::Display for ExpectVolume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expect the volume of {} in {} to be {}", self.volume, self.vcenter, self.wishes().join(" and "))
    }
}

pub(crate) const EXAMPLE: &str = "{vcenter: vc-a, volume: data-web-2, attached: none, id: unchanged}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<ExpectVolume> {
    let mut fields = Fields::of(node, "expect", EXAMPLE, problems)?;
    let vcenter = fields.required("vcenter", problems).and_then(|node| node.words("vcenter", "vc-a", problems));
    let volume = fields.required("volume", problems).and_then(|node| claim(node, problems));
    let attached = fields.maybe("attached", problems, attached);
    let id = fields.maybe("id", problems, unchanged);
    let datastore = fields.maybe("datastore", problems, |node, problems| node.words("datastore", "vsan-a", problems));
    let policy = fields.maybe("policy", problems, |node, problems| node.words("policy", "gold", problems));
    let key_provider = fields.maybe("key-provider", problems, encrypted);
    let key = fields.maybe("key", problems, key);
    let snapshots = fields.maybe("snapshots", problems, |node, problems| count::decode(node, "snapshots", problems));
    fields.finish(problems);
    let expect = ExpectVolume {
        vcenter: vcenter?,
        volume: volume?,
        attached: attached?,
        id_unchanged: id?.is_some(),
        datastore: datastore?,
        policy: policy?,
        key_provider: key_provider?,
        key: key?,
        snapshots: snapshots?,
    };
    if expect.wishes().is_empty() {
        let help = "add `attached: none`, `attached: anywhere`, `attached: NODE`, `id: unchanged`, `datastore:`, `policy:`, `snapshots:`, `key-provider:` or `key:`";
        let volume = &expect.volume;
        return problems.at(volume.span, format!("nothing is expected of the volume of {volume}"), help);
    }
    Some(expect)
}

fn attached(node: &Node, problems: &mut Problems) -> Option<Spanned<Attached>> {
    let word = node.words("attached", "none", problems)?;
    Some(word.map(|word| match word.as_str() {
        "none" => Attached::None,
        "anywhere" => Attached::Anywhere,
        _ => Attached::Node(word),
    }))
}

fn encrypted(node: &Node, problems: &mut Problems) -> Option<Spanned<Encrypted>> {
    let word = node.words("key-provider", "kp-1", problems)?;
    Some(word.map(|word| if word == "none" { Encrypted::None } else { Encrypted::With(word) }))
}

fn key(node: &Node, problems: &mut Problems) -> Option<Spanned<KeyChange>> {
    let word = node.words("key", "changed", problems)?;
    match KeyChange::ALL.into_iter().find(|change| change.word() == word.value) {
        Some(change) => Some(word.map(|_| change)),
        None => problems.unknown(&word, "expectation of a key", "expectations of a key", KeyChange::ALL.map(KeyChange::word)),
    }
}

fn unchanged(node: &Node, problems: &mut Problems) -> Option<()> {
    let word = node.words("id", "unchanged", problems)?;
    if word.value == "unchanged" {
        Some(())
    } else {
        problems.unknown(&word, "expectation of an id", "expectations of an id", ["unchanged"])
    }
}
