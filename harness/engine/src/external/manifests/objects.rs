//! The objects of a driver's manifests, and where in their texts they and their parts stand.

use std::fmt;
use std::path::{Path, PathBuf};

use seatrial_kubernetes::schema::{Step, Way};
use seatrial_scenario::{ScenarioError, Span};
use serde_json::Value;

use super::wrong::ManifestsError;
use crate::manifest::{File, FileError, HOW_TO_SEE, Mark, text};

/// How a file of manifests ends.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// All objects that a driver is installed with.
pub(in crate::external) struct Objects(Vec<File>);

impl Objects {
    /// Reads files, and all files of folders, in the order of their names.
    pub(in crate::external) fn read(paths: &[PathBuf]) -> Result<Self, ManifestsError> {
        let mut files = Vec::new();
        for path in paths {
            if path.is_dir() { files.extend(files_of(path)?) } else { files.push(path.clone()) }
        }
        let (mut read, mut errors) = (Vec::new(), Vec::new());
        for path in files {
            let text = std::fs::read_to_string(&path).map_err(|source| ManifestsError::Read { path: path.clone(), source })?;
            match file(&path, &text) {
                Ok(file) => read.push(file),
                Err(error) => errors.push(*error),
            }
        }
        if errors.is_empty() { Ok(Self(read)) } else { Err(ManifestsError::wrong(errors)) }
    }

    /// Texts by the names of their files.
    #[cfg(test)]
    pub(super) fn of(texts: &[(&str, &str)]) -> Self {
        Self(texts.iter().map(|(name, text)| file(Path::new(name), text).unwrap()).collect())
    }

    /// One after the other.
    pub(super) fn iter(&self) -> impl Iterator<Item = Part<'_>> {
        self.0.iter().flat_map(|file| file.objects().iter().enumerate().map(move |(index, value)| Part::whole(file, index, value)))
    }

    /// The object of this kind and name in this namespace.
    pub(super) fn named(&self, kind: &str, namespace: &str, name: &str) -> Option<Part<'_>> {
        self.iter().find(|object| {
            object.text("kind") == kind && text(object.value, "/metadata/name") == name && namespace_of(object.value) == namespace
        })
    }
}

/// The namespace that an object is in; one that names none is in `default`.
pub(super) fn namespace_of(object: &Value) -> &str {
    Some(text(object, "/metadata/namespace")).filter(|namespace| !namespace.is_empty()).unwrap_or("default")
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>, ManifestsError> {
    let unread = |source| ManifestsError::Read { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        let ends = path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| ENDINGS.contains(&extension));
        if ends && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(ManifestsError::None { folder: folder.to_owned() });
    }
    Ok(files)
}

fn file(path: &Path, text: &str) -> Result<File, Box<ScenarioError>> {
    let name = path.strip_prefix(".").unwrap_or(path).display().to_string();
    let wrong = |at: Span, message: String, help: &str| Box::new(ScenarioError::at(at, message, help).in_file(&name, text));
    let file = File::of(name.clone(), text.to_owned()).map_err(|error| match error {
        FileError::NotYaml(error) => wrong(line(text, error.line().unwrap_or(1)), format!("this is not YAML: {error}"), HOW_TO_SEE),
        FileError::NoObject => wrong(Span::default(), "there is no object in this file".to_owned(), "leave it out, or write one into it"),
        FileError::At(error) => error,
    })?;
    match file.objects().iter().position(|object| object["kind"] == "Kustomization") {
        Some(index) => {
            let message = "a kustomization is no object: it says how objects are made";
            let help = "write what `kubectl kustomize` prints into a file, and name that";
            Err(Part::whole(&file, index, &file.objects()[index]).error(message, help))
        }
        None => Ok(file),
    }
}

/// The bytes of a line, which are counted from one.
fn line(text: &str, number: usize) -> Span {
    let start: usize = text.split_inclusive('\n').take(number.saturating_sub(1)).map(str::len).sum();
    let length = text[start..].find('\n').unwrap_or(text.len() - start);
    Span { start, end: start + length }
}

/// A part of an object, which knows where it stands.
#[derive(Clone)]
pub(super) struct Part<'m> {
    file: &'m File,
    index: usize,
    way: Way,
    pub(super) value: &'m Value,
}

impl<'m> Part<'m> {
    fn whole(file: &'m File, index: usize, value: &'m Value) -> Self {
        Self { file, index, way: Way::default(), value }
    }

    /// The part at the end of these names, if it is there.
    pub(super) fn part(&self, names: &[&str]) -> Option<Self> {
        names.iter().try_fold(self.clone(), |part, name| {
            let value = part.value.get(name).filter(|value| !value.is_null())?;
            Some(Self { way: part.way.member(name), value, ..part })
        })
    }

    /// The elements of a list of its; where there is none, nothing.
    pub(super) fn elements(&self, name: &str) -> Vec<Self> {
        let Some(list) = self.part(&[name]) else { return Vec::new() };
        let elements = list.value.as_array().into_iter().flatten().enumerate();
        elements.map(|(index, value)| Self { way: list.way.element(index), value, ..list.clone() }).collect()
    }

    /// The text of a field of its; empty where there is none.
    pub(super) fn text(&self, name: &str) -> &'m str {
        self.value.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Its value where it is a text.
    pub(super) fn own_text(&self) -> &'m str {
        self.value.as_str().unwrap_or_default()
    }

    /// What is wrong with it, and what to do.
    pub(super) fn error(&self, message: impl Into<String>, help: impl Into<String>) -> Box<ScenarioError> {
        Box::new(self.file.error(self.index, &self.way, Mark::Value, message, help))
    }

    /// `driver.yaml:12`
    pub(super) fn place(&self) -> String {
        // An element of a list has no key; it stands where its name does.
        let named = matches!(self.way.0.last(), Some(Step::Element(_))).then(|| self.part(&["name"])).flatten();
        match named.map_or_else(|| self.way.clone(), |name| name.way) {
            whole if whole == Way::default() => self.file.place(self.index),
            way => self.file.place_of(self.index, &way),
        }
    }
}

/// An object, by kind and name: `Deployment my-controller`.
impl fmt::Display for Part<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.text("kind"), text(self.value, "/metadata/name"))
    }
}
