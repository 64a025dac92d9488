//! Fields that a kind does not know: what decoding drops.

use serde_json::Value;

/// The way to a value; put into words only where something is to be told.
enum Way<'a> {
    Top,
    Member(&'a Way<'a>, &'a str),
    Element(&'a Way<'a>, usize),
}

impl std::fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Top => Ok(()),
            Self::Member(Self::Top, key) => f.write_str(key),
            Self::Member(above, key) => write!(f, "{above}.{key}"),
            Self::Element(above, index) => write!(f, "{above}[{index}]"),
        }
    }
}

/// What was sent but not decoded, as the real server words it; nulls count as absent.
pub fn unknown_fields(sent: &Value, decoded: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(&Way::Top, sent, decoded, &mut found);
    found
}

fn compare(way: &Way<'_>, sent: &Value, decoded: &Value, found: &mut Vec<String>) {
    match (sent, decoded) {
        (Value::Object(sent), Value::Object(decoded)) => {
            for (key, value) in sent.iter().filter(|(_, value)| !value.is_null()) {
                let inner = Way::Member(way, key);
                match decoded.get(key) {
                    Some(decoded) => compare(&inner, value, decoded, found),
                    None => found.push(format!("unknown field \"{inner}\"")),
                }
            }
        }
        (Value::Array(sent), Value::Array(decoded)) => {
            for (index, (sent, decoded)) in sent.iter().zip(decoded).enumerate() {
                compare(&Way::Element(way, index), sent, decoded, found);
            }
        }
        _ => {}
    }
}
