//! Strategic merge patch: merge patch that knows which lists are maps.
//!
//! Modelled: merge keys of all built-in kinds, as the table of types has them, `$patch: delete | replace | merge`, `$retainKeys`,
//! `$deleteFromPrimitiveList/<field>`, `$setElementOrder/<field>`, objects that are replaced. Lists that the table does not name are
//! atomic.
//! Not modelled: the real server's check that `$setElementOrder` names every element of the patch.

use serde_json::{Map, Value};

use crate::schema::{self, Field, Shape, Type};

/// Why a strategic merge patch could not be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StrategicMergeError {
    /// The patch is not an object.
    #[error("the patch is not an object")]
    NotObject,
    /// An element of a keyed list has no key.
    #[error("map: {element} does not contain declared merge key: {key}")]
    MissingKey {
        /// The element.
        element: String,
        /// The key that it lacks.
        key: &'static str,
    },
    /// A `$patch` directive that does not exist.
    #[error("Unknown patch type: {0}")]
    UnknownDirective(String),
}

/// How a list is merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListRule {
    Atomic,
    Set,
    Keyed(&'static str),
}

/// The type of an object, where the table knows it.
type Of = Option<&'static Type>;

fn field(of: Of, name: &str) -> Option<&'static Field> {
    of.and_then(|of| of.named(name))
}

/// The type of a field's value, or of its elements.
fn inner(field: Option<&'static Field>) -> Of {
    match field.map(|field| &field.shape) {
        Some(Shape::Object(name)) => schema::of(name),
        Some(Shape::List(element)) => match element.as_ref() {
            Shape::Object(name) => schema::of(name),
            _ => None,
        },
        _ => None,
    }
}

fn rule(field: Option<&'static Field>) -> ListRule {
    let patch = field.map_or("", |field| field.patch.as_str());
    match patch.split_once("key(") {
        Some((_, key)) => ListRule::Keyed(key.trim_end_matches(')')),
        None if patch == "set" => ListRule::Set,
        None => ListRule::Atomic,
    }
}

/// Applies `patch` to `target`, an object of the type that the table has under `name`.
///
/// # Errors
/// See [`StrategicMergeError`]; `target` must be thrown away then.
pub fn apply(name: &str, target: &mut Value, patch: &Value) -> Result<(), StrategicMergeError> {
    let patch = patch.as_object().ok_or(StrategicMergeError::NotObject)?;
    merge_object(schema::of(name), target, patch)
}

fn merge_object(of: Of, target: &mut Value, patch: &Map<String, Value>) -> Result<(), StrategicMergeError> {
    match patch.get("$patch").and_then(Value::as_str) {
        None | Some("merge") => {}
        Some("replace") => {
            *target = without_directives(&Value::Object(patch.clone()));
            return Ok(());
        }
        Some("delete") => {
            *target = Value::Object(Map::new());
            return Ok(());
        }
        Some(other) => return Err(StrategicMergeError::UnknownDirective(other.to_owned())),
    }
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return Ok(()) };
    if let Some(kept) = patch.get("$retainKeys").and_then(Value::as_array) {
        members.retain(|key, _| kept.iter().any(|kept| kept == key));
    }
    for (name, value) in patch {
        if let Some(field) = name.strip_prefix("$deleteFromPrimitiveList/") {
            delete_from(members.get_mut(field), value);
        }
    }
    for (name, value) in patch.iter().filter(|(name, _)| !name.starts_with('$')) {
        match value {
            Value::Null => {
                members.remove(name);
            }
            Value::Object(_) if field(of, name).is_some_and(|field| field.patch == "replace") => {
                members.insert(name.clone(), without_directives(value));
            }
            Value::Object(patch) => {
                merge_object(inner(field(of, name)), members.entry(name.clone()).or_insert(Value::Null), patch)?;
            }
            Value::Array(elements) => {
                let there = members.entry(name.clone()).or_insert_with(|| Value::Array(Vec::new()));
                merge_list(field(of, name), there, elements)?;
            }
            scalar => {
                members.insert(name.clone(), scalar.clone());
            }
        }
    }
    for (name, order) in patch {
        if let (Some(name), Some(order)) = (name.strip_prefix("$setElementOrder/"), order.as_array())
            && let Some(list) = members.get_mut(name)
        {
            set_order(rule(field(of, name)), list, order);
        }
    }
    Ok(())
}

