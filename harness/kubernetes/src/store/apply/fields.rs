//! Sets of fields, and their form in `managedFields` (`fieldsV1`).
//!
//! Steps are written as there: `f:<member>`, `k:<keys as JSON>`, `v:<value as JSON>`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A set of fields as a tree of steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Fields {
    /// Whether the field itself is in the set.
    pub(super) member: bool,
    /// What is below it.
    pub(super) below: BTreeMap<String, Fields>,
}

impl Fields {
    /// A field by itself.
    pub(super) fn leaf() -> Self {
        Self { member: true, below: BTreeMap::new() }
    }

    /// From `fieldsV1`.
    pub(super) fn read(fields: &Value) -> Self {
        let Some(members) = fields.as_object().filter(|members| !members.is_empty()) else { return Self::leaf() };
        let below = members.iter().filter(|(step, _)| *step != ".").map(|(step, inner)| (step.clone(), Self::read(inner))).collect();
        Self { member: members.contains_key("."), below }
    }

    /// As `fieldsV1`.
    pub(super) fn write(&self) -> Value {
        let mut members: Map<String, Value> = self.below.iter().map(|(step, inner)| (step.clone(), inner.write())).collect();
        if self.member && !members.is_empty() {
            members.insert(".".to_owned(), Value::Object(Map::new()));
        }
        Value::Object(members)
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        !self.member && self.below.values().all(Self::is_empty)
    }

    /// Adds what is in the other.
    pub(super) fn add(&mut self, other: &Self) {
        self.member |= other.member;
        for (step, inner) in &other.below {
            self.below.entry(step.clone()).or_default().add(inner);
        }
    }

    /// What is in this one and not in the other.
    pub(super) fn without(&self, other: &Self) -> Self {
        let nothing = Self::default();
        self.combine(other, &nothing, |here, there| here && !there)
    }

    /// What is in both.
    pub(super) fn shared(&self, other: &Self) -> Self {
        let nothing = Self::default();
        self.combine(other, &nothing, |here, there| here && there)
    }

    fn combine(&self, other: &Self, nothing: &Self, keeps: fn(bool, bool) -> bool) -> Self {
        let below =
            self.below.iter().map(|(step, inner)| (step.clone(), inner.combine(other.below.get(step).unwrap_or(nothing), nothing, keeps)));
        let below = below.filter(|(_, inner)| !inner.is_empty()).collect();
        Self { member: keeps(self.member, other.member), below }
    }

    /// The ways to all fields in the set, as the real server writes them: `.spec.containers[name="c"].image`.
    pub(super) fn ways(&self) -> Vec<String> {
        let mut ways = Vec::new();
        self.collect(String::new(), &mut ways);
        ways
    }

    fn collect(&self, way: String, ways: &mut Vec<String>) {
        for (step, inner) in &self.below {
            inner.collect(format!("{way}{}", spell(step)), ways);
        }
        if self.member {
            ways.push(way);
        }
    }
}

/// A step in words.
pub(super) fn spell(step: &str) -> String {
    match step.split_once(':') {
        Some(("k", keys)) => {
            let keys: Map<String, Value> = serde_json::from_str(keys).unwrap_or_default();
            let texts: Vec<String> = keys.iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!("[{}]", texts.join(","))
        }
        Some(("v", value)) => format!("[={value}]"),
        Some((_, member)) => format!(".{member}"),
        None => format!(".{step}"),
    }
}
