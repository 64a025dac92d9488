//! Placeholders in what a descriptor tells a program: `${kubeconfig}`.

use std::collections::BTreeMap;

use super::model::Program;
use super::wrong::PlaceholderError;

/// What placeholders stand for, by their names.
pub(crate) type Words = BTreeMap<&'static str, String>;

/// A placeholder, and whether a process may use it.
type Placeholder = (&'static str, fn(&Program) -> bool);

const KNOWN: [Placeholder; 8] = [
    // The kubeconfig of the process's account.
    ("kubeconfig", |_| true),
    // A folder of the process's own; its files lie there.
    ("folder", |_| true),
    // Whether the scenario's world has zones: `true` or `false`.
    ("zones", |_| true),
    // vsphere.conf of the CSI driver, in INI.
    ("csi-configuration", |_| true),
    // vsphere.conf of the cloud controller manager, in YAML.
    ("ccm-configuration", |_| true),
    // Where the process is to serve CSI: a path.
    ("socket", Program::serves),
    // The node that a node plugin is on.
    ("node", Program::is_node_plugin),
    // Where the process reaches the CSI controller: a path. What is sent there is recorded on its way.
    ("controller-socket", |process| !process.serves()),
];

/// Puts words in the place of placeholders.
pub(crate) fn fill(text: &str, words: &Words) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, name, after)) = split(rest) {
        filled.push_str(before);
        // What is not known was refused when the descriptor was read.
        filled.push_str(words.get(name).map(String::as_str).unwrap_or_default());
        rest = after;
    }
    filled + rest
}

/// Refuses placeholders that stand for nothing.
pub(super) fn check(text: &str, process: &Program) -> Result<(), PlaceholderError> {
    let there: Vec<&str> = KNOWN.iter().filter(|(_, allowed)| allowed(process)).map(|(known, _)| *known).collect();
    let rest = only(&there, text)?;
    if rest.contains("${") { Err(PlaceholderError::Open { text: text.to_owned() }) } else { Ok(()) }
}

/// Refuses placeholders in a flag of a sidecar of the harness's own, which knows only what the world is like.
pub(super) fn check_world(text: &str) -> Result<(), PlaceholderError> {
    only(&["zones"], text).map(drop)
}

/// Refuses all placeholders but these; answers what comes after the last.
fn only<'t>(there: &[&'static str], text: &'t str) -> Result<&'t str, PlaceholderError> {
    let mut rest = text;
    while let Some((_, name, after)) = split(rest) {
        if !there.contains(&name) {
            return Err(PlaceholderError::Unknown { name: name.to_owned(), there: there.to_vec() });
        }
        rest = after;
    }
    Ok(rest)
}

/// What stands before the first placeholder, its name, what comes after it.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}
