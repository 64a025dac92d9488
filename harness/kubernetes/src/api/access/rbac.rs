//! RBAC: what the roles say to which a user is bound.

use std::sync::Arc;

use seatrial_wires::Identity;
use serde_json::Value;

use super::Attributes;
use crate::store::Store;
use crate::store::value::{list, part, text};

const GROUP: &str = "rbac.authorization.k8s.io";

/// Whether some rule allows it.
pub(super) fn allows(store: &Store, user: &Identity, asked: &Attributes) -> bool {
    rules(store, user, &asked.namespace).iter().any(|rule| covers(rule, asked))
}

/// All rules that hold for a user in a namespace (empty: in the cluster).
pub(super) fn rules(store: &Store, user: &Identity, namespace: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for binding in store.objects(GROUP, "clusterrolebindings") {
        if binds(binding, user, "") {
            found.extend_from_slice(rules_of(role(store, binding, "")));
        }
    }
    let inside = |binding: &&Arc<Value>| !namespace.is_empty() && text(binding, "/metadata/namespace") == namespace;
    for binding in store.objects(GROUP, "rolebindings").filter(inside) {
        if binds(binding, user, namespace) {
            found.extend_from_slice(rules_of(role(store, binding, namespace)));
        }
    }
    found
}

fn role<'a>(store: &'a Store, binding: &Value, namespace: &str) -> Option<&'a Arc<Value>> {
    let name = text(binding, "/roleRef/name");
    match text(binding, "/roleRef/kind") {
        "ClusterRole" => store.objects(GROUP, "clusterroles").find(|role| text(role, "/metadata/name") == name),
        _ => store
            .objects(GROUP, "roles")
            .find(|role| text(role, "/metadata/name") == name && text(role, "/metadata/namespace") == namespace),
    }
}

fn rules_of(role: Option<&Arc<Value>>) -> &[Value] {
    role.map_or(&[], |role| list(role, "/rules"))
}

fn binds(binding: &Value, user: &Identity, namespace: &str) -> bool {
    list(binding, "/subjects").iter().any(|subject| {
        let name = text(subject, "/name");
        match text(subject, "/kind") {
            "User" => name == user.name,
            "Group" => user.groups.iter().any(|group| group == name),
            "ServiceAccount" => {
                let own = text(subject, "/namespace");
                let namespace = if own.is_empty() { namespace } else { own };
                user.name.strip_prefix("system:serviceaccount:").is_some_and(|account| account == format!("{namespace}:{name}"))
            }
            _ => false,
        }
    })
}

/// Whether a rule allows it.
fn covers(rule: &Value, asked: &Attributes) -> bool {
    let has = |field: &str, wanted: &str| {
        part(rule, field).as_array().is_some_and(|values| values.iter().any(|value| value == "*" || value == wanted))
    };
    if !has("/verbs", &asked.verb) {
        return false;
    }
    if asked.resource.is_empty() {
        let fits = |url: &str| url == "*" || url == asked.path || url.strip_suffix('*').is_some_and(|start| asked.path.starts_with(start));
        return list(rule, "/nonResourceURLs").iter().filter_map(Value::as_str).any(fits);
    }
    let names = list(rule, "/resourceNames");
    let every = !asked.subresource.is_empty() && has("/resources", &format!("*/{}", asked.subresource));
    has("/apiGroups", &asked.group)
        && (has("/resources", &asked.combined()) || every)
        && (names.is_empty() || names.iter().any(|name| *name == asked.name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(verb: &str, group: &str, combined: &str, name: &str) -> Attributes {
        let (resource, subresource) = combined.split_once('/').unwrap_or((combined, ""));
        let [verb, group, resource, subresource, name] = [verb, group, resource, subresource, name].map(str::to_owned);
        Attributes { verb, group, resource, subresource, name, ..Attributes::default() }
    }

    #[test]
    fn rules_cover_what_they_say_and_nothing_else() {
        let rule = json!({"verbs": ["get", "list"], "apiGroups": ["", "apps"], "resources": ["pods", "pods/status", "*/scale"]});
        let named = json!({"verbs": ["*"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["one"]});
        let table = [
            (&rule, asked("get", "", "pods", "p"), true),
            (&rule, asked("list", "apps", "pods", ""), true),
            (&rule, asked("get", "", "pods/status", "p"), true),
            (&rule, asked("get", "apps", "deployments/scale", "d"), true),
            (&rule, asked("get", "", "pods/log", "p"), false),
            (&rule, asked("watch", "", "pods", ""), false),
            (&rule, asked("get", "batch", "pods", "p"), false),
            (&named, asked("delete", "", "secrets", "one"), true),
            (&named, asked("delete", "", "secrets", "two"), false),
            (&named, asked("list", "", "secrets", ""), false),
        ];
        for (rule, asked, expected) in table {
            assert_eq!(covers(rule, &asked), expected, "{asked:?}");
        }
        let paths = json!({"verbs": ["get"], "nonResourceURLs": ["/healthz", "/apis/*"]});
        for (path, expected) in [("/healthz", true), ("/healthz/etcd", false), ("/apis/apps/v1", true), ("/version", false)] {
            let asked = Attributes { verb: "get".to_owned(), path: path.to_owned(), ..Attributes::default() };
            assert_eq!(covers(&paths, &asked), expected, "{path}");
        }
    }
}
