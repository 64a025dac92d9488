//! `add-host`: a new ESXi host joins a cluster.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Adds a host to a cluster; it mounts what the cluster's first host mounts.
///
/// ```yaml
/// - add-host: {cluster: prod, vcenter: vc-a}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddHost {
    /// The cluster that it joins.
    pub cluster: Spanned<String>,
    /// Whose cluster that is.
    pub vcenter: Spanned<String>,
}

impl fmt::Display for AddHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "add a host to cluster {} of {}", self.cluster, self.vcenter)
    }
}

pub(crate) const EXAMPLE: &str = "{cluster: prod, vcenter: vc-a}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<AddHost> {
    let mut fields = Fields::of(node, "add-host", EXAMPLE, problems)?;
    let cluster = fields.required("cluster", problems).and_then(|node| node.words("cluster", "prod", problems));
    let vcenter = fields.required("vcenter", problems).and_then(|node| node.words("vcenter", "vc-a", problems));
    fields.finish(problems);
    Some(AddHost { cluster: cluster?, vcenter: vcenter? })
}
