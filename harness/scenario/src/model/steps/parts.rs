//! Parts that several steps have in common: a pod, a claim, a file in a pod, an object and what is said of it.

use crate::model::{object, path};
use crate::span::Spanned;
use crate::yaml::{Content, Fields, Node, Problems};

/// What `write` and `read` have in common.
pub(crate) struct FileInPod {
    pub(crate) pod: Spanned<String>,
    pub(crate) path: Spanned<String>,
    pub(crate) text: Spanned<String>,
}

pub(super) fn file_in_pod(node: &Node, what: &'static str, problems: &mut Problems) -> Option<FileInPod> {
    let mut fields = Fields::of(node, what, "{pod: web-0, path: /data/proof, text: \"kept\"}", problems)?;
    let pod = fields.required("pod", problems).and_then(|node| pod(node, problems));
    let path = fields.required("path", problems).and_then(|node| path::within_pod(node, problems));
    let text = fields.required("text", problems).and_then(|node| node.text("text", "\"kept\"", problems));
    fields.finish(problems);
    Some(FileInPod { pod: pod?, path: path?, text: text? })
}

/// A pod's name.
pub(crate) fn pod(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let pod = node.words("pod", "web-0", problems)?;
    if !object::is_name(&pod) {
        let help = match pod.strip_prefix("pod/") {
            Some(name) => format!("write only its name: `{name}`"),
            None => "pod names are lower-case letters, digits, `-` and `.`, such as `web-0`".to_owned(),
        };
        return problems.at(pod.span, format!("`{}` cannot be a pod's name", pod.value), help);
    }
    Some(pod)
}

/// The name of a claim whose volume is meant.
pub(crate) fn claim(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let claim = node.words("volume", "data-web-2", problems)?;
    if !object::is_name(&claim) {
        let message = format!("`{}` cannot be a claim's name", claim.value);
        return problems.at(claim.span, message, "name the PersistentVolumeClaim alone, such as `data-web-2`");
    }
    Some(claim)
}

/// The one `kind/name: value` entry of `wait` and `scale`.
pub(super) fn object_entry<'a>(
    fields: &mut Fields<'a>,
    example: &str,
    problems: &mut Problems,
) -> Option<(Spanned<object::ObjectName>, Spanned<String>, &'a Node)> {
    let (name, node) = fields.named("object", example, problems)?;
    let object = object::decode(name, problems)?;
    let text = match &node.content {
        Content::Scalar(text) => Spanned::new(text.clone(), node.span),
        _ => return node.is_not(&format!("what is said of {}", object.value), "a single value", example, problems),
    };
    Some((object, text, node))
}
