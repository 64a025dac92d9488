//! Structural schemas of custom resources: simple validation. What they drop and fill in beforehand is `pruning.rs`.
//!
//! Modelled: properties, items, additionalProperties, `x-kubernetes-int-or-string`, type, nullable, required, enum,
//! minimum, maximum, minLength, maxLength, minItems, maxItems. Not modelled: pattern, format, anyOf and its like,
//! list types. Rules in CEL are `rules.rs`'s.

use serde_json::Value;

use crate::store::status::FieldError;

/// What is wrong with a value at `path`.
pub fn validate(schema: &Value, value: &Value, path: &str, errors: &mut Vec<FieldError>) {
    if value.is_null() && schema["nullable"] == true {
        return;
    }
    if let Some(detail) = wrong_type(schema, value) {
        errors.push(FieldError::invalid(path, value, &detail));
        return;
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        let allowed: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
        errors.push(FieldError::not_supported(path, value, &allowed));
    }
    validate_bounds(schema, value, path, errors);
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(members) => {
            for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !members.contains_key(required) {
                    errors.push(FieldError::required(below(required), ""));
                }
            }
            for (key, member) in members {
                let inner = schema["properties"].get(key).unwrap_or(&schema["additionalProperties"]);
                validate(inner, member, &below(key), errors);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                validate(&schema["items"], element, &format!("{path}[{index}]"), errors);
            }
        }
        _ => {}
    }
}

fn wrong_type(schema: &Value, value: &Value) -> Option<String> {
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if schema["x-kubernetes-int-or-string"] == true {
        return (!matches!(is, "integer" | "string")).then(|| format!("must be of type integer or string: \"{is}\""));
    }
    let wanted = schema["type"].as_str()?;
    let fits = wanted == is || (wanted == "number" && is == "integer");
    (!fits).then(|| format!("must be of type {wanted}: \"{is}\""))
}

fn validate_bounds(schema: &Value, value: &Value, path: &str, errors: &mut Vec<FieldError>) {
    let size = match value {
        Value::Number(number) => number.as_f64().map(|number| (number, "minimum", "maximum", "")),
        Value::String(text) => Some((count(text.chars().count()), "minLength", "maxLength", " chars long")),
        Value::Array(elements) => Some((count(elements.len()), "minItems", "maxItems", " items")),
        _ => None,
    };
    let Some((size, least, most, unit)) = size else { return };
    if let Some(bound) = schema[least].as_f64().filter(|bound| size < *bound) {
        errors.push(FieldError::invalid(path, value, &format!("should be greater than or equal to {bound}{unit}")));
    }
    if let Some(bound) = schema[most].as_f64().filter(|bound| size > *bound) {
        errors.push(FieldError::invalid(path, value, &format!("should be less than or equal to {bound}{unit}")));
    }
}

fn count(length: usize) -> f64 {
    f64::from(u32::try_from(length).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Value {
        json!({"type": "object", "properties": {
            "spec": {"type": "object", "required": ["size"], "properties": {
                "size": {"type": "integer", "minimum": 1},
                "mode": {"type": "string", "default": "fast", "enum": ["fast", "slow"]},
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                "map": {"type": "object", "additionalProperties": {"type": "string"}}}}}})
    }

    #[test]
    fn what_is_wrong_is_named() {
        let table = [
            (json!({"spec": {"size": 1}}), ""),
            (json!({"spec": {}}), "spec.size: Required value"),
            (json!({"spec": {"size": "x"}}), "spec.size: Invalid value: \"x\": must be of type integer: \"string\""),
            (json!({"spec": {"size": 0}}), "spec.size: Invalid value: 0: should be greater than or equal to 1"),
            (json!({"spec": {"size": 1, "mode": "x"}}), "spec.mode: Unsupported value: \"x\": supported values: \"fast\", \"slow\""),
        ];
        for (value, expected) in table {
            let mut errors = Vec::new();
            validate(&schema(), &value, "", &mut errors);
            let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
            assert_eq!(texts.join("; "), expected, "{value}");
        }
    }
}
