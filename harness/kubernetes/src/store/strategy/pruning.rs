//! What a structural schema does to a custom resource before it is validated, in the order of the real server: members
//! that it does not specify go, then nulls that may not be and have no default, then defaults are filled in.
//!
//! Known from apiextensions-apiserver v0.36 (`schema/pruning`, `schema/defaulting`). A null in a list stays where the
//! elements have no default, and is refused by validation, there as here. Not modelled: the metadata of embedded
//! resources is kept as it was sent, without coercion.

use serde_json::{Map, Value};

const PRESERVE: &str = "x-kubernetes-preserve-unknown-fields";

/// Drops what the schema does not specify; a null schema specifies nothing.
pub fn prune(schema: &Value, value: &mut Value) {
    if schema[PRESERVE] == true {
        return prune_known(schema, value);
    }
    match value {
        Value::Object(members) => {
            members.retain(|key, _| is_own(schema, key) || member_schema(schema, key).is_some());
            below(schema, members, prune);
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| prune(&schema["items"], element)),
        _ => {}
    }
}

/// Where unknown members are preserved, those that are known are looked into all the same.
fn prune_known(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(members) => below(schema, members, prune),
        Value::Array(elements) => elements.iter_mut().for_each(|element| prune_known(&schema["items"], element)),
        _ => {}
    }
}

fn below(schema: &Value, members: &mut Map<String, Value>, act: impl Fn(&Value, &mut Value)) {
    for (key, member) in members.iter_mut().filter(|(key, _)| !is_own(schema, key)) {
        if let Some(inner) = member_schema(schema, key) {
            act(inner, member);
        }
    }
}

/// Drops nulls that are not nullable and that no default replaces.
pub fn prune_nulls(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(members) => {
            let lost = |key: &str, member: &Value| {
                let inner = member_schema(schema, key).filter(|inner| inner.is_object());
                inner.is_some_and(|inner| may_not_be(inner, member) && inner["default"].is_null())
            };
            members.retain(|key, member| !lost(key, member));
            for (key, member) in members.iter_mut() {
                prune_nulls(member_schema(schema, key).unwrap_or(&Value::Null), member);
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| prune_nulls(&schema["items"], element)),
        _ => {}
    }
}

/// Fills in defaults, outer before inner; a null that may not be one is taken for absence.
pub fn default(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (key, property) in schema["properties"].as_object().into_iter().flatten() {
                let absent = members.get(key).is_none_or(|member| may_not_be(property, member));
                if absent && !property["default"].is_null() {
                    members.insert(key.clone(), property["default"].clone());
                }
            }
            for (key, member) in members.iter_mut() {
                if let Some(inner) = member_schema(schema, key) {
                    default_one(inner, member);
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| default_one(&schema["items"], element)),
        _ => {}
    }
}

fn default_one(schema: &Value, value: &mut Value) {
    if may_not_be(schema, value) {
        *value = schema["default"].clone();
    }
    default(schema, value);
}

/// Whether it is a null where none may be.
fn may_not_be(schema: &Value, value: &Value) -> bool {
    value.is_null() && schema.is_object() && schema["nullable"] != true
}

/// The schema of a member: null where any value may stand that has no members itself (`additionalProperties: true`).
fn member_schema<'s>(schema: &'s Value, key: &str) -> Option<&'s Value> {
    static NOTHING: Value = Value::Null;
    schema["properties"].get(key).or(match &schema["additionalProperties"] {
        Value::Object(_) => schema.get("additionalProperties"),
        Value::Bool(true) => Some(&NOTHING),
        _ => None,
    })
}

fn is_own(schema: &Value, key: &str) -> bool {
    schema["x-kubernetes-embedded-resource"] == true && matches!(key, "apiVersion" | "kind" | "metadata")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Value {
        let text = json!({"type": "string"});
        json!({"type": "object", "properties": {
            "plain": text,
            "nullable": {"type": "string", "nullable": true},
            "filled": {"type": "string", "default": "d"},
            "both": {"type": "string", "default": "d", "nullable": true},
            "list": {"type": "array", "items": {"type": "object", "properties": {"a": text}}},
            "texts": {"type": "array", "items": text},
            "named": {"type": "array", "items": {"type": "string", "default": "n"}},
            "map": {"type": "object", "additionalProperties": text},
            "rich": {"type": "object", "additionalProperties": {"type": "string", "default": "m"}},
            "any": {"type": "object", "additionalProperties": true},
            "free": {"type": "object", PRESERVE: true, "properties": {"known": {"type": "object", "properties": {"a": text}}}},
            "inner": {"type": "object", "default": {}, "properties": {"deep": {"type": "integer", "default": 3}}},
            "embedded": {"type": "object", "x-kubernetes-embedded-resource": true}}})
    }

    /// What the three steps leave of a value, as apiextensions-apiserver v0.36.2 does (its own functions were run on these).
    #[test]
    fn what_a_schema_leaves_of_a_value() {
        let table = [
            (json!({"plain": null}), json!({})),
            (json!({"nullable": null}), json!({"nullable": null})),
            (json!({"filled": null}), json!({"filled": "d"})),
            (json!({"both": null}), json!({"both": null})),
            (json!({"list": null}), json!({})),
            (json!({"list": [{"a": null, "b": 1}, {"a": "x"}]}), json!({"list": [{}, {"a": "x"}]})),
            (json!({"texts": [null, "x"]}), json!({"texts": [null, "x"]})),
            (json!({"named": [null, "x"]}), json!({"named": ["n", "x"]})),
            (json!({"map": {"a": null, "b": "x"}}), json!({"map": {"b": "x"}})),
            (json!({"rich": {"a": null}}), json!({"rich": {"a": "m"}})),
            (json!({"any": {"a": null, "b": 1, "c": {"d": 1}}}), json!({"any": {"a": null, "b": 1, "c": {}}})),
            (json!({"free": {"a": null, "known": {"a": null, "x": 1}}}), json!({"free": {"a": null, "known": {}}})),
            (json!({"inner": null}), json!({})),
            (json!({"inner": {"deep": null}}), json!({"inner": {"deep": 3}})),
            (
                json!({"embedded": {"kind": "K", "metadata": {"x": 1}, "spec": 1}, "other": null}),
                json!({"embedded": {"kind": "K", "metadata": {"x": 1}}}),
            ),
        ];
        for (sent, mut expected) in table {
            let mut value = sent.clone();
            prune(&schema(), &mut value);
            prune_nulls(&schema(), &mut value);
            default(&schema(), &mut value);
            // Filled in everywhere.
            for (key, always) in [("filled", json!("d")), ("both", json!("d")), ("inner", json!({"deep": 3}))] {
                expected.as_object_mut().unwrap().entry(key).or_insert(always);
            }
            assert_eq!(value, expected, "{sent}");
        }
    }
}
