//! JSON patch with the loose rules of the real server's library.
//!
//! Modelled: `replace` of a missing member adds it, `test` against null holds where there is nothing, a `remove` or
//! `test` that fails refuses the whole patch, negative list indexes count from the end (of the longer list, when an
//! element is added), and what `copy` adds up to is limited. Nothing that a client could notice is left out.

use serde_json::Value;

/// Most operations in one patch.
pub const MOST_OPERATIONS: usize = 10_000;

/// Most bytes that all `copy` operations of one patch may add up to.
pub const MOST_COPIED: usize = 3 << 20;

/// Why a JSON patch could not be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonPatchError {
    /// The document is not a list of operations.
    #[error("the patch is not a list of operations")]
    NotOperations,
    /// An operation lacks a member or has an unknown `op`.
    #[error("operation {0} is malformed")]
    Malformed(usize),
    /// An operation names a place that is not there.
    #[error("{operation} operation does not apply: doc is missing path: {path}")]
    MissingPath {
        /// The operation.
        operation: String,
        /// The place.
        path: String,
    },
    /// The copies add up to too much.
    #[error("Unable to complete the copy, the accumulated size increase of copy is {size}, exceeding the limit {MOST_COPIED}")]
    CopiesTooLarge {
        /// What they add up to.
        size: usize,
    },
    /// A test did not hold.
    #[error("testing value {0} failed")]
    TestFailed(String),
}

impl JsonPatchError {
    /// Whether the patch itself is at fault, not the object that it met.
    pub fn is_malformed(&self) -> bool {
        matches!(self, Self::NotOperations | Self::Malformed(_))
    }
}

/// Applies `patch` to `target`; on an error `target` is left half changed and must be thrown away.
///
/// # Errors
/// See [`JsonPatchError`].
pub fn apply(target: &mut Value, patch: &Value) -> Result<(), JsonPatchError> {
    let operations = patch.as_array().ok_or(JsonPatchError::NotOperations)?;
    let mut copied = 0;
    for (index, operation) in operations.iter().enumerate() {
        apply_one(target, operation, index, &mut copied)?;
    }
    Ok(())
}

fn apply_one(target: &mut Value, operation: &Value, index: usize, copied_bytes: &mut usize) -> Result<(), JsonPatchError> {
    let malformed = || JsonPatchError::Malformed(index);
    let member = |name: &str| operation.get(name).and_then(Value::as_str).ok_or_else(malformed);
    let path = member("path")?;
    let value = || operation.get("value").cloned().unwrap_or(Value::Null);
    let missing = |operation: &str, path: &str| JsonPatchError::MissingPath { operation: operation.to_owned(), path: path.to_owned() };
    match member("op")? {
        "add" => insert(target, path, value(), false).ok_or_else(|| missing("add", path)),
        "replace" => insert(target, path, value(), true).ok_or_else(|| missing("replace", path)),
        "remove" => remove(target, path).map(drop).ok_or_else(|| missing("remove", path)),
        "test" => {
            let there = find(target, path).cloned().unwrap_or(Value::Null);
            if there == value() { Ok(()) } else { Err(JsonPatchError::TestFailed(path.to_owned())) }
        }
        "move" => {
            let from = member("from")?;
            let moved = remove(target, from).ok_or_else(|| missing("move", from))?;
            insert(target, path, moved, false).ok_or_else(|| missing("move", path))
        }
        "copy" => {
            let from = member("from")?;
            let copied = find(target, from).cloned().ok_or_else(|| missing("copy", from))?;
            *copied_bytes += copied.to_string().len();
            if *copied_bytes > MOST_COPIED {
                return Err(JsonPatchError::CopiesTooLarge { size: *copied_bytes });
            }
            insert(target, path, copied, false).ok_or_else(|| missing("copy", path))
        }
        _ => Err(malformed()),
    }
}

fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// The parent's place and the last step of a path; `None` for the root.
fn split(path: &str) -> Option<(Vec<String>, String)> {
    let mut steps: Vec<String> = path.strip_prefix('/')?.split('/').map(unescape).collect();
    let last = steps.pop()?;
    Some((steps, last))
}

fn index_in(step: &str, length: usize) -> Option<usize> {
    let number: i64 = step.parse().ok()?;
    let length = i64::try_from(length).ok()?;
    usize::try_from(if number < 0 { number + length } else { number }).ok()
}

