//! Fields that a kind does not know: what decoding drops.

use serde_json::Value;

/// What was sent but not decoded, as the real server words it; nulls count as absent.
pub fn unknown_fields(sent: &Value, decoded: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", sent, decoded, &mut found);
    found
}

fn compare(path: &str, sent: &Value, decoded: &Value, found: &mut Vec<String>) {
    match (sent, decoded) {
        (Value::Object(sent), Value::Object(decoded)) => {
            for (key, value) in sent.iter().filter(|(_, value)| !value.is_null()) {
                let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match decoded.get(key) {
                    Some(decoded) => compare(&inner, value, decoded, found),
                    None => found.push(format!("unknown field \"{inner}\"")),
                }
            }
        }
        (Value::Array(sent), Value::Array(decoded)) => {
            for (index, (sent, decoded)) in sent.iter().zip(decoded).enumerate() {
                compare(&format!("{path}[{index}]"), sent, decoded, found);
            }
        }
        _ => {}
    }
}
