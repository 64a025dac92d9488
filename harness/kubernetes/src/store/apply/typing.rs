//! Which values are owned as a whole and which part by part: the table of types for built-in kinds, the schema of its
//! definition for a custom resource, and without a schema maps by their members and lists as a whole.

use serde_json::{Map, Value};

use super::fields::{Fields, spell};
use crate::schema::{self, Shape, Topology};
use crate::store::resource::Resource;

/// What a value is, as far as ownership goes.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum Typing<'a> {
    /// An object of a type in the table.
    Type(&'a str),
    /// A field of such a type.
    Field(&'a Shape, &'a Topology),
    /// By a structural schema.
    Schema(&'a Value),
    /// The top of a custom resource with this schema.
    Custom(&'a Value),
    /// Nothing is known.
    Free,
}

/// The parts of a value: the step to each, and what it is. `None` for a value that is owned as a whole.
pub(super) type Parts<'a, 'v> = Option<Vec<(String, Typing<'a>, &'v Value)>>;

static UNSAID: Topology = Topology::Unsaid;
static NO_SCHEMA: Value = Value::Null;

/// The keys of a list's elements, each with its default.
type Keys = Vec<(String, Option<String>)>;

impl<'a> Typing<'a> {
    /// Of the objects of a resource; `name` is where the table knows it under.
    pub(in crate::store) fn of(resource: &'a Resource, name: Option<&'a str>) -> Self {
        match (name, resource.strategy.schema()) {
            (Some(name), _) => Self::Type(name),
            (None, Some(schema)) => Self::Custom(schema),
            (None, None) => Self::Custom(&NO_SCHEMA),
        }
    }

    /// Its parts.
    pub(super) fn parts<'v>(self, value: &'v Value) -> Parts<'a, 'v> {
        match value {
            Value::Object(members) if !self.is_atomic() => {
                Some(members.iter().map(|(name, value)| (format!("f:{name}"), self.member(name).unwrap_or(Typing::Free), value)).collect())
            }
            Value::Array(elements) => {
                let (keys, element) = self.list()?;
                Some(elements.iter().map(|value| (step_of(keys.as_deref(), value), element, value)).collect())
            }
            _ => None,
        }
    }

    /// Whether its parts are those of a map with free keys, which is itself a field beside them.
    pub(super) fn is_map(self) -> bool {
        matches!(self, Self::Field(Shape::Map(_), _))
    }

    fn is_atomic(self) -> bool {
        match self {
            Self::Type(name) => schema::of(name).is_some_and(|of| of.atomic),
            Self::Field(shape, topology) => {
                let of_type = if let Shape::Object(name) = shape { schema::of(name).is_some_and(|of| of.atomic) } else { false };
                *topology == Topology::Atomic || (of_type && *topology != Topology::Granular) || matches!(shape, Shape::Special(_))
            }
            Self::Schema(schema) => schema["x-kubernetes-map-type"] == "atomic",
            Self::Custom(_) | Self::Free => false,
        }
    }

    /// What a member is; `None` when there is no such member.
    fn member(self, name: &str) -> Option<Typing<'a>> {
        match self {
            Self::Field(Shape::Object(of), _) => Self::Type(of).member(name),
            Self::Type(of) => {
                if matches!(name, "apiVersion" | "kind") {
                    return Some(Self::Free);
                }
                schema::of(of)?.named(name).map(|field| Self::Field(&field.shape, &field.topology))
            }
            Self::Field(Shape::Map(element), _) => Some(Self::Field(element, &UNSAID)),
            Self::Custom(_) if name == "metadata" => Some(Self::Type("meta.ObjectMeta")),
            Self::Custom(_) if matches!(name, "apiVersion" | "kind") => Some(Self::Free),
            Self::Custom(schema) | Self::Schema(schema) => {
                let property =
                    schema["properties"].get(name).or_else(|| schema.get("additionalProperties").filter(|more| more.is_object()));
                let keeps = schema.is_null() || schema["x-kubernetes-preserve-unknown-fields"] == true;
                property.map(Self::Schema).or(keeps.then_some(Self::Free))
            }
            Self::Field(..) | Self::Free => Some(Self::Free),
        }
    }

    /// Of a list that is owned by elements: the keys (none for a set) and what its elements are.
    fn list(self) -> Option<(Option<Keys>, Typing<'a>)> {
        match self {
            Self::Field(Shape::List(element), Topology::Keyed(keys)) => Some((Some(keys.clone()), Self::Field(element, &UNSAID))),
            Self::Field(Shape::List(element), Topology::Set) => Some((None, Self::Field(element, &UNSAID))),
            Self::Schema(schema) => match schema["x-kubernetes-list-type"].as_str() {
                Some("map") => {
                    let keys = schema["x-kubernetes-list-map-keys"].as_array().into_iter().flatten().filter_map(Value::as_str);
                    Some((Some(keys.map(|key| (key.to_owned(), None)).collect()), Self::Schema(&schema["items"])))
                }
                Some("set") => Some((None, Self::Schema(&schema["items"]))),
                _ => None,
            },
            _ => None,
        }
    }

    /// What does not fit: a member that the type does not have, two elements with the same keys.
    pub(super) fn check(self, value: &Value, way: &str) -> Result<(), String> {
        if let Value::Object(members) = value
            && !self.is_atomic()
            && let Some(name) = members.keys().find(|name| self.member(name).is_none())
        {
            return Err(format!("{way}.{name}: field not declared in schema"));
        }
        let parts = self.parts(value).unwrap_or_default();
        for (place, (step, inner, part)) in parts.iter().enumerate() {
            if parts.iter().take(place).any(|(other, ..)| other == step) {
                return Err(format!("{way}: duplicate entries for key {}", spell(step)));
            }
            inner.check(part, &format!("{way}{}", spell(step)))?;
        }
        Ok(())
    }

    /// All fields of a value; `maps` says whether maps are fields beside their members (as an update owns them).
    pub(super) fn fields(self, value: &Value, maps: bool) -> Fields {
        let parts = self.parts(value).unwrap_or_default();
        if parts.is_empty() {
            return Fields::leaf();
        }
        let below = parts.into_iter().map(|(step, inner, part)| {
            let mut fields = inner.fields(part, maps);
            fields.member |= !step.starts_with("f:");
            (step, fields)
        });
        Fields { member: maps && self.is_map(), below: below.collect() }
    }
}

/// The step to an element.
fn step_of(keys: Option<&[(String, Option<String>)]>, element: &Value) -> String {
    let Some(keys) = keys else { return format!("v:{element}") };
    let mut named = Map::new();
    for (key, default) in keys {
        let value = element.get(key).cloned().or_else(|| default.as_deref().map(Value::from));
        named.extend(value.map(|value| (key.clone(), value)));
    }
    format!("k:{}", Value::Object(named))
}
