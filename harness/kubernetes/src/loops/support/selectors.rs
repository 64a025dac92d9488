//! Label selectors, node selectors, taints.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Taint, Toleration};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::ResourceExt;

/// Whether the labels fit the selector; one without terms fits everything.
pub(crate) fn fits_labels(selector: &LabelSelector, labels: &BTreeMap<String, String>) -> bool {
    let equal = selector.match_labels.iter().flatten().all(|(key, value)| labels.get(key) == Some(value));
    equal
        && selector
            .match_expressions
            .iter()
            .flatten()
            .all(|term| fits_expression(labels.get(&term.key), &term.operator, term.values.as_deref().unwrap_or_default()))
}

/// Whether the node fits one of the selector's terms; a term without requirements fits no node.
pub(crate) fn fits_node(selector: &NodeSelector, node: &Node) -> bool {
    selector.node_selector_terms.iter().any(|term| fits_term(term, node))
}

fn fits_term(term: &NodeSelectorTerm, node: &Node) -> bool {
    let expressions = term.match_expressions.as_deref().unwrap_or_default();
    let fields = term.match_fields.as_deref().unwrap_or_default();
    if expressions.is_empty() && fields.is_empty() {
        return false;
    }
    let name = node.name_any();
    let fits = |value: Option<&String>, requirement: &NodeSelectorRequirement| {
        fits_expression(value, &requirement.operator, requirement.values.as_deref().unwrap_or_default())
    };
    expressions.iter().all(|requirement| fits(node.labels().get(&requirement.key), requirement))
        && fields.iter().all(|requirement| requirement.key == "metadata.name" && fits(Some(&name), requirement))
}

fn fits_expression(value: Option<&String>, operator: &str, values: &[String]) -> bool {
    match operator {
        "In" => value.is_some_and(|value| values.contains(value)),
        "NotIn" => value.is_none_or(|value| !values.contains(value)),
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        "Gt" | "Lt" => {
            let (Some(have), Some(want)) =
                (value.and_then(|value| value.parse::<i64>().ok()), values.first().and_then(|want| want.parse::<i64>().ok()))
            else {
                return false;
            };
            if operator == "Gt" { have > want } else { have < want }
        }
        _ => false,
    }
}

/// Whether a toleration covers the taint.
pub(crate) fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    let effect = toleration.effect.as_deref().unwrap_or_default();
    let key = toleration.key.as_deref().unwrap_or_default();
    if !effect.is_empty() && effect != taint.effect || !key.is_empty() && key != taint.key {
        return false;
    }
    match toleration.operator.as_deref().unwrap_or("Equal") {
        "Exists" => true,
        // An empty key needs the operator Exists.
        _ => !key.is_empty() && toleration.value.as_deref().unwrap_or_default() == taint.value.as_deref().unwrap_or_default(),
    }
}
