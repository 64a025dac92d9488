//! A manifest that was read: its objects, and where in its text they stand.

use std::ops::Range;
use std::path::Path;

use seatrial_journal::sha256;
use seatrial_kubernetes::schema::Way;
use seatrial_kubernetes::yaml::{self, Place, Twice, YamlError};
use seatrial_scenario::{ScenarioError, Span, Spanned};
use serde_json::Value;

/// Reads a manifest's file; not every scenario lies on a disk.
pub type ReadFile<'a> = &'a dyn Fn(&Path) -> std::io::Result<String>;

/// The text at a pointer; empty where there is none.
pub(crate) fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Where somebody sees what is no YAML.
pub(crate) const HOW_TO_SEE: &str = "mend the manifest; `kubectl apply --dry-run=client -f` shows the same";

/// Why a text is no manifest.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    /// It cannot be read as YAML.
    #[error("{0}")]
    NotYaml(#[source] YamlError),
    /// There is nothing in it.
    #[error("it holds no object")]
    NoObject,
    /// Something in it is wrong, at its place.
    #[error("{}", .0.message)]
    At(Box<ScenarioError>),
}

/// A manifest.
#[derive(Debug)]
pub(crate) struct File {
    /// How its users would name it.
    name: String,
    text: String,
    objects: Vec<Value>,
    /// Of each object the document that it is in, and the way to it there.
    origins: Vec<(usize, Way)>,
    documents: Vec<Place>,
}

/// What is marked of something that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// The field's name.
    Name,
    /// The field's value.
    Value,
}

impl File {
    /// Reads the manifest that a step names, by `read_file`.
    pub(super) fn read(path: &Spanned<String>, folder: &Path, read_file: ReadFile) -> Result<Self, Box<ScenarioError>> {
        let file = folder.join(&path.value);
        let wrong = |message: String, help: &str| Box::new(ScenarioError::at(path.span, format!("manifest `{path}` {message}"), help));
        let text = read_file(&file).map_err(|error| {
            let help = format!("paths are relative to the scenario's folder; looked for {}", file.display());
            wrong(format!("cannot be read: {error}"), &help)
        })?;
        let name = file.strip_prefix(".").unwrap_or(&file).display().to_string();
        Self::of(name, text).map_err(|error| match error {
            FileError::NotYaml(error) => wrong(format!("is not YAML: {error}"), HOW_TO_SEE),
            FileError::NoObject => wrong("holds no object".to_owned(), "write at least one Kubernetes object into it"),
            FileError::At(error) => error,
        })
    }

    /// Reads a manifest's text; `name` is how its users would name it.
    pub(crate) fn of(name: String, text: String) -> Result<Self, FileError> {
        let documents = yaml::documents(&text).map_err(FileError::NotYaml)?;
        let (mut objects, mut origins) = (Vec::new(), Vec::new());
        for (place, document) in documents.into_iter().enumerate() {
            for (object, way) in taken_apart(document, &Way::default()) {
                objects.push(object);
                origins.push((place, way));
            }
        }
        let (documents, twice) = yaml::places(&text);
        if let Some(Twice { key, again: Range { start, end } }) = twice.into_iter().next() {
            let message = format!("key `{key}` is there twice in one map");
            let error = ScenarioError::at(Span { start, end }, message, "keep one of the two; `---` begins another object");
            return Err(FileError::At(Box::new(error.labelled("again here").in_file(&name, &text))));
        }
        let read = Self { name, text, objects, origins, documents };
        if read.objects.is_empty() {
            return Err(FileError::NoObject);
        }
        match read.nameless() {
            Some(error) => Err(FileError::At(Box::new(error))),
            None => Ok(read),
        }
    }

    /// SHA-256 of its text.
    pub(super) fn digest(&self) -> String {
        sha256(self.text.as_bytes())
    }

    /// The first object that does not say what it is.
    fn nameless(&self) -> Option<ScenarioError> {
        for (place, object) in self.objects.iter().enumerate() {
            for needed in ["/apiVersion", "/kind", "/metadata/name"] {
                if text(object, needed).is_empty() {
                    let missing = needed.trim_start_matches('/').replace('/', ".");
                    let message = format!("object {} of this manifest has no {missing}", place + 1);
                    let help = "every Kubernetes object has apiVersion, kind and metadata.name";
                    return Some(self.error(place, &Way::default(), Mark::Name, message, help));
                }
            }
        }
        None
    }

