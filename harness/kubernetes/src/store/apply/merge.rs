//! What applying does to an object: what is stated is laid over it, what is no longer stated is taken out.

use serde_json::{Map, Value};

use super::fields::Fields;
use super::typing::Typing;

/// Lays `stated` over `value`.
pub(super) fn lay(typing: Typing<'_>, value: &mut Value, stated: &Value) {
    let Some(parts) = typing.parts(stated) else {
        *value = stated.clone();
        return;
    };
    match (stated, &mut *value) {
        (Value::Object(_), Value::Object(members)) => {
            for (step, inner, part) in parts {
                let name = step.trim_start_matches("f:");
                lay(inner, members.entry(name.to_owned()).or_insert(Value::Null), part);
            }
        }
        (Value::Array(_), Value::Array(_)) => {
            for (step, inner, part) in parts {
                let place = typing.parts(value).unwrap_or_default().iter().position(|(there, ..)| *there == step);
                let Value::Array(elements) = &mut *value else { return };
                match place.and_then(|place| elements.get_mut(place)) {
                    Some(there) => lay(inner, there, part),
                    None => elements.push(part.clone()),
                }
            }
        }
        // What stood there was nothing, or something else.
        (Value::Object(_), _) => {
            *value = Value::Object(Map::new());
            lay(typing, value, stated);
        }
        _ => *value = stated.clone(),
    }
}

/// The fields in which `value` differs from what it was, or is new.
pub(super) fn changed(typing: Typing<'_>, before: Option<&Value>, value: &Value) -> Fields {
    let Some(parts) = typing.parts(value).filter(|parts| !parts.is_empty()) else {
        return if before == Some(value) { Fields::default() } else { Fields::leaf() };
    };
    let there = before.and_then(|before| typing.parts(before)).unwrap_or_default();
    let mut fields = Fields { member: before.is_none() && typing.is_map(), ..Fields::default() };
    for (step, inner, part) in parts {
        let old = there.iter().find(|(other, ..)| *other == step).map(|(_, _, old)| *old);
        let mut below = changed(inner, old, part);
        below.member |= old.is_none() && !step.starts_with("f:");
        if !below.is_empty() {
            fields.below.insert(step, below);
        }
    }
    fields
}

/// Takes out the fields in `dropped` that nobody else holds, and what is empty after that.
pub(super) fn prune(typing: Typing<'_>, value: &mut Value, dropped: &Fields, others: Option<&Fields>) {
    for (step, inner) in &dropped.below {
        let held = others.and_then(|others| others.below.get(step));
        let Some((place, typing)) = find(typing, value, step) else { continue };
        let gone = if inner.member && held.is_none() {
            true
        } else {
            let Some(part) = part_mut(value, place, step) else { continue };
            prune(typing, part, inner, held);
            held.is_none() && step.starts_with("f:") && is_hollow(part)
        };
        if gone {
            remove(value, place, step);
        }
    }
}

fn find<'a>(typing: Typing<'a>, value: &Value, step: &str) -> Option<(usize, Typing<'a>)> {
    let parts = typing.parts(value)?;
    parts.iter().position(|(there, ..)| there == step).and_then(|place| parts.get(place).map(|(_, inner, _)| (place, *inner)))
}

fn part_mut<'v>(value: &'v mut Value, place: usize, step: &str) -> Option<&'v mut Value> {
    match value {
        Value::Object(members) => members.get_mut(step.trim_start_matches("f:")),
        Value::Array(elements) => elements.get_mut(place),
        _ => None,
    }
}

fn remove(value: &mut Value, place: usize, step: &str) {
    match value {
        Value::Object(members) => drop(members.remove(step.trim_start_matches("f:"))),
        Value::Array(elements) => drop(elements.remove(place)),
        _ => {}
    }
}

fn is_hollow(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        _ => false,
    }
}
