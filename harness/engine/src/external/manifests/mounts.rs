//! What a container finds at paths that it is told of, and where the same is for a process without a pod.
//!
//! Kept: the socket that the pod's containers share, the files of ConfigMaps and Secrets, folders of the node that are mounted where they
//! are, a folder that one container has for itself. All else that a program is told of is an error at its place.

use std::collections::BTreeMap;

use seatrial_scenario::ScenarioError;

use super::objects::{Objects, Part};
use super::pod::Pod;
use super::variables::{Told, content, keys};
use crate::external::Subject;

/// By what drivers are told where their configuration is.
const CONFIGURATION_AT: [&str; 2] = ["VSPHERE_CSI_CONFIG", "--cloud-config"];
/// How its file is called, whatever it is told by.
const CONFIGURATION_ENDS: &str = "vsphere.conf";

/// The mounts of one container.
pub(super) struct Mounts<'m> {
    mounts: Vec<Mount<'m>>,
    subject: Subject,
    /// Which volume the pod's socket lies in, and where in it.
    socket: Option<(String, String)>,
    /// What stands for the socket here.
    pub(super) socket_word: &'static str,
    /// Volumes that other containers of the pod have, too.
    shared: Vec<String>,
    /// What is written for the process, by names.
    pub(super) files: BTreeMap<String, String>,
}

struct Mount<'m> {
    /// Where it is for the container.
    path: &'m str,
    /// Which file of the volume it is, where it is one.
    sub_path: &'m str,
    volume: Part<'m>,
    kind: Kind<'m>,
    part: Part<'m>,
    mentioned: bool,
}

