//! The pieces that the schema is put together from.

use serde_json::{Map, Value, json};

use crate::model::capability::{self, Capability};
use crate::model::object::{NODE_OF, ObjectKind, VOLUME_OF};
use crate::yaml::{self, Problems};

/// A schema, or a part of one.
#[derive(Clone, Debug)]
pub(super) struct Shape(Map<String, Value>);

impl Shape {
    fn new(about: &str, rest: Value) -> Self {
        let mut shape = Map::new();
        if !about.is_empty() {
            shape.insert("description".to_owned(), json!(about));
        }
        if let Value::Object(rest) = rest {
            shape.extend(rest);
        }
        Self(shape)
    }

    pub(super) fn into_json(self) -> Value {
        Value::Object(self.0)
    }

    /// Adds an example, in the language's own words.
    pub(super) fn example(mut self, text: &str) -> Self {
        let value = yaml::read(text, &mut Problems::default()).map_or_else(|| json!(text), |node| node.json());
        if let Value::Array(examples) = self.0.entry("examples").or_insert_with(|| json!([])) {
            examples.push(value);
        }
        self
    }

    /// What is meant when nothing is said.
    pub(super) fn default(mut self, value: Value) -> Self {
        self.0.insert("default".to_owned(), value);
        self
    }

    /// How many members a list, or entries a map, has at least.
    pub(super) fn at_least(mut self, number: u64) -> Self {
        let key = if self.0.get("type") == Some(&json!("array")) { "minItems" } else { "minProperties" };
        self.0.insert(key.to_owned(), json!(number));
        self
    }

    /// A key that must be there.
    pub(super) fn required(mut self, key: &str, value: Self) -> Self {
        if let Value::Array(required) = self.0.entry("required").or_insert_with(|| json!([])) {
            required.push(json!(key));
        }
        self.optional(key, value)
    }

    /// A key that may be there.
    pub(super) fn optional(mut self, key: &str, value: Self) -> Self {
        if let Value::Object(properties) = self.0.entry("properties").or_insert_with(|| json!({})) {
            properties.insert(key.to_owned(), value.into_json());
        }
        self
    }

    /// What stands at keys of the writer's choice.
    pub(super) fn others(mut self, value: Self) -> Self {
        self.0.insert("additionalProperties".to_owned(), value.into_json());
        self
    }

    /// Other keys look like this.
    pub(super) fn others_named(mut self, pattern: &str, value: Self) -> Self {
        self.0.insert("patternProperties".to_owned(), json!({ pattern: value.into_json() }));
        self
    }

    /// Exactly one of these keys is there.
    pub(super) fn one_of<'a>(mut self, keys: impl IntoIterator<Item = &'a str>) -> Self {
        let each: Vec<Value> = keys.into_iter().map(|key| json!({ "required": [key] })).collect();
        self.0.insert("oneOf".to_owned(), Value::Array(each));
        self
    }

    /// All keys of one of these sets are there.
    pub(super) fn either(mut self, sets: &[&[&str]]) -> Self {
        let each: Vec<Value> = sets.iter().map(|keys| json!({ "required": keys })).collect();
        self.0.insert("anyOf".to_owned(), Value::Array(each));
        self
    }

    /// Where one of the first keys is, the second must be too.
    pub(super) fn together(mut self, first: &[&str], second: &str) -> Self {
        let pairs: Map<String, Value> = first.iter().map(|key| ((*key).to_owned(), json!([second]))).collect();
        self.0.insert("dependentRequired".to_owned(), Value::Object(pairs));
        self
    }
}

/// Text; the language takes any single value for one.
pub(super) fn text(about: &str) -> Shape {
    Shape::new(about, json!({ "type": ["string", "number", "boolean"] }))
}

/// A size of storage.
pub(super) fn size(about: &str) -> Shape {
    Shape::new(about, json!({ "type": ["string", "number"], "pattern": "^[1-9][0-9]*([KMGT]i|[kMGT])?$" }))
}

/// A name in Kubernetes' sense.
pub(super) fn name(about: &str) -> Shape {
    Shape::new(about, json!({ "type": ["string", "number"], "pattern": NAME }))
}

const NAME: &str = "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$";

/// A tag of a scenario.
pub(super) fn tag() -> Shape {
    Shape::new("", json!({ "type": ["string", "number"], "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$" }))
}

