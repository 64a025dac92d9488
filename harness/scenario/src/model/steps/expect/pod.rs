//! `expect: {pod: …}`: where a pod is.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Content, Fields, Node, Problems, only_entry};

/// Looks at the node that a pod is bound to.
///
/// ```yaml
/// - expect: {pod: web-0, on: worker-1}
/// - expect: {pod: web-0, on: {zone: zone-a}}
/// - expect: {pod: web-0, on: {not: worker-1}}
/// - expect: {pod: web-1, on: none}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectPod {
    /// Which pod.
    pub pod: Spanned<String>,
    /// Where it must be.
    pub on: Spanned<Where>,
}

/// Where a pod is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// `none`: on no node.
    None,
    /// `anywhere`: on some node.
    Anywhere,
    /// A node's name.
    Node(String),
    /// `{not: NODE}`: on some other node.
    NotNode(String),
    /// `{zone: ZONE}`: on a node whose label says so.
    Zone(String),
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("on no node"),
            Self::Anywhere => f.write_str("on some node"),
            Self::Node(node) => write!(f, "on {node}"),
            Self::NotNode(node) => write!(f, "on another node than {node}"),
            Self::Zone(zone) => write!(f, "on a node of zone {zone}"),
        }
    }
}

impl fmt::Display for ExpectPod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expect pod {} to be {}", self.pod, self.on)
    }
}

pub(crate) const EXAMPLE: &str = "{pod: web-0, on: worker-1}";
const ON_EXAMPLE: &str = "worker-1, {zone: zone-a} or {not: worker-1}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<ExpectPod> {
    let mut fields = Fields::of(node, "expect", EXAMPLE, problems)?;
    let pod = fields.required("pod", problems).and_then(|node| crate::model::steps::parts::pod(node, problems));
    let on = fields.required("on", problems).and_then(|node| on(node, problems));
    fields.finish(problems);
    Some(ExpectPod { pod: pod?, on: on? })
}

fn on(node: &Node, problems: &mut Problems) -> Option<Spanned<Where>> {
    if !matches!(node.content, Content::Map(_)) {
        let word = node.words("on", ON_EXAMPLE, problems)?;
        return Some(word.map(|word| match word.as_str() {
            "none" => Where::None,
            "anywhere" => Where::Anywhere,
            _ => Where::Node(word),
        }));
    }
    let (key, value) = only_entry(node, "`on`", ON_EXAMPLE, problems)?;
    let name = value.words("on", ON_EXAMPLE, problems);
    match key.as_str() {
        "zone" => Some(name?.map(Where::Zone)),
        "not" => Some(name?.map(Where::NotNode)),
        _ => problems.unknown(key, "place", "places", ["zone", "not"]),
    }
}
