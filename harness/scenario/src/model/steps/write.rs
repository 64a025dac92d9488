//! `write`: put bytes into a file of a pod.

use std::fmt;

use super::parts::{FileInPod, file_in_pod};
use crate::span::Spanned;
use crate::yaml::{Node, Problems};

/// Writes a file through the pod's mount, in place of what was there.
///
/// ```yaml
/// - write: {pod: web-2, path: /data/proof, text: "kept"}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The pod's name.
    pub pod: Spanned<String>,
    /// The file's absolute path in the pod.
    pub path: Spanned<String>,
    /// Its whole content.
    pub text: Spanned<String>,
}

impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "write {} in pod {}", self.path, self.pod)
    }
}

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Write> {
    let FileInPod { pod, path, text } = file_in_pod(node, "write", problems)?;
    Some(Write { pod, path, text })
}