    pub(crate) fn objects(&self) -> &[Value] {
        &self.objects
    }

    /// An error in one of its objects, at the end of a way into it.
    pub(crate) fn error(&self, object: usize, way: &Way, mark: Mark, message: impl Into<String>, help: impl Into<String>) -> ScenarioError {
        let span = self.span(object, way, mark).unwrap_or_default();
        ScenarioError::at(span, message, help).in_file(&self.name, &self.text)
    }

    fn span(&self, object: usize, way: &Way, mark: Mark) -> Option<Span> {
        let (document, origin) = self.origins.get(object)?;
        let document = self.documents.get(*document)?;
        let whole = Way(origin.0.iter().chain(&way.0).cloned().collect());
        let (place, found) = document.find(&whole);
        let bytes = match (&place.key, mark) {
            (Some(_), Mark::Value) if found && !self.text[place.value.clone()].contains('\n') => place.value.clone(),
            (Some(key), _) => key.clone(),
            // An element of a list has no key.
            (None, Mark::Value) if found && !way.0.is_empty() && !self.text[place.value.clone()].contains('\n') => place.value.clone(),
            // An object has no name of its own; its kind is as good.
            (None, _) => document.find(&Way(origin.0.clone()).member("kind")).0.value.clone(),
        };
        Some(Span { start: bytes.start, end: bytes.end })
    }

    /// Where an object stands, for people: `manifests/web.yaml:12`.
    pub(crate) fn place(&self, object: usize) -> String {
        self.place_of(object, &Way::default().member("kind"))
    }

    /// Where a part of an object stands, for people.
    pub(crate) fn place_of(&self, object: usize, way: &Way) -> String {
        let start = self.span(object, way, Mark::Name).unwrap_or_default().start;
        format!("{}:{}", self.name, self.text[..start].matches('\n').count() + 1)
    }
}

/// A document's objects: of a list (`kind: List`, `kind: PodList`) its items, as kubectl takes them apart.
pub(crate) fn items(document: Value) -> Vec<Value> {
    taken_apart(document, &Way::default()).into_iter().map(|(object, _)| object).collect()
}

/// The same with the way to each.
fn taken_apart(document: Value, way: &Way) -> Vec<(Value, Way)> {
    let kind = text(&document, "/kind").to_owned();
    let (Some(of), Some(Value::Array(items))) = (kind.strip_suffix("List"), document.get("items")) else {
        return if document.is_null() { Vec::new() } else { vec![(document, way.clone())] };
    };
    let (of, api_version) = (of.to_owned(), document["apiVersion"].clone());
    let with_kind = |item: &Value| {
        let mut item = item.clone();
        // The items of a list of one kind need not repeat it.
        if !of.is_empty() && item.is_object() {
            for (field, value) in [("kind", Value::from(of.as_str())), ("apiVersion", api_version.clone())] {
                if item[field].is_null() {
                    item[field] = value;
                }
            }
        }
        item
    };
    let items = items.iter().map(with_kind).enumerate();
    items.flat_map(|(index, item)| taken_apart(item, &way.member("items").element(index))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_taken_apart() {
        let (pod, map) = (json!({"apiVersion": "v1", "kind": "Pod"}), json!({"apiVersion": "v1", "kind": "ConfigMap"}));
        let table = [
            (Value::Null, json!([])),
            (pod.clone(), json!([pod])),
            (json!({"apiVersion": "v1", "kind": "List", "items": [pod, map]}), json!([pod, map])),
            (json!({"apiVersion": "v1", "kind": "List", "items": [{"kind": "List", "items": [pod]}]}), json!([pod])),
            (json!({"apiVersion": "v1", "kind": "PodList", "items": [{}]}), json!([pod])),
            (json!({"apiVersion": "v1", "kind": "List"}), json!([{"apiVersion": "v1", "kind": "List"}])),
        ];
        for (document, expected) in table {
            assert_eq!(Value::from(items(document.clone())), expected, "{document}");
        }
    }
}
