//! `read`: a file of a pod must hold these bytes.

use std::fmt;

use super::parts::{FileInPod, file_in_pod};
use crate::span::Spanned;
use crate::yaml::{Node, Problems};

/// Reads a file through the pod's mount; breaks unless it holds exactly the text.
///
/// ```yaml
/// - read: {pod: web-2, path: /data/proof, text: "kept"}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The pod's name.
    pub pod: Spanned<String>,
    /// The file's absolute path in the pod.
    pub path: Spanned<String>,
    /// What it must hold.
    pub text: Spanned<String>,
}

impl fmt::Display for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read {} in pod {}", self.path, self.pod)
    }
}

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Read> {
    let FileInPod { pod, path, text } = file_in_pod(node, "read", problems)?;
    Some(Read { pod, path, text })
}
