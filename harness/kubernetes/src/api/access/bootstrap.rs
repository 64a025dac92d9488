//! What a live cluster has from its first day: roles, bindings, the `default` account of each first namespace.
//!
//! They are objects like others and can be changed. A run in virtual time has none of them: nobody is judged there.

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

use crate::store::{FIRST_NAMESPACES, Place};

const GROUP: &str = "rbac.authorization.k8s.io";

#[derive(Deserialize)]
struct Policy {
    roles: BTreeMap<String, Vec<String>>,
    bindings: BTreeMap<String, Vec<String>>,
}

/// The objects, with the place of each.
pub(in crate::api) fn policy() -> Vec<(Place, Value)> {
    let policy: Policy = serde_saphyr::from_str(include_str!("bootstrap.yaml")).expect("our own table can be read");
    let place = |plural: &str| Place::new(GROUP, "v1", plural, "");
    let labels = json!({"kubernetes.io/bootstrapping": "rbac-defaults"});
    let mut objects = Vec::new();
    for (name, rules) in &policy.roles {
        let rules: Vec<Value> = rules.iter().map(|rule| read_rule(rule)).collect();
        objects.push((place("clusterroles"), json!({"metadata": {"name": name, "labels": labels}, "rules": rules})));
    }
    for (name, subjects) in &policy.bindings {
        let subject = |text: &String| {
            let (kind, name) = text.split_once(' ').unwrap_or(("User", text));
            json!({"apiGroup": GROUP, "kind": kind, "name": name})
        };
        let subjects: Vec<Value> = subjects.iter().map(subject).collect();
        let role = json!({"apiGroup": GROUP, "kind": "ClusterRole", "name": name});
        objects.push((
            place("clusterrolebindings"),
            json!({"metadata": {"name": name, "labels": labels}, "subjects": subjects, "roleRef": role}),
        ));
    }
    for namespace in FIRST_NAMESPACES {
        objects.push((Place::new("", "v1", "serviceaccounts", namespace), json!({"metadata": {"name": "default"}})));
    }
    objects
}

fn read_rule(rule: &str) -> Value {
    let mut columns = rule.split('|').map(|column| column.split_whitespace().collect::<Vec<&str>>());
    let mut next = || columns.next().unwrap_or_default();
    let (verbs, second, third) = (next(), next(), next());
    if third.is_empty() {
        return json!({"verbs": verbs, "nonResourceURLs": second});
    }
    let groups: Vec<&str> = second.into_iter().map(|group| if group == "core" { "" } else { group }).collect();
    json!({"verbs": verbs, "apiGroups": groups, "resources": third})
}