enum Kind<'m> {
    /// Of a ConfigMap or Secret, by the names of their files; without an object, what there is is not known.
    Files { what: String, object: Option<Part<'m>>, keys: BTreeMap<String, String> },
    /// Of the node.
    Host(&'m str),
    /// Empty at first.
    Empty,
    /// What nobody here can make.
    Other,
}

impl<'m> Mounts<'m> {
    pub(super) fn of(container: &Part<'m>, pod: &Pod<'m>, objects: &'m Objects, subject: Subject) -> Self {
        let mounts = container.elements("volumeMounts").into_iter().filter_map(|part| {
            let volume = pod.volume(part.text("name"))?;
            let path = part.text("mountPath").trim_end_matches('/');
            Some(Mount { path, sub_path: part.text("subPath"), kind: kind(&volume, pod, objects), volume, part, mentioned: false })
        });
        let mut mounts: Vec<_> = mounts.collect();
        // What is mounted deeper lies above.
        mounts.sort_by_key(|mount| std::cmp::Reverse(mount.path.len()));
        Self { mounts, subject, socket: None, socket_word: "${socket}", shared: Vec::new(), files: BTreeMap::new() }
    }

    /// Where a path of the container's lies: the volume, and the path in it.
    pub(super) fn locate(&self, path: &str) -> Option<(String, String)> {
        let below = |mount: &Mount<'_>| {
            let rest = path.strip_prefix(mount.path)?;
            (rest.is_empty() || rest.starts_with('/')).then(|| (mount.volume.text("name").to_owned(), rest.to_owned()))
        };
        self.mounts.iter().find_map(below)
    }

    /// The volumes that it mounts.
    pub(super) fn volumes(&self) -> impl Iterator<Item = &'m str> {
        self.mounts.iter().map(|mount| mount.volume.text("name"))
    }

    /// Tells it which socket the pod shares, and which volumes others have.
    pub(super) fn share(&mut self, socket: Option<(String, String)>, word: &'static str, shared: Vec<String>) {
        (self.socket, self.socket_word, self.shared) = (socket, word, shared);
    }

    /// The same text with the places of this machine in it, as placeholders.
    pub(super) fn translated(&mut self, told: &Told<'m>) -> Result<String, Box<ScenarioError>> {
        let (mut done, mut rest) = (String::new(), told.text.as_str());
        if rest.contains("${") && !told.is_ours {
            let help = "a shell would put a variable there; name the program itself, or describe the driver by a descriptor";
            return Err(told.part.error("`${` begins a placeholder of a descriptor, and cannot be told", help));
        }
        while let Some((start, index)) = self.first_path(rest, done.chars().last()) {
            let (before, from) = rest.split_at(start);
            let end = from.find(|letter: char| ":,;\"' \t\n)".contains(letter)).unwrap_or(from.len());
            let inside = from[self.mounts[index].path.len()..end].to_owned();
            done.push_str(before);
            done.push_str(&self.place(index, &inside, told)?);
            rest = &from[end..];
        }
        Ok(done + rest)
    }

    /// Where the first path below a mount begins, and which mount; `before` is the letter in front of the text.
    fn first_path(&self, text: &str, before: Option<char>) -> Option<(usize, usize)> {
        let in_a_name = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        let found = self.mounts.iter().enumerate().filter(|(_, mount)| !mount.path.is_empty()).filter_map(|(index, mount)| {
            let begins = |start: &usize| {
                let before = text[..*start].chars().last().or(before);
                let after = text[start + mount.path.len()..].chars().next();
                !before.is_some_and(in_a_name) && !after.is_some_and(in_a_name)
            };
            text.match_indices(mount.path).map(|(start, _)| start).find(begins).map(|start| (start, index))
        });
        // Of two that begin at one place the deeper one comes first.
        found.min_by_key(|(start, index)| (*start, *index))
    }

    /// What stands for a path below a mount.
    fn place(&mut self, index: usize, inside: &str, told: &Told<'m>) -> Result<String, Box<ScenarioError>> {
        self.mounts[index].mentioned = true;
        let mount = &self.mounts[index];
        let volume = mount.volume.text("name");
        if self.socket.as_ref().is_some_and(|(of, at)| of == volume && at == inside) {
            return Ok(self.socket_word.to_owned());
        }
        match &mount.kind {
            Kind::Host(path) if path.trim_end_matches('/') == mount.path => Ok(format!("{}{inside}", mount.path)),
            Kind::Files { .. } => self.file(index, inside.trim_start_matches('/'), told),
            Kind::Empty if !self.shared.iter().any(|name| name == volume) => Ok(format!("${{folder}}{inside}")),
            Kind::Empty => {
                let message = format!("`{}{inside}` lies in volume `{volume}`, which several containers share", mount.path);
                Err(told.part.error(message, "only the pod's CSI socket can be shared; describe the driver by a descriptor"))
            }
            Kind::Host(path) => {
                let message = format!("`{}{inside}` is the node's {path}, which is mounted elsewhere", mount.path);
                Err(told.part.error(message, "processes see the node's folders where they are; mount it at the same path"))
            }
            Kind::Other => {
                let message = format!("what lies at `{}` is not known here: volume `{volume}`", mount.path);
                Err(told
                    .part
                    .error(message, "ConfigMaps, Secrets, empty folders and the node's can be had; describe the driver by a descriptor"))
            }
        }
    }

    /// A file of a ConfigMap or Secret, or all of them where none is named.
    fn file(&mut self, index: usize, inside: &str, told: &Told<'m>) -> Result<String, Box<ScenarioError>> {
        let mount = &self.mounts[index];
        let Kind::Files { what, object, keys } = &mount.kind else { return Ok(String::new()) };
        let whole = inside.is_empty() && mount.sub_path.is_empty();
        let named = if inside.is_empty() { mount.sub_path } else { inside };
        let wanted: Vec<String> = if whole { keys.keys().cloned().collect() } else { vec![named.to_owned()] };
        let mut files = Vec::new();
        for name in wanted {
            let is_configuration = name.ends_with(CONFIGURATION_ENDS) || CONFIGURATION_AT.iter().any(|word| told.is(word));
            let text = match (is_configuration, object, keys.get(&name)) {
                (true, ..) => configuration(self.subject).to_owned(),
                (false, Some(object), Some(key)) => content(object, key).unwrap_or_default(),
                (false, None, _) => {
                    let help = "add it to the folder, with what the driver is to be told";
                    return Err(told.part.error(format!("`{name}` is a file of {what}, which is not among the manifests"), help));
                }
                (false, Some(_), None) => {
                    let there = keys.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                    return Err(told.part.error(format!("{what} has no file `{name}`"), format!("there are {there}")));
                }
            };
            files.push((name, text));
        }
        for (name, text) in files {
            if text.contains("${") && !text.starts_with("${") {
                let message = format!("`{name}` of {what} has `${{` in it, which begins a placeholder of a descriptor");
                return Err(told.part.error(message, "describe the driver by a descriptor"));
            }
            if let Some(other) = self.files.insert(name.clone(), text.clone()).filter(|other| *other != text) {
                self.files.insert(name.clone(), other);
                let message = format!("two files that are told to this container are called `{name}`");
                return Err(told.part.error(message, "all its files lie in one folder here; give one of them another name"));
            }
        }
        Ok(if whole { "${folder}".to_owned() } else { format!("${{folder}}/{named}") })
    }

    /// Files that no program is told of: it may know the path by itself, and will not find it here.
    pub(super) fn unmentioned(&self) -> impl Iterator<Item = (&Part<'m>, String)> {
        self.mounts.iter().filter(|mount| !mount.mentioned).filter_map(|mount| match &mount.kind {
            Kind::Files { what, .. } => Some((&mount.part, format!("{what} at {}", mount.path))),
            _ => None,
        })
    }
}

/// What stands for the scenario's vCenters.
fn configuration(subject: Subject) -> &'static str {
    match subject {
        Subject::Csi => "${csi-configuration}",
        Subject::Ccm => "${ccm-configuration}",
    }
}

fn kind<'m>(volume: &Part<'m>, pod: &Pod<'m>, objects: &'m Objects) -> Kind<'m> {
    if let Some(path) = volume.part(&["hostPath", "path"]) {
        return Kind::Host(path.own_text());
    }
    if volume.value.get("emptyDir").is_some() {
        return Kind::Empty;
    }
    for (field, name, kind) in [("configMap", "name", "ConfigMap"), ("secret", "secretName", "Secret")] {
        let Some(source) = volume.part(&[field]) else { continue };
        let name = source.text(name);
        let object = objects.named(kind, pod.namespace, name);
        let items = source.elements("items");
        let keys = if items.is_empty() {
            object.iter().flat_map(keys).map(|key| (key.clone(), key)).collect()
        } else {
            items.iter().map(|item| (item.text("path").to_owned(), item.text("key").to_owned())).collect()
        };
        return Kind::Files { what: format!("{kind} {name}"), object, keys };
    }
    Kind::Other
}