fn delete_from(list: Option<&mut Value>, removed: &Value) {
    if let (Some(Value::Array(list)), Some(removed)) = (list, removed.as_array()) {
        list.retain(|element| !removed.contains(element));
    }
}

fn merge_list(of: Option<&'static Field>, target: &mut Value, patch: &[Value]) -> Result<(), StrategicMergeError> {
    match rule(of) {
        ListRule::Atomic => *target = Value::Array(patch.iter().map(without_directives).collect()),
        ListRule::Set => {
            let list = as_list(target);
            for element in patch {
                if !list.contains(element) {
                    list.push(element.clone());
                }
            }
        }
        ListRule::Keyed(key) => merge_keyed(inner(of), key, target, patch)?,
    }
    Ok(())
}

fn merge_keyed(of: Of, key: &'static str, target: &mut Value, patch: &[Value]) -> Result<(), StrategicMergeError> {
    let replaces = |element: &Value| element.get("$patch").and_then(Value::as_str) == Some("replace") && element.get(key).is_none();
    if patch.iter().any(replaces) {
        *target = Value::Array(patch.iter().filter(|element| !replaces(element)).map(without_directives).collect());
        return Ok(());
    }
    let list = as_list(target);
    for element in patch {
        let missing = || StrategicMergeError::MissingKey { element: element.to_string(), key };
        let wanted = element.get(key).ok_or_else(missing)?;
        let place = list.iter().position(|there| there.get(key) == Some(wanted));
        if element.get("$patch").and_then(Value::as_str) == Some("delete") {
            list.retain(|there| there.get(key) != Some(wanted));
            continue;
        }
        let patch = element.as_object().ok_or_else(missing)?;
        let place = place.unwrap_or_else(|| {
            list.push(Value::Null);
            list.len() - 1
        });
        merge_object(of, &mut list[place], patch)?;
    }
    Ok(())
}