fn descend<'a>(target: &'a mut Value, steps: &[String]) -> Option<&'a mut Value> {
    steps.iter().try_fold(target, |place, step| match place {
        Value::Object(members) => members.get_mut(step),
        Value::Array(elements) => index_in(step, elements.len()).and_then(|index| elements.get_mut(index)),
        _ => None,
    })
}

fn find<'a>(target: &'a Value, path: &str) -> Option<&'a Value> {
    let Some((mut steps, last)) = split(path) else { return path.is_empty().then_some(target) };
    steps.push(last);
    steps.iter().try_fold(target, |place, step| match place {
        Value::Object(members) => members.get(step),
        Value::Array(elements) => index_in(step, elements.len()).and_then(|index| elements.get(index)),
        _ => None,
    })
}

fn insert(target: &mut Value, path: &str, value: Value, replace: bool) -> Option<()> {
    let Some((steps, last)) = split(path) else {
        *target = value;
        return path.is_empty().then_some(());
    };
    match descend(target, &steps)? {
        Value::Object(members) => {
            members.insert(last, value);
        }
        Value::Array(elements) if last == "-" && !replace => elements.push(value),
        Value::Array(elements) => {
            if replace {
                let index = index_in(&last, elements.len())?;
                *elements.get_mut(index)? = value;
                return Some(());
            }
            // Counted from the end of the list as it will be: -1 is behind the last element.
            let index = index_in(&last, elements.len() + 1).filter(|index| *index <= elements.len())?;
            elements.insert(index, value);
        }
        _ => return None,
    }
    Some(())
}

fn remove(target: &mut Value, path: &str) -> Option<Value> {
    let (steps, last) = split(path)?;
    match descend(target, &steps)? {
        Value::Object(members) => members.remove(&last),
        Value::Array(elements) => {
            let index = index_in(&last, elements.len()).filter(|index| *index < elements.len())?;
            Some(elements.remove(index))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patched(mut object: Value, patch: &Value) -> Result<Value, JsonPatchError> {
        apply(&mut object, patch).map(|()| object)
    }

    #[test]
    fn the_loose_rules_hold() {
        let object = json!({"metadata": {"name": "a"}, "list": [1, 2]});
        let table = [
            (
                json!([{"op": "replace", "path": "/metadata/annotations", "value": {"k": "v"}}]),
                Some(json!({"metadata": {"name": "a", "annotations": {"k": "v"}}, "list": [1, 2]})),
            ),
            (
                json!([{"op": "test", "path": "/metadata/finalizers", "value": null}, {"op": "add", "path": "/metadata/finalizers", "value": ["f"]}]),
                Some(json!({"metadata": {"name": "a", "finalizers": ["f"]}, "list": [1, 2]})),
            ),
            (json!([{"op": "remove", "path": "/metadata/labels"}]), None),
            (json!([{"op": "test", "path": "/metadata/name", "value": "b"}]), None),
            (
                json!([{"op": "add", "path": "/list/-", "value": 3}, {"op": "remove", "path": "/list/0"}]),
                Some(json!({"metadata": {"name": "a"}, "list": [2, 3]})),
            ),
            (json!([{"op": "add", "path": "/list/9", "value": 3}]), None),
            (json!([{"op": "add", "path": "/list/-1", "value": 3}]), Some(json!({"metadata": {"name": "a"}, "list": [1, 2, 3]}))),
            (json!([{"op": "replace", "path": "/list/-1", "value": 3}]), Some(json!({"metadata": {"name": "a"}, "list": [1, 3]}))),
            (json!([{"op": "copy", "from": "/list/0", "path": "/list/-"}]), Some(json!({"metadata": {"name": "a"}, "list": [1, 2, 1]}))),
            (json!([{"op": "move", "from": "/metadata/name", "path": "/a~1b"}]), Some(json!({"metadata": {}, "list": [1, 2], "a/b": "a"}))),
            (json!({"op": "add"}), None),
            (json!([{"op": "dance", "path": "/x"}]), None),
        ];
        for (patch, expected) in table {
            assert_eq!(patched(object.clone(), &patch).ok(), expected, "{patch}");
        }
    }

    #[test]
    fn copies_that_double_a_list_again_and_again_are_stopped() {
        let double = json!({"op": "copy", "from": "/all", "path": "/all/-"});
        let patch = Value::Array(vec![double; 40]);
        let refused = patched(json!({"all": ["a text of some length"]}), &patch).unwrap_err();
        assert!(matches!(refused, JsonPatchError::CopiesTooLarge { .. }), "{refused}");
    }
}
