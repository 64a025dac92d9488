//! Columns that definitions declare: the JSON paths that they may have, and what becomes of a value.
//!
//! Modelled: members (`.a.b`, `['a.b']`, `\.` in a name), places (`[0]`), all elements (`[*]`) and filters by equality
//! (`[?(@.type=="Ready")]`). As on the real server the first value counts. Not modelled: other filters, slices, `..`.

use jiff::Timestamp;
use serde_json::Value;

use super::cells::age;

/// A step of a path.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Member(String),
    Place(usize),
    All,
    Where(Vec<Step>, String),
}

/// The cell of an object in a column of this type.
pub fn cell(object: &Value, path: &str, kind: &str, now: Timestamp) -> Value {
    let Some(value) = steps(path).and_then(|steps| find(object, &steps)) else { return Value::Null };
    match (kind, value) {
        (_, Value::Null) => Value::Null,
        ("integer", Value::Number(number)) => number.as_i64().map_or(Value::Null, Value::from),
        ("number", value @ Value::Number(_)) | ("boolean", value @ Value::Bool(_)) => value.clone(),
        ("integer" | "number" | "boolean", _) => Value::Null,
        ("date", Value::String(time)) => age(time, now).into(),
        ("date", _) => "<invalid>".into(),
        (_, Value::String(text)) => text.as_str().into(),
        (_, other) => other.to_string().into(),
    }
}

fn find<'v>(value: &'v Value, steps: &[Step]) -> Option<&'v Value> {
    let Some((first, rest)) = steps.split_first() else { return Some(value) };
    match first {
        Step::Member(name) => find(value.get(name)?, rest),
        Step::Place(place) => find(value.get(place)?, rest),
        Step::All => value.as_array()?.iter().find_map(|element| find(element, rest)),
        Step::Where(inner, wanted) => {
            let fits = |element: &&Value| find(element, inner).is_some_and(|there| reads_as(there, wanted));
            value.as_array()?.iter().filter(fits).find_map(|element| find(element, rest))
        }
    }
}

/// Whether a value is written like this: texts without their quotes.
fn reads_as(value: &Value, text: &str) -> bool {
    match value {
        Value::String(own) => own == text,
        other => text.parse::<Value>().is_ok_and(|parsed| parsed == *other),
    }
}

/// The steps of a path; `None` where it has one that is not known here.
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = path.trim().trim_start_matches('$');
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let end = end_of(inside)?;
            steps.push(bracket(&inside[..end])?);
            rest = &inside[end + 1..];
        } else {
            let (name, after) = member(rest.strip_prefix('.')?);
            if !name.is_empty() {
                steps.push(Step::Member(name));
            } else if !after.is_empty() {
                return None;
            }
            rest = after;
        }
    }
    Some(steps)
}

/// The name up to the next step; a backslash takes away what a point means.
fn member(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((place, char)) = chars.next() {
        match char {
            '\\' => name.extend(chars.next().map(|(_, escaped)| escaped)),
            '.' | '[' => return (name, &text[place..]),
            other => name.push(other),
        }
    }
    (name, "")
}

/// Where the bracket closes, outside of quotes.
fn end_of(text: &str) -> Option<usize> {
    let mut quote = None;
    for (place, char) in text.char_indices() {
        match (quote, char) {
            (None, ']') => return Some(place),
            (None, '\'' | '"') => quote = Some(char),
            (Some(open), char) if open == char => quote = None,
            _ => {}
        }
    }
    None
}

fn bracket(text: &str) -> Option<Step> {
    let quoted = |text: &str| {
        let text = text.trim();
        let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        text.strip_prefix(quote)?.strip_suffix(quote).map(str::to_owned)
    };
    if text == "*" {
        return Some(Step::All);
    }
    if let Some(filter) = text.strip_prefix("?(").and_then(|text| text.strip_suffix(')')) {
        let (path, wanted) = filter.split_once("==")?;
        let wanted = quoted(wanted).unwrap_or_else(|| wanted.trim().to_owned());
        return Some(Step::Where(steps(path.trim().strip_prefix('@')?)?, wanted));
    }
    quoted(text).map(Step::Member).or_else(|| text.parse().ok().map(Step::Place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_value_of_a_path_is_told() {
        let object = json!({"spec": {"size": 3, "on": true, "hosts": ["a", "b"], "a.b": "dot", "ratio": 1.5},
            "metadata": {"creationTimestamp": "2026-01-01T00:00:00Z"},
            "status": {"conditions": [{"type": "Synced", "status": "False"}, {"type": "Ready", "status": "True"}]}});
        let now = "2026-01-01T00:01:00Z".parse().unwrap();
        let table = [
            (".spec.size", "integer", json!(3)),
            (".spec.size", "string", json!("3")),
            (".spec.on", "boolean", json!(true)),
            (".spec.ratio", "integer", Value::Null),
            (".spec.hosts", "string", json!("[\"a\",\"b\"]")),
            (".spec.hosts[1]", "string", json!("b")),
            (".spec.hosts[*]", "string", json!("a")),
            (".spec['a.b']", "string", json!("dot")),
            (".spec.a\\.b", "string", json!("dot")),
            (".status.conditions[?(@.type==\"Ready\")].status", "string", json!("True")),
            (".status.conditions[?(@.type=='None')].status", "string", Value::Null),
            (".metadata.creationTimestamp", "date", json!("60s")),
            (".spec.none", "string", Value::Null),
            ("..size", "integer", Value::Null),
        ];
        for (path, kind, expected) in table {
            assert_eq!(cell(&object, path, kind, now), expected, "{path} as {kind}");
        }
    }
}
