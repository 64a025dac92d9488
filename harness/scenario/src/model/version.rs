//! Versions of vCenter.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Content, Node, Problems};

/// A vCenter version: `8.0.3` is 8.0 Update 3.
///
/// Which versions can be played is the fake vCenter's to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// `8` of `8.0.3`.
    pub major: u16,
    /// `0` of `8.0.3`.
    pub minor: u16,
    /// `3` of `8.0.3`.
    pub update: u16,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.update)
    }
}

/// Reads one version, or a list of different ones.
pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Vec<Spanned<Version>>> {
    if !matches!(node.content, Content::List(_)) {
        return Some(vec![one(node, problems)?]);
    }
    let mut versions: Vec<Spanned<Version>> = Vec::new();
    for member in node.some("version", "[8.0.3, 9.1.0]", problems)? {
        let version = one(member, problems)?;
        if versions.iter().any(|earlier| earlier.value == version.value) {
            return problems.at(version.span, format!("version {version} is there twice"), "name each version once");
        }
        versions.push(version);
    }
    Some(versions)
}

fn one(node: &Node, problems: &mut Problems) -> Option<Spanned<Version>> {
    let text = node.text("version", "8.0.3", problems)?;
    let numbers: Option<Vec<u16>> = text.split('.').map(number).collect();
    match numbers.as_deref() {
        Some(&[major, minor, update]) => Some(text.map(|_| Version { major, minor, update })),
        _ => problems.at(
            node.span,
            format!("`{}` is not a vCenter version", text.value),
            "write major, minor and update: `8.0.3` is 8.0 Update 3",
        ),
    }
}

fn number(part: &str) -> Option<u16> {
    let plain = part.bytes().all(|byte| byte.is_ascii_digit()) && (part == "0" || !part.starts_with('0'));
    if plain { part.parse().ok() } else { None }
}
