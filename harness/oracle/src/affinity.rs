//! Which nodes a PersistentVolume's node affinity allows, as the scheduler reads it.
//!
//! Terms are alternatives, the requirements of a term hold together. Not modelled: Gt and Lt, which volumes do not use.

use serde_json::Value;

use crate::view::Seen;

/// Whether a pod that uses the volume may run on the node.
pub(crate) fn allows(persistent_volume: &Seen, name: &str, node: &Seen) -> bool {
    let terms = persistent_volume.state.pointer("/spec/nodeAffinity/required/nodeSelectorTerms").and_then(Value::as_array);
    terms.is_none_or(|terms| terms.iter().any(|term| term_allows(term, name, node)))
}

fn term_allows(term: &Value, name: &str, node: &Seen) -> bool {
    let list = |member: &str| term.get(member).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let (labels, fields) = (list("matchExpressions"), list("matchFields"));
    // A term without requirements allows nothing.
    !(labels.is_empty() && fields.is_empty())
        && labels.iter().all(|requirement| holds(requirement, |key| node.text(&["metadata", "labels", key])))
        && fields.iter().all(|requirement| holds(requirement, |key| (key == "metadata.name").then_some(name)))
}

fn holds<'a>(requirement: &Value, found: impl Fn(&str) -> Option<&'a str>) -> bool {
    let found = requirement.get("key").and_then(Value::as_str).and_then(found);
    let values = requirement.get("values").and_then(Value::as_array);
    let listed = found.is_some_and(|found| values.into_iter().flatten().any(|value| value == found));
    match requirement.get("operator").and_then(Value::as_str) {
        Some("In") => listed,
        Some("NotIn") => !listed,
        Some("Exists") => found.is_some(),
        Some("DoesNotExist") => found.is_none(),
        _ => false,
    }
}