/// Elements that the order names stand in that order; the others keep their place after the one they followed.
fn set_order(rule: ListRule, list: &mut Value, order: &[Value]) {
    let Value::Array(list) = list else { return };
    let place = |element: &Value| match rule {
        ListRule::Keyed(key) => order.iter().position(|named| named.get(key).is_some_and(|named| element.get(key) == Some(named))),
        _ => order.iter().position(|named| named == element),
    };
    let mut last = 0;
    let mut ranked: Vec<(usize, Value)> = Vec::new();
    for element in std::mem::take(list) {
        let rank = place(&element);
        if let Some(rank) = rank {
            last = rank;
        }
        ranked.push((rank.unwrap_or(last), element));
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    *list = ranked.into_iter().map(|(_, element)| element).collect();
}

fn as_list(value: &mut Value) -> &mut Vec<Value> {
    if !value.is_array() {
        *value = Value::Array(Vec::new());
    }
    value.as_array_mut().expect("it was made a list just now")
}

/// What is new is taken without its directives and without its nulls.
fn without_directives(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(key, value)| !key.starts_with('$') && !value.is_null());
            Value::Object(kept.map(|(key, value)| (key.clone(), without_directives(value))).collect())
        }
        Value::Array(elements) => Value::Array(elements.iter().map(without_directives).collect()),
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patched(kind: &str, mut object: Value, patch: &Value) -> Value {
        apply(kind, &mut object, patch).unwrap();
        object
    }

    #[test]
    fn conditions_are_merged_by_type() {
        let node = json!({"status": {"conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}, {"type": "DiskPressure", "status": "False"}]}});
        let patch = json!({"status": {"$setElementOrder/conditions": [{"type": "DiskPressure"}, {"type": "Ready"}], "conditions": [{"type": "Ready", "status": "Unknown"}]}});
        let expected = json!({"status": {"conditions": [{"type": "DiskPressure", "status": "False"}, {"type": "Ready", "status": "Unknown", "reason": "KubeletReady"}]}});
        assert_eq!(patched("core.Node", node, &patch), expected);
    }

    #[test]
    fn an_element_that_says_replace_replaces_the_list() {
        let node = json!({"status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.1"}]}});
        let patch = json!({"status": {"addresses": [{"type": "Hostname", "address": "a"}, {"type": "Hostname", "address": "b"}, {"$patch": "replace"}]}});
        let expected = json!({"status": {"addresses": [{"type": "Hostname", "address": "a"}, {"type": "Hostname", "address": "b"}]}});
        assert_eq!(patched("core.Node", node, &patch), expected);
    }

    #[test]
    fn finalizers_are_a_set() {
        let object = json!({"metadata": {"finalizers": ["a", "b"]}});
        let patch = json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"], "$setElementOrder/finalizers": ["c", "b"], "finalizers": ["c"]}});
        assert_eq!(patched("core.PersistentVolume", object, &patch), json!({"metadata": {"finalizers": ["c", "b"]}}));
    }

    #[test]
    fn taints_are_atomic() {
        let node = json!({"spec": {"taints": [{"key": "a", "effect": "NoSchedule"}]}});
        let patch = json!({"spec": {"taints": [{"key": "b", "effect": "NoExecute"}]}});
        assert_eq!(patched("core.Node", node, &patch), patch);
    }

    #[test]
    fn owners_are_merged_by_uid_and_elements_can_be_deleted() {
        let object = json!({"metadata": {"ownerReferences": [{"uid": "1", "name": "a"}, {"uid": "2", "name": "b"}]}});
        let patch = json!({"metadata": {"ownerReferences": [{"$patch": "delete", "uid": "1"}, {"uid": "2", "controller": true}]}});
        assert_eq!(
            patched("core.Pod", object, &patch),
            json!({"metadata": {"ownerReferences": [{"uid": "2", "name": "b", "controller": true}]}})
        );
    }

    #[test]
    fn the_table_s_marks_count_wherever_they_stand() {
        let pod = json!({"spec": {"ephemeralContainers": [{"name": "a", "image": "x"}]}});
        let patch = json!({"spec": {"ephemeralContainers": [{"name": "b", "image": "y"}, {"name": "a", "tty": true}]}});
        let expected = json!({"spec": {"ephemeralContainers": [{"name": "a", "image": "x", "tty": true}, {"name": "b", "image": "y"}]}});
        assert_eq!(patched("core.Pod", pod, &patch), expected);
        let budget = json!({
            "spec": {"selector": {"matchLabels": {"app": "a", "tier": "b"}}, "maxUnavailable": 1},
            "status": {"conditions": [{"type": "DisruptionAllowed", "status": "True"}, {"type": "Other", "status": "True"}]},
        });
        let patch = json!({
            "spec": {"selector": {"matchLabels": {"app": "c"}}},
            "status": {"conditions": [{"type": "DisruptionAllowed", "status": "False"}]},
        });
        let expected = json!({
            "spec": {"selector": {"matchLabels": {"app": "c"}}, "maxUnavailable": 1},
            "status": {"conditions": [{"type": "DisruptionAllowed", "status": "False"}, {"type": "Other", "status": "True"}]},
        });
        assert_eq!(patched("policy.PodDisruptionBudget", budget, &patch), expected);
    }

    #[test]
    fn retain_keys_drops_the_others() {
        let pod = json!({"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}});
        let patch = json!({"spec": {"volumes": [{"$retainKeys": ["name", "hostPath"], "name": "v", "hostPath": {"path": "/"}}]}});
        assert_eq!(patched("core.Pod", pod, &patch), json!({"spec": {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}}));
    }

    #[test]
    fn an_element_without_its_key_is_refused() {
        let mut pod = json!({});
        let error = apply("core.Pod", &mut pod, &json!({"spec": {"containers": [{"image": "x"}]}})).unwrap_err();
        assert_eq!(error, StrategicMergeError::MissingKey { element: "{\"image\":\"x\"}".into(), key: "name" });
    }
}
