//! What the real server leaves out of built-in objects: members that are empty or zero and that its JSON omits then.
//!
//! The table of types says which (`?` and `*`); clients see it in answers, watches and diffs (`taints: []` is not there).
//! Not modelled: the reverse, empty objects that the real one tells because its language has no absence for them
//! (`status: {}`), beyond those that the kinds' defaults put there.

use serde_json::{Map, Value};

use crate::schema::{self, Field, Shape, Type};

/// Leaves out of an object, of the type that the table has under `name`, what is omitted.
pub fn omit_empty(name: &str, object: &mut Value) {
    // Most objects have nothing of the kind, which is seen sooner than looked up.
    if may_omit(object)
        && let (Some(of), Some(members)) = (schema::of(name), object.as_object_mut())
    {
        omit_in(of, members);
    }
}

fn may_omit(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty() || members.values().any(may_omit),
        Value::Array(elements) => elements.is_empty() || elements.iter().any(may_omit),
        scalar => is_zero(scalar),
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(_) | Value::Object(_) => false,
    }
}

fn omit_in(of: &Type, members: &mut Map<String, Value>) {
    members.retain(|name, value| {
        let Some(field) = of.named(name) else { return true };
        !is_omitted(field, value)
    });
    for (name, value) in members.iter_mut() {
        if let Some(field) = of.named(name) {
            omit_below(&field.shape, value);
        }
    }
}

fn is_omitted(field: &Field, value: &Value) -> bool {
    match (&field.shape, value) {
        (Shape::List(_), Value::Array(elements)) => elements.is_empty() && !field.keeps_empty,
        (Shape::Map(_), Value::Object(members)) => members.is_empty() && !field.keeps_empty,
        _ => field.omits_zero && is_zero(value),
    }
}

fn omit_below(shape: &Shape, value: &mut Value) {
    match (shape, value) {
        (Shape::Object(name), Value::Object(members)) => {
            if let Some(of) = schema::of(name) {
                omit_in(of, members);
            }
        }
        (Shape::List(inner), Value::Array(elements)) => elements.iter_mut().for_each(|element| omit_below(inner, element)),
        (Shape::Map(inner), Value::Object(members)) => members.values_mut().for_each(|member| omit_below(inner, member)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What Go's encoder makes of these, decoded into the API's types (v1.36.2) and encoded again.
    #[test]
    fn what_is_empty_is_left_out_where_the_real_one_leaves_it_out() {
        let table = [
            ("core.Node", json!({"spec": {"taints": [], "unschedulable": false, "podCIDR": ""}}), json!({"spec": {}})),
            ("core.ConfigMap", json!({"data": {}, "metadata": {"labels": {}, "finalizers": []}}), json!({"metadata": {}})),
            ("core.ConfigMap", json!({"data": {"a": ""}}), json!({"data": {"a": ""}})),
            ("core.Pod", json!({"spec": {"containers": [], "volumes": []}}), json!({"spec": {"containers": []}})),
            (
                "core.Pod",
                json!({"spec": {"containers": [{"name": "c", "args": [], "env": [{"name": "A", "value": ""}], "securityContext": {}}]}}),
                json!({"spec": {"containers": [{"name": "c", "env": [{"name": "A"}], "securityContext": {}}]}}),
            ),
            ("apps.Deployment", json!({"spec": {"replicas": 0, "minReadySeconds": 0}}), json!({"spec": {"replicas": 0}})),
            (
                "apps.Deployment",
                json!({"spec": {"strategy": {"rollingUpdate": {"maxSurge": 0}}}}),
                json!({"spec": {"strategy": {"rollingUpdate": {"maxSurge": 0}}}}),
            ),
            ("storage.CSINode", json!({"spec": {"drivers": []}}), json!({"spec": {"drivers": []}})),
            ("rbac.ClusterRole", json!({"rules": []}), json!({"rules": []})),
            (
                "core.PersistentVolume",
                json!({"spec": {"csi": {"driver": "d", "readOnly": false, "volumeAttributes": {}}}}),
                json!({"spec": {"csi": {"driver": "d"}}}),
            ),
        ];
        for (name, sent, expected) in table {
            let mut object = sent.clone();
            omit_empty(name, &mut object);
            assert_eq!(object, expected, "{name} {sent}");
        }
    }
}
