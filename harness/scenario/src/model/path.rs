//! Paths: of files beside the scenario, and of files in a pod.

use crate::span::Spanned;
use crate::yaml::{Node, Problems};

/// A manifest's path, relative to the scenario's folder.
pub(crate) fn beside(node: &Node, what: &str, problems: &mut Problems) -> Option<Spanned<String>> {
    let path = node.words(what, "manifests/web.yaml", problems)?;
    if path.starts_with('/') || path.contains('\\') || path.contains(':') {
        let help = "write it relative to the scenario's folder with `/` between parts, so that the scenario runs on every machine";
        return problems.at(path.span, format!("`{}` is not a relative path", path.value), help);
    }
    Some(path)
}

/// An absolute path within a pod.
pub(crate) fn within_pod(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let path = node.words("path", "/data/proof", problems)?;
    let tidy = path.starts_with('/') && path.len() > 1 && path[1..].split('/').all(|part| !matches!(part, "" | "." | ".."));
    if !tidy {
        let help = "write the whole path from the pod's root, without `.` and `..`, such as `/data/proof`";
        return problems.at(path.span, format!("`{}` is not an absolute path of a file", path.value), help);
    }
    Some(path)
}
