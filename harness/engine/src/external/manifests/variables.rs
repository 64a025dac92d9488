//! What a container is told by its command line and its environment, as kubelet would tell it: references to other variables, to
//! fields of the pod, to ConfigMaps and Secrets in their values' place.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seatrial_scenario::ScenarioError;

use super::objects::{Objects, Part};
use super::pod::Pod;

/// What stands for the node that a node plugin is on.
const NODE: &str = "${node}";

/// One thing that a program is told.
pub(super) struct Told<'m> {
    /// The variable's name; nothing for an argument.
    pub(super) variable: Option<String>,
    /// The argument, or the variable's value.
    pub(super) text: String,
    /// Where it is written.
    pub(super) part: Part<'m>,
    /// Whether it is ours already, with placeholders of ours in it.
    pub(super) is_ours: bool,
}

impl Told<'_> {
    pub(super) fn is_flag(&self) -> bool {
        self.variable.is_none()
    }

    /// Whether it is this flag (`--endpoint`, `-endpoint`) or this variable.
    pub(super) fn is(&self, word: &str) -> bool {
        match (&self.variable, word.strip_prefix("--")) {
            (Some(variable), None) => variable == word,
            (None, Some(flag)) => {
                let name = self.text.split_once('=').map_or(self.text.as_str(), |(name, _)| name);
                name.strip_prefix("--").or_else(|| name.strip_prefix('-')) == Some(flag)
            }
            _ => false,
        }
    }

    /// The variable's value, or what follows a flag's `=`.
    pub(super) fn value(&self) -> &str {
        if self.is_flag() { self.text.split_once('=').map_or("", |(_, value)| value) } else { &self.text }
    }
}

/// What a container is told: its variables, then the rest of its command, then its arguments.
pub(super) fn told<'m>(container: &Part<'m>, pod: &Pod<'m>, objects: &'m Objects, errors: &mut Vec<ScenarioError>) -> Vec<Told<'m>> {
    let mut told: Vec<Told<'m>> = Vec::new();
    for source in container.elements("envFrom") {
        match all_of(&source, pod, objects) {
            Ok(variables) => {
                let prefix = source.text("prefix");
                told.extend(variables.into_iter().map(|(name, text)| variable(format!("{prefix}{name}"), text, &source)));
            }
            Err(error) => errors.push(*error),
        }
    }
    for written in container.elements("env") {
        match value(&written, pod, objects, &told) {
            Ok(Some(mut text)) => {
                let is_ours = text == NODE;
                if !is_ours {
                    text = expanded(&text, &told).into_owned();
                }
                told.push(Told { is_ours, ..variable(written.text("name").to_owned(), text, &written) });
            }
            Ok(None) => {}
            Err(error) => errors.push(*error),
        }
    }
    let arguments = container.elements("command").into_iter().skip(1).chain(container.elements("args"));
    let arguments: Vec<_> = arguments.map(|part| (expanded(part.own_text(), &told).into_owned(), part)).collect();
    told.extend(arguments.into_iter().map(|(text, part)| Told { is_ours: text.contains(NODE), variable: None, text, part }));
    told
}

fn variable<'m>(name: String, text: String, part: &Part<'m>) -> Told<'m> {
    Told { variable: Some(name), text, part: part.clone(), is_ours: false }
}

