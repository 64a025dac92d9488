//! `tag` and `untag`: put tags on objects of a vCenter, and take them off.

use std::fmt;

use crate::model::world::tags::{self, ObjectTag};
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Puts tags on an object; categories and tags come to be when they are not there yet.
///
/// ```yaml
/// - tag: {cluster: prod, vcenter: vc-a, k8s-zone: zone-b}
/// - tag: {vm: worker-1, k8s-zone: zone-b}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The object.
    pub on: TagTarget,
    /// The tags, at least one.
    pub tags: Vec<ObjectTag>,
}

/// Takes tags off an object.
///
/// ```yaml
/// - untag: {host-of: worker-1, k8s-zone: zone-a}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untag {
    /// The object.
    pub on: TagTarget,
    /// The tags, at least one.
    pub tags: Vec<ObjectTag>,
}

/// An object of a vCenter that can carry tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagTarget {
    /// `{datacenter: vc-a, …}`: the datacenter of a vCenter.
    Datacenter(Spanned<String>),
    /// `{cluster: prod, vcenter: vc-a, …}`
    Cluster {
        /// Which.
        cluster: Spanned<String>,
        /// Whose.
        vcenter: Spanned<String>,
    },
    /// `{datastore: vsan-a, vcenter: vc-a, …}`
    Datastore {
        /// Which.
        datastore: Spanned<String>,
        /// Whose.
        vcenter: Spanned<String>,
    },
    /// `{vm: worker-1, …}`: a node's VM.
    Vm(Spanned<String>),
    /// `{host-of: worker-1, …}`: the host that a node's VM is on at that moment.
    HostOf(Spanned<String>),
}

impl fmt::Display for TagTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Datacenter(vcenter) => write!(f, "the datacenter of {vcenter}"),
            Self::Cluster { cluster, vcenter } => write!(f, "cluster {cluster} of {vcenter}"),
            Self::Datastore { datastore, vcenter } => write!(f, "datastore {datastore} of {vcenter}"),
            Self::Vm(node) => write!(f, "the VM of {node}"),
            Self::HostOf(node) => write!(f, "the host of {node}"),
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tag {} with {}", self.on, in_words(&self.tags))
    }
}

impl fmt::Display for Untag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "take {} off {}", in_words(&self.tags), self.on)
    }
}

fn in_words(tags: &[ObjectTag]) -> String {
    tags.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

pub(crate) const EXAMPLE: &str = "{cluster: prod, vcenter: vc-a, k8s-zone: zone-b}";

/// The keys that say which object; every other key is a tag category.
pub(crate) const OBJECTS: [&str; 5] = ["datacenter", "cluster", "datastore", "vm", "host-of"];

pub(crate) fn decode_tag(node: &Node, problems: &mut Problems) -> Option<Tag> {
    let (on, tags) = decode(node, "tag", problems)?;
    Some(Tag { on, tags })
}

pub(crate) fn decode_untag(node: &Node, problems: &mut Problems) -> Option<Untag> {
    let (on, tags) = decode(node, "untag", problems)?;
    Some(Untag { on, tags })
}

fn decode(node: &Node, what: &'static str, problems: &mut Problems) -> Option<(TagTarget, Vec<ObjectTag>)> {
    let mut fields = Fields::of(node, what, EXAMPLE, problems)?;
    let objects: Vec<(&str, &Node)> = OBJECTS.into_iter().filter_map(|word| Some((word, fields.optional(word)?))).collect();
    let vcenter = fields.optional("vcenter");
    let read: Vec<Option<ObjectTag>> = fields.rest().into_iter().map(|(category, tag)| tags::one(category, tag, problems)).collect();
    let tags = read.into_iter().collect::<Option<Vec<ObjectTag>>>();
    let on = match objects.as_slice() {
        [(word, value)] => target(word, value, vcenter, problems),
        [] => problems.at(node.span, format!("`{what}` does not say which object"), format!("write one of {}", OBJECTS.join(", "))),
        [(first, _), (second, value), ..] => problems.at(
            value.span,
            format!("`{first}` and `{second}` are two objects: `{what}` takes one"),
            format!("write a `{what}` for each"),
        ),
    };
    let tags = tags?;
    if tags.is_empty() {
        return problems.at(node.span, format!("`{what}` names no tag"), format!("write it like this: {EXAMPLE}"));
    }
    Some((on?, tags))
}

fn target(word: &str, value: &Node, vcenter: Option<&Node>, problems: &mut Problems) -> Option<TagTarget> {
    let name = value.words(word, "prod", problems)?;
    if matches!(word, "cluster" | "datastore") {
        let Some(vcenter) = vcenter else {
            return problems.at(value.span, format!("`{word}` does not say whose"), "add `vcenter:` beside it");
        };
        let vcenter = vcenter.words("vcenter", "vc-a", problems)?;
        return Some(match word {
            "cluster" => TagTarget::Cluster { cluster: name, vcenter },
            _ => TagTarget::Datastore { datastore: name, vcenter },
        });
    }
    if let Some(vcenter) = vcenter {
        let message = format!("`vcenter` says nothing beside `{word}`, which is in one vCenter only");
        return problems.at(vcenter.span, message, "leave it out");
    }
    Some(match word {
        "datacenter" => TagTarget::Datacenter(name),
        "vm" => TagTarget::Vm(name),
        _ => TagTarget::HostOf(name),
    })
}
