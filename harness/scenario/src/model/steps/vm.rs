//! `destroy`, `create` and `move`: what an administrator of vSphere does to a node's VM.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Removes a node's VM from its vCenter and from disk, with it whatever is not a volume.
///
/// ```yaml
/// - destroy: {vm: worker-1}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destroy {
    /// The node whose VM it is.
    pub vm: Spanned<String>,
}

/// Creates a node's VM anew after it was destroyed: the same name, another identity, an empty disk.
///
/// ```yaml
/// - create: {vm: worker-1}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// The node whose VM it is.
    pub vm: Spanned<String>,
}

/// Moves a running VM to a host of another cluster of its vCenter (vMotion).
///
/// ```yaml
/// - move: {vm: worker-1, to: {cluster: other}}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The node whose VM it is.
    pub vm: Spanned<String>,
    /// The cluster that it moves to.
    pub cluster: Spanned<String>,
}

impl fmt::Display for Destroy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "destroy the VM of {}", self.vm)
    }
}

impl fmt::Display for Create {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "create the VM of {} anew", self.vm)
    }
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "move the VM of {} to cluster {}", self.vm, self.cluster)
    }
}

pub(crate) const MOVE_EXAMPLE: &str = "{vm: worker-1, to: {cluster: other}}";

pub(crate) fn decode_destroy(node: &Node, problems: &mut Problems) -> Option<Destroy> {
    Some(Destroy { vm: vm(node, "destroy", problems)? })
}

pub(crate) fn decode_create(node: &Node, problems: &mut Problems) -> Option<Create> {
    Some(Create { vm: vm(node, "create", problems)? })
}

fn vm(node: &Node, what: &'static str, problems: &mut Problems) -> Option<Spanned<String>> {
    let mut fields = Fields::of(node, what, "{vm: worker-1}", problems)?;
    let vm = fields.required("vm", problems).and_then(|node| node.words("vm", "worker-1", problems));
    fields.finish(problems);
    vm
}

pub(crate) fn decode_move(node: &Node, problems: &mut Problems) -> Option<Move> {
    let mut fields = Fields::of(node, "move", MOVE_EXAMPLE, problems)?;
    let vm = fields.required("vm", problems).and_then(|node| node.words("vm", "worker-1", problems));
    let cluster = fields.required("to", problems).and_then(|node| cluster(node, problems));
    fields.finish(problems);
    Some(Move { vm: vm?, cluster: cluster? })
}

fn cluster(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let mut fields = Fields::of(node, "to", "{cluster: other}", problems)?;
    let cluster = fields.required("cluster", problems).and_then(|node| node.words("cluster", "other", problems));
    fields.finish(problems);
    cluster
}
