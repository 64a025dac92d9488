//! What is wrong with an object by the table of types: fields that there are not, values of another type, quantities that are none.
//!
//! The server says so when it decodes strictly (`fieldValidation=Strict`, as kubectl asks for). Here every fault is found, each with its
//! place and with what would be right. Not looked into: schemas in CustomResourceDefinitions, raw JSON.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::quantity::refused;
use super::{Field, Shape, Special, Type, of};

/// A step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To a member of an object.
    Member(String),
    /// To an element of a list.
    Element(usize),
}

/// The way to a value; nothing is the object itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way(pub Vec<Step>);

impl Way {
    /// The way to a member of what this one leads to.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        self.and(Step::Member(name.to_owned()))
    }

    /// The way to an element of what this one leads to.
    #[must_use]
    pub fn element(&self, index: usize) -> Self {
        self.and(Step::Element(index))
    }

    fn and(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Member(name) if place == 0 => f.write_str(name)?,
                Step::Member(name) if name.contains(['.', '/']) => write!(f, "[{name}]")?,
                Step::Member(name) => write!(f, ".{name}")?,
                Step::Element(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Something that the server would refuse in an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// Where.
    pub at: Way,
    /// Why.
    pub why: Fault,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no such field; these there are. What is around it may have one of that name: then it stands too deep.
    UnknownField(Vec<String>, Option<Way>),
    /// The value is of another type: which is wanted, which it is.
    WrongType(&'static str, &'static str),
    /// The text is no quantity.
    Quantity(String, &'static str),
    /// The server's words about the field.
    Invalid(String),
}

/// What is wrong with an object of the type that the table has under `name`.
pub fn objections(name: &str, object: &Value) -> Vec<Objection> {
    let mut found = Vec::new();
    if let Some(of) = of(name) {
        in_object(of, &[], object, &Way::default(), &mut found);
    }
    found
}

/// The objects that a value stands in, from the outermost, and where they are.
type Around<'a> = &'a [(&'static Type, Way)];

fn in_object(of: &'static Type, around: Around<'_>, object: &Value, at: &Way, found: &mut Vec<Objection>) {
    let Value::Object(members) = object else { return refuse_type("a map", object, at, found) };
    let within: Vec<(&'static Type, Way)> = around.iter().cloned().chain([(of, at.clone())]).collect();
    for (name, value) in members {
        match of.named(name) {
            Some(field) => in_value(&field.shape, &within, value, &at.member(name), found),
            // Whatever has metadata may say what it is, at the top and below it.
            None if matches!(name.as_str(), "apiVersion" | "kind") && of.named("metadata").is_some() => {}
            None => {
                let outside = around.iter().rev().find(|(around, _)| around.named(name).is_some()).map(|(_, at)| at.clone());
                found.push(Objection { at: at.member(name), why: Fault::UnknownField(fields(of), outside) });
            }
        }
    }
}

fn in_value(shape: &Shape, around: Around<'_>, value: &Value, at: &Way, found: &mut Vec<Objection>) {
    if value.is_null() {
        return;
    }
    match (shape, value) {
        (Shape::Object(name), _) => {
            if let Some(of) = of(name) {
                in_object(of, around, value, at, found);
            }
        }
        (Shape::List(inner), Value::Array(elements)) => {
            elements.iter().enumerate().for_each(|(index, element)| in_value(inner, around, element, &at.element(index), found));
        }
        (Shape::Map(inner), Value::Object(members)) => {
            members.iter().for_each(|(name, member)| in_value(inner, around, member, &at.member(name), found));
        }
        (Shape::Special(Special::Quantity), Value::String(text)) => {
            if let Some(why) = refused(text) {
                found.push(Objection { at: at.clone(), why: Fault::Quantity(text.clone(), why) });
            }
        }
        (Shape::Bytes, Value::String(text)) if STANDARD.decode(text.replace(['\r', '\n'], "")).is_err() => {
            refuse_type("base64", value, at, found);
        }
        _ => {
            if let Some(wanted) = wanted(shape, value) {
                refuse_type(wanted, value, at, found);
            }
        }
    }
}

/// What a value should be that is something else.
fn wanted(shape: &Shape, value: &Value) -> Option<&'static str> {
    let (fits, wanted) = match shape {
        Shape::Text | Shape::Bytes | Shape::Special(Special::Time | Special::MicroTime) => (value.is_string(), "a text"),
        Shape::Flag => (value.is_boolean(), "true or false"),
        Shape::Int | Shape::Long => (value.is_i64() || value.is_u64(), "a whole number"),
        Shape::Float => (value.is_number(), "a number"),
        Shape::Special(Special::Quantity) => (value.is_string() || value.is_number(), "a quantity"),
        Shape::Special(Special::IntOrString) => (value.is_string() || value.is_i64(), "a whole number or a text"),
        Shape::Special(_) => (true, ""),
        Shape::Object(_) | Shape::Map(_) => (value.is_object(), "a map"),
        Shape::List(_) => (value.is_array(), "a list"),
    };
    (!fits).then_some(wanted)
}

fn refuse_type(wanted: &'static str, value: &Value, at: &Way, found: &mut Vec<Objection>) {
    let is = match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    };
    found.push(Objection { at: at.clone(), why: Fault::WrongType(wanted, is) });
}

/// The fields of a type, in the order of the table.
fn fields(of: &Type) -> Vec<String> {
    let own = |field: &Field| match (&field.shape, field.name.is_empty()) {
        (Shape::Object(inner), true) => super::of(inner).map(fields).unwrap_or_default(),
        _ => vec![field.name.clone()],
    };
    of.fields.iter().flat_map(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(name: &str, object: &Value) -> Vec<String> {
        objections(name, object)
            .into_iter()
            .map(|Objection { at, why }| format!("{at}: {why:?}"))
            .map(|text| text.chars().take(70).collect())
            .collect()
    }

    #[test]
    fn what_the_table_does_not_have_is_found_with_its_way() {
        let set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": {
            "replcas": 3, "replicas": "three", "template": {"metadata": {"labels": {"a": true}}, "spec": {"containers": [{"name": "c", "image": 5}]}},
            "volumeClaimTemplates": [{"kind": "PersistentVolumeClaim", "spec": {"resources": {"requests": {"storage": "1GB"}}}}]}});
        assert_eq!(
            told("apps.StatefulSet", &set),
            [
                "spec.replcas: UnknownField([\"replicas\", \"selector\", \"template\", \"volum",
                "spec.replicas: WrongType(\"a whole number\", \"a text\")",
                "spec.template.metadata.labels.a: WrongType(\"a text\", \"true or false\")",
                "spec.template.spec.containers[0].image: WrongType(\"a text\", \"a number\"",
                "spec.volumeClaimTemplates[0].spec.resources.requests.storage: Quantity",
            ]
        );
    }

    #[test]
    fn a_field_that_stands_too_deep_is_known_where_it_belongs() {
        let set = json!({"spec": {"template": {"spec": {"serviceName": "web", "containers": [{"nodeSelector": {}}]}}}});
        let outside = |found: Objection| match found.why {
            Fault::UnknownField(_, outside) => (found.at.to_string(), outside.map(|way| way.to_string())),
            other => panic!("{other:?}"),
        };
        let mut found: Vec<_> = objections("apps.StatefulSet", &set).into_iter().map(outside).collect();
        found.sort();
        let pod = "spec.template.spec";
        let expected =
            [(format!("{pod}.containers[0].nodeSelector"), Some(pod.to_owned())), (format!("{pod}.serviceName"), Some("spec".to_owned()))];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_right_is_left_alone() {
        let table = [
            (
                "core.Pod",
                json!({"metadata": null, "spec": {"volumes": [{"name": "a", "emptyDir": {"sizeLimit": 5}}], "containers": [{"ports": [{"containerPort": 80}], "livenessProbe": {"httpGet": {"port": "http"}}}]}}),
            ),
            ("core.Secret", json!({"data": {"a": "YQ=="}, "stringData": {"b": "c"}})),
            ("core.Service", json!({"spec": {"ports": [{"port": 80, "targetPort": 8080}]}})),
            ("rbac.ClusterRole", json!({"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]})),
        ];
        for (name, object) in table {
            assert_eq!(told(name, &object), Vec::<String>::new(), "{name} {object}");
        }
        assert_eq!(told("core.Secret", &json!({"data": {"a": "not base64!"}})), ["data.a: WrongType(\"base64\", \"a text\")"]);
    }
}
