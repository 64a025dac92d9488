//! `expect: {mount-of: …}`: how a claim's volume is mounted for a pod.

use std::fmt;

use crate::model::steps::parts::{claim, pod};
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Looks at how the volume of a claim is mounted for a pod, as its node has it: with which file system and options, and
/// whose it is.
///
/// ```yaml
/// - expect: {mount-of: data-web-0, in: web-0, file-system: xfs, options: [noatime, rw], without: [ro], group: 2000}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectMount {
    /// The claim.
    pub of: Spanned<String>,
    /// The pod.
    pub pod: Spanned<String>,
    /// The file system that must be on it.
    pub file_system: Option<Spanned<String>>,
    /// Options that it must be mounted with.
    pub options: Vec<Spanned<String>>,
    /// Options that it must not be mounted with.
    pub without: Vec<Spanned<String>>,
    /// The group that its root must belong to; 0 is root's.
    pub group: Option<Spanned<u32>>,
}

impl fmt::Display for ExpectMount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expect the volume of {} to be mounted in {}", self.of, self.pod)?;
        if let Some(file_system) = &self.file_system {
            write!(f, " as {file_system}")?;
        }
        let listed = |options: &[Spanned<String>]| options.iter().map(|option| option.value.as_str()).collect::<Vec<_>>().join(",");
        if !self.options.is_empty() {
            write!(f, " with {}", listed(&self.options))?;
        }
        if !self.without.is_empty() {
            write!(f, " without {}", listed(&self.without))?;
        }
        if let Some(group) = &self.group {
            write!(f, " for group {group}")?;
        }
        Ok(())
    }
}

/// As Kubernetes has it.
pub(crate) const GROUP_MAX: u32 = i32::MAX as u32;

pub(crate) const EXAMPLE: &str = "{mount-of: data-web-0, in: web-0, options: [noatime]}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<ExpectMount> {
    let mut fields = Fields::of(node, "expect", EXAMPLE, problems)?;
    let of = fields.required("mount-of", problems).and_then(|node| claim(node, problems));
    let pod = fields.required("in", problems).and_then(|node| pod(node, problems));
    let file_system = fields.maybe("file-system", problems, |node, problems| node.words("file-system", "ext4", problems));
    let options = fields.maybe("options", problems, options_of);
    let without = fields.maybe("without", problems, options_of);
    let group = fields.maybe("group", problems, |node, problems| node.number("group", 0, GROUP_MAX, problems));
    fields.finish(problems);
    Some(ExpectMount {
        of: of?,
        pod: pod?,
        file_system: file_system?,
        options: options?.unwrap_or_default(),
        without: without?.unwrap_or_default(),
        group: group?,
    })
}

fn options_of(node: &Node, problems: &mut Problems) -> Option<Vec<Spanned<String>>> {
    node.some("options", "[noatime]", problems)?.iter().map(|member| member.words("option", "noatime", problems)).collect()
}