/// Capabilities of drivers, at least one.
pub(super) fn capabilities(about: &str) -> Shape {
    list(about, word("", Capability::ALL.map(Capability::word))).at_least(1).example(capability::EXAMPLE)
}

/// One of some words.
pub(super) fn word<'a>(about: &str, words: impl IntoIterator<Item = &'a str>) -> Shape {
    Shape::new(about, json!({ "enum": words.into_iter().collect::<Vec<_>>() }))
}

/// One of some words, or a text of the writer's choice.
pub(super) fn word_or_text(about: &str, words: &[&str]) -> Shape {
    Shape::new(about, json!({ "anyOf": [{ "enum": words }, { "type": ["string", "number", "boolean"] }] }))
}

pub(super) fn number(about: &str, low: u64, high: u64) -> Shape {
    Shape::new(about, json!({ "type": "integer", "minimum": low, "maximum": high }))
}

pub(super) fn truth(about: &str) -> Shape {
    Shape::new(about, json!({ "type": "boolean" }))
}

/// Nothing at all, said on purpose.
pub(super) fn nothing(about: &str) -> Shape {
    Shape::new(about, json!({ "type": "null" }))
}

/// A pattern that a text must have.
pub(super) fn pattern(about: &str, pattern: &str) -> Shape {
    Shape::new(about, json!({ "type": "string", "pattern": pattern }))
}

pub(super) fn list(about: &str, members: Shape) -> Shape {
    Shape::new(about, json!({ "type": "array", "items": members.into_json() }))
}

/// A map; keys that nobody adds are refused.
pub(super) fn map(about: &str) -> Shape {
    Shape::new(about, json!({ "type": "object", "additionalProperties": false }))
}

pub(super) fn any_of(about: &str, shapes: impl IntoIterator<Item = Shape>) -> Shape {
    Shape::new(about, json!({ "anyOf": shapes.into_iter().map(Shape::into_json).collect::<Vec<_>>() }))
}

/// A shape that is defined once.
pub(super) fn reference(name: &str) -> Shape {
    described("", name)
}

/// A shape that is defined once, with what it means here.
pub(super) fn described(about: &str, name: &str) -> Shape {
    Shape::new(about, json!({ "$ref": format!("#/$defs/{name}") }))
}

/// Anything at all.
pub(super) fn anything(about: &str) -> Shape {
    Shape::new(about, json!({}))
}

pub(super) fn definitions() -> Vec<(&'static str, Shape)> {
    let kinds = words_of(&ObjectKind::ALL);
    vec![
        (
            "duration",
            pattern("Whole numbers with h, m, s or ms, the longest first.", "^([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$").example("2m"),
        ),
        (
            "count",
            any_of(
                "A number (exactly so many), `at most 4` or `at least 1`.",
                [
                    Shape::new("", json!({ "type": "integer", "minimum": 0 })),
                    pattern("", "^ *([0-9]+|at +most +[0-9]+|at +least +[0-9]+) *$"),
                ],
            ),
        ),
        (
            "object",
            pattern(
                "An object of Kubernetes: kind/name in `default` or without a namespace, or kind/namespace/name; `node-of/POD` and `persistentvolume-of/CLAIM` are derived.",
                &object_pattern(&kinds),
            )
            .example("statefulset/web"),
        ),
        ("tags", map("Tags on an object of vCenter, by category.").others(text("The tag.")).at_least(1).example("{k8s-zone: zone-a}")),
        ("counts", map("Names with counts.").others(reference("count")).at_least(1)),
    ]
}

/// What kinds are called: by their names, for short, and by whom they are derived from.
fn words_of(kinds: &[ObjectKind]) -> String {
    let derived = |kind: &ObjectKind| match kind {
        ObjectKind::Node => Some(NODE_OF.trim_end_matches('/')),
        ObjectKind::PersistentVolume => Some(VOLUME_OF.trim_end_matches('/')),
        _ => None,
    };
    let words = kinds.iter().flat_map(|kind| [Some(kind.word()), Some(kind.short()), derived(kind)]).flatten();
    words.collect::<Vec<_>>().join("|")
}

fn object_pattern(kinds: &str) -> String {
    format!("^({kinds})(/[a-z0-9]([a-z0-9.-]*[a-z0-9])?){{1,2}}$")
}

/// What keys that name objects of some kinds look like.
pub(super) fn objects_of(kinds: &[ObjectKind]) -> String {
    object_pattern(&words_of(kinds))
}
