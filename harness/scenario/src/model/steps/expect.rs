//! `expect`: a claim's volume in vCenter must be as said, at this moment.

use std::fmt;

use crate::model::object::is_name;
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Looks at the volume of a claim in a vCenter; breaks when it is not there or not as said.
///
/// ```yaml
/// - expect: {vcenter: vc-a, volume: data-web-2, attached: none, id: unchanged}
/// - expect: {vcenter: vc-a, volume: data-web-2, attached: worker-1}
/// - expect: {vcenter: vc-a, volume: data-web-2, attached: anywhere}
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

impl fmt::Display for ExpectVolume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expect the volume of {} in {}", self.volume, self.vcenter)?;
        let mut join = " to be ";
        if let Some(attached) = &self.attached {
            write!(f, "{join}{attached}")?;
            join = " and ";
        }
        if self.id_unchanged {
            write!(f, "{join}the same as before")?;
        }
        Ok(())
    }
}

const EXAMPLE: &str = "{vcenter: vc-a, volume: data-web-2, attached: none, id: unchanged}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<ExpectVolume> {
    let mut fields = Fields::of(node, "expect", EXAMPLE, problems)?;
    let vcenter = fields.required("vcenter", problems).and_then(|node| node.words("vcenter", "vc-a", problems));
    let volume = fields.required("volume", problems).and_then(|node| claim(node, problems));
    let attached = fields.optional("attached").map(|node| attached(node, problems));
    let id = fields.optional("id").map(|node| unchanged(node, problems));
    fields.finish(problems);
    let (vcenter, volume) = (vcenter?, volume?);
    if attached.is_none() && id.is_none() {
        let help = "add `attached: none`, `attached: anywhere`, `attached: NODE` or `id: unchanged`";
        return problems.at(volume.span, format!("nothing is expected of the volume of {volume}"), help);
    }
    Some(ExpectVolume { vcenter, volume, attached: attached.flatten(), id_unchanged: id.flatten().is_some() })
}

fn claim(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let claim = node.words("volume", "data-web-2", problems)?;
    if !is_name(&claim) {
        let message = format!("`{}` cannot be a claim's name", claim.value);
        return problems.at(claim.span, message, "name the PersistentVolumeClaim alone, such as `data-web-2`");
    }
    Some(claim)
}

fn attached(node: &Node, problems: &mut Problems) -> Option<Spanned<Attached>> {
    let word = node.words("attached", "none", problems)?;
    Some(word.map(|word| match word.as_str() {
        "none" => Attached::None,
        "anywhere" => Attached::Anywhere,
        _ => Attached::Node(word),
    }))
}

fn unchanged(node: &Node, problems: &mut Problems) -> Option<()> {
    let word = node.words("id", "unchanged", problems)?;
    if word.value == "unchanged" {
        Some(())
    } else {
        problems.unknown(&word, "expectation of an id", "expectations of an id", ["unchanged"])
    }
}
