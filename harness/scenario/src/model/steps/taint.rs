//! `taint` and `untaint`: what keeps pods away from a node.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Puts a taint on a node, as `kubectl taint` does.
///
/// ```yaml
/// - taint: {node: worker-1, key: node.kubernetes.io/out-of-service, value: nodeshutdown, effect: NoExecute}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taint {
    /// Which node.
    pub node: Spanned<String>,
    /// The taint's key.
    pub key: Spanned<String>,
    /// Its value, if any.
    pub value: Option<Spanned<String>>,
    /// What it does to pods that do not tolerate it.
    pub effect: Spanned<TaintEffect>,
}

/// Takes all taints of a key off a node, or the one with that effect.
///
/// ```yaml
/// - untaint: {node: worker-1, key: node.kubernetes.io/out-of-service}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untaint {
    /// Which node.
    pub node: Spanned<String>,
    /// The taints' key.
    pub key: Spanned<String>,
    /// Only the one with this effect.
    pub effect: Option<Spanned<TaintEffect>>,
}

/// What a taint does to pods that do not tolerate it, in Kubernetes' words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaintEffect {
    /// `NoSchedule`
    NoSchedule,
    /// `PreferNoSchedule`
    PreferNoSchedule,
    /// `NoExecute`
    NoExecute,
}

impl TaintEffect {
    pub(crate) const ALL: [Self; 3] = [Self::NoSchedule, Self::PreferNoSchedule, Self::NoExecute];

    /// As it is written in a scenario and in Kubernetes.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoSchedule => "NoSchedule",
            Self::PreferNoSchedule => "PreferNoSchedule",
            Self::NoExecute => "NoExecute",
        }
    }
}

impl fmt::Display for Taint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "taint {} with {}", self.node, self.key)?;
        if let Some(value) = &self.value {
            write!(f, "={value}")?;
        }
        write!(f, ":{}", self.effect.word())
    }
}

impl fmt::Display for Untaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "take taint {}", self.key)?;
        if let Some(effect) = &self.effect {
            write!(f, ":{}", effect.word())?;
        }
        write!(f, " off {}", self.node)
    }
}

const EXAMPLE: &str = "{node: worker-1, key: example.com/broken, effect: NoExecute}";
const KEY: &str = "example.com/broken";

pub(crate) fn decode_taint(node: &Node, problems: &mut Problems) -> Option<Taint> {
    let mut fields = Fields::of(node, "taint", EXAMPLE, problems)?;
    let name = fields.required("node", problems).and_then(|node| node.words("node", "worker-1", problems));
    let key = fields.required("key", problems).and_then(|node| node.words("key", KEY, problems));
    let value = fields.optional("value").map_or(Some(None), |node| node.text("value", "nodeshutdown", problems).map(Some));
    let effect = fields.required("effect", problems).and_then(|node| effect(node, problems));
    fields.finish(problems);
    Some(Taint { node: name?, key: key?, value: value?, effect: effect? })
}

pub(crate) fn decode_untaint(node: &Node, problems: &mut Problems) -> Option<Untaint> {
    let mut fields = Fields::of(node, "untaint", "{node: worker-1, key: example.com/broken}", problems)?;
    let name = fields.required("node", problems).and_then(|node| node.words("node", "worker-1", problems));
    let key = fields.required("key", problems).and_then(|node| node.words("key", KEY, problems));
    let effect = fields.optional("effect").map_or(Some(None), |node| effect(node, problems).map(Some));
    fields.finish(problems);
    Some(Untaint { node: name?, key: key?, effect: effect? })
}

fn effect(node: &Node, problems: &mut Problems) -> Option<Spanned<TaintEffect>> {
    let word = node.words("effect", "NoExecute", problems)?;
    match TaintEffect::ALL.into_iter().find(|effect| effect.word() == word.value) {
        Some(effect) => Some(word.map(|_| effect)),
        None => problems.unknown(&word, "taint effect", "taint effects", TaintEffect::ALL.map(TaintEffect::word)),
    }
}
