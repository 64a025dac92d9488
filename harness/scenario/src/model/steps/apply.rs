//! `apply`: give Kubernetes what a manifest says.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Node, Problems};

/// Applies every document of a manifest, whose path is relative to the scenario's folder.
///
/// ```yaml
/// - apply: manifests/web.yaml
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apply {
    /// The manifest's path.
    pub manifest: Spanned<String>,
}

impl fmt::Display for Apply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "apply {}", self.manifest)
    }
}

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Apply> {
    Some(Apply { manifest: crate::model::path::beside(node, "apply", problems)? })
}