/// A variable's value before what it refers to is put into it; nothing where it is optional and not there.
fn value(written: &Part<'_>, pod: &Pod<'_>, objects: &Objects, before: &[Told<'_>]) -> Result<Option<String>, Box<ScenarioError>> {
    let Some(from) = written.part(&["valueFrom"]) else { return Ok(Some(written.text("value").to_owned())) };
    if let Some(field) = from.part(&["fieldRef", "fieldPath"]) {
        return of_field(&field, pod).map(Some);
    }
    for (kind, reference) in [("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")] {
        let Some(reference) = from.part(&[reference]) else { continue };
        let optional = reference.value["optional"] == true;
        let found = objects.named(kind, pod.namespace, reference.text("name")).and_then(|object| content(&object, reference.text("key")));
        return match found {
            Some(text) => Ok(Some(text)),
            None if optional => Ok(None),
            None => {
                let (name, key) = (reference.text("name"), reference.text("key"));
                let message = format!("there is no {kind} `{name}` with the key `{key}` in namespace {}", pod.namespace);
                Err(reference.error(message, format!("add the {kind} to the folder, with what the driver is to be told")))
            }
        };
    }
    let known = before.iter().filter_map(|told| told.variable.as_deref()).collect::<Vec<_>>().join(", ");
    let help = format!("write its value; known before it are {}", if known.is_empty() { "none" } else { &known });
    Err(from.error(format!("where `{}` has its value from is not known here", written.text("name")), help))
}

/// What a field of the pod is.
fn of_field(field: &Part<'_>, pod: &Pod<'_>) -> Result<String, Box<ScenarioError>> {
    Ok(match field.own_text() {
        "metadata.namespace" => pod.namespace.to_owned(),
        "metadata.name" => pod.name(),
        "spec.serviceAccountName" => pod.account.to_owned(),
        "spec.nodeName" if pod.on_each_node => NODE.to_owned(),
        "status.podIP" | "status.hostIP" => "127.0.0.1".to_owned(),
        other => {
            let message = format!("the pod's field `{other}` is not known before it runs, and no pod runs here");
            return Err(field.error(message, "write a value, or describe the driver by a descriptor"));
        }
    })
}

/// All keys of a ConfigMap or Secret that become variables.
fn all_of(source: &Part<'_>, pod: &Pod<'_>, objects: &Objects) -> Result<Vec<(String, String)>, Box<ScenarioError>> {
    for (kind, reference) in [("ConfigMap", "configMapRef"), ("Secret", "secretRef")] {
        let Some(reference) = source.part(&[reference]) else { continue };
        let name = reference.text("name");
        return match objects.named(kind, pod.namespace, name) {
            Some(object) => Ok(keys(&object).into_iter().filter_map(|key| Some((key.clone(), content(&object, &key)?))).collect()),
            None if reference.value["optional"] == true => Ok(Vec::new()),
            None => {
                let message = format!("there is no {kind} `{name}` in namespace {}", pod.namespace);
                Err(reference.error(message, format!("add the {kind} to the folder, with what the driver is to be told")))
            }
        };
    }
    Ok(Vec::new())
}

/// The keys of a ConfigMap or Secret.
pub(super) fn keys(object: &Part<'_>) -> Vec<String> {
    let maps = ["data", "stringData"].into_iter().filter_map(|field| object.value.get(field)?.as_object());
    maps.flat_map(|map| map.keys().cloned()).collect()
}

/// The text of a key of a ConfigMap or Secret; nothing where there is none, or where it is no text.
pub(super) fn content(object: &Part<'_>, key: &str) -> Option<String> {
    let plain = |field: &str| object.value.get(field)?.get(key)?.as_str();
    if object.text("kind") != "Secret" {
        return plain("data").map(str::to_owned);
    }
    match plain("stringData") {
        Some(text) => Some(text.to_owned()),
        None => String::from_utf8(STANDARD.decode(plain("data")?.trim()).ok()?).ok(),
    }
}

/// Puts variables in the place of `$(NAME)`; one that is not there stays as it is written, and `$$` is a dollar.
fn expanded<'t>(text: &'t str, variables: &[Told<'_>]) -> Cow<'t, str> {
    if !text.contains('$') {
        return Cow::Borrowed(text);
    }
    let (mut told, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('$') {
        told.push_str(before);
        rest = if let Some(after) = after.strip_prefix('$') {
            told.push('$');
            after
        } else if let Some((name, after)) = after.strip_prefix('(').and_then(|inside| inside.split_once(')')) {
            let last = variables.iter().rev().find(|told| told.variable.as_deref() == Some(name));
            match last {
                Some(variable) => told.push_str(&variable.text),
                None => told.push_str(&format!("$({name})")),
            }
            after
        } else {
            told.push('$');
            after
        };
    }
    told.push_str(rest);
    Cow::Owned(told)
}
