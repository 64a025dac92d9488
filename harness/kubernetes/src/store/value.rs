//! Small helpers to read and write JSON objects by path; none panics on a value of another shape.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// The text at a JSON pointer; empty when there is none.
pub fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    pointed(object, pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The elements of the list at a JSON pointer; empty when there is none.
pub fn list<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    pointed(object, pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The value at a JSON pointer; null when there is none.
pub fn part<'a>(object: &'a Value, pointer: &str) -> &'a Value {
    pointed(object, pointer).unwrap_or(&Value::Null)
}

/// `Value::pointer`, without the copy of each step that it makes to undo escapes: hardly any pointer here has one.
fn pointed<'a>(object: &'a Value, pointer: &str) -> Option<&'a Value> {
    let (mut place, mut rest) = (object, pointer);
    while let Value::Object(members) = place
        && let Some(steps) = rest.strip_prefix('/')
    {
        let end = steps.bytes().position(|byte| byte == b'/').unwrap_or(steps.len());
        let step = &steps[..end];
        if step.bytes().any(|byte| byte == b'~') {
            break;
        }
        place = members.get(step)?;
        rest = &steps[end..];
    }
    // The end, or a list's index, or an escape.
    if rest.is_empty() { Some(place) } else { place.pointer(rest) }
}

/// Puts a value at a path, making objects on the way; nothing happens where the way is blocked by a scalar.
pub fn put(object: &mut Value, path: &[&str], value: impl Into<Value>) {
    let Some((last, way)) = path.split_last() else { return };
    let mut place = object;
    for step in way {
        let Some(members) = members(place) else { return };
        place = members.entry((*step).to_owned()).or_insert_with(|| Value::Object(Map::new()));
    }
    if let Some(members) = members(place) {
        members.insert((*last).to_owned(), value.into());
    }
}

/// Puts a value at a path where there is none or null.
pub fn default_to(object: &mut Value, path: &[&str], value: impl Into<Value>) {
    if at(object, path).is_null() {
        put(object, path, value);
    }
}

/// The value at a path; null when there is none.
pub fn at<'a>(object: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(object, |place, step| place.get(step).unwrap_or(&Value::Null))
}

/// Removes what is at a path and answers it.
pub fn take(object: &mut Value, path: &[&str]) -> Option<Value> {
    let (last, way) = path.split_last()?;
    let mut place = object;
    for step in way {
        place = place.get_mut(step)?;
    }
    place.as_object_mut()?.remove(*last)
}

/// Makes `target` have at `path` exactly what `source` has there.
pub fn copy(target: &mut Value, source: &Value, path: &[&str]) {
    match at(source, path) {
        Value::Null => {
            take(target, path);
        }
        value if at(target, path) == value => {}
        value => put(target, path, value.clone()),
    }
}

/// Runs `change` on each element of the list at a path.
pub fn for_each(object: &mut Value, path: &[&str], mut change: impl FnMut(&mut Value)) {
    let mut place = object;
    for step in path {
        let Some(next) = place.get_mut(step) else { return };
        place = next;
    }
    for element in place.as_array_mut().into_iter().flatten() {
        change(element);
    }
}

/// A timestamp as Kubernetes writes it: whole seconds, UTC.
pub fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A quantity (`5Gi`, `500m`, `1e3`) in thousandths; `None` when it is not one.
pub fn quantity(text: &str) -> Option<i128> {
    const SUFFIXES: [(&str, i128); 14] = [
        ("Ki", 1_000 << 10),
        ("Mi", 1_000 << 20),
        ("Gi", 1_000 << 30),
        ("Ti", 1_000 << 40),
        ("Pi", 1_000 << 50),
        ("Ei", 1_000 << 60),
        ("m", 1),
        ("k", 1_000_000),
        ("M", 1_000_000_000),
        ("G", 1_000_000_000_000),
        ("T", 1_000_000_000_000_000),
        ("P", 1_000_000_000_000_000_000),
        ("E", 1_000_000_000_000_000_000_000),
        ("", 1_000),
    ];
    let (number, scale) = SUFFIXES.iter().find_map(|(suffix, scale)| text.strip_suffix(suffix).map(|number| (number, *scale)))?;
    let (number, exponent) = match number.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<u32>().ok().filter(|exponent| *exponent <= 18)?),
        None => (number, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    let value: i128 = digits.parse().ok()?;
    let divisor = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    value.checked_mul(scale)?.checked_mul(10_i128.checked_pow(exponent)?)?.checked_div(divisor)
}

fn members(value: &mut Value) -> Option<&mut Map<String, Value>> {
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_compared_whatever_their_suffix() {
        let table = [
            ("5Gi", Some(5_368_709_120_000)),
            ("500m", Some(500)),
            ("1.5", Some(1_500)),
            ("1e3", Some(1_000_000)),
            ("x", None),
            ("", None),
        ];
        for (text, thousandths) in table {
            assert_eq!(quantity(text), thousandths, "{text}");
        }
    }

    #[test]
    fn nothing_is_put_below_a_scalar() {
        let mut object = serde_json::json!({"a": 1});
        put(&mut object, &["a", "b"], true);
        put(&mut object, &["c", "d"], true);
        assert_eq!(object, serde_json::json!({"a": 1, "c": {"d": true}}));
    }
}
