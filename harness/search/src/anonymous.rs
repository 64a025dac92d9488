//! Files that can leave the house: whatever somebody named gets another name, the same one everywhere.
//!
//! Replaced: the names of vCenters, clusters, datastores, policies, key providers, nodes, tags and their categories; those of the
//! manifests' objects, containers and images; title, prose, tags, and texts that are written and read. Left out: annotations,
//! environment variables, commands and arguments of containers. Numbers, sizes, times and the order
//! of things stay: they may be why it fails. The runs are other runs: names decide the order of lists. Whoever shares the result looks
//! whether it fails for the same reason ([`crate::shrink::Suspect::is`]).

use std::collections::BTreeMap;

use crate::bundle::{Bundle, BundleError};
use crate::document::{self, DocumentError, Layout, Tree};

/// Keys of containers and objects that may tell anything, and change nothing in a run.
const LEFT_OUT: [&str; 5] = ["annotations", "env", "args", "command", "description"];

/// New names, by the old ones.
#[derive(Default)]
struct Names {
    names: BTreeMap<String, String>,
    counts: BTreeMap<&'static str, usize>,
}

/// The same files with other names.
///
/// # Errors
/// Files that cannot be changed.
pub fn anonymised(bundle: &Bundle) -> Result<Bundle, BundleError> {
    let mut scenario = bundle.tree()?;
    let mut manifests = BTreeMap::new();
    for (name, text) in &bundle.manifests {
        let failed = |source: DocumentError| BundleError::Document { name: name.clone(), source };
        manifests.insert(name.clone(), document::read(text).map_err(failed)?);
    }
    let mut names = Names::default();
    names.of_world(&scenario);
    manifests.values().flatten().for_each(|object| names.of_object(object));
    names.of_steps(&scenario);
    scenario.set("scenario", Tree::plain("A scenario whose names were replaced"));
    scenario.remove("about");
    scenario.remove("tags");
    let scenario = names.replaced(&scenario, true);
    let told = manifests.into_iter().map(|(name, objects)| {
        let objects: Vec<Tree> = objects.iter().map(|object| names.replaced(&without_what_tells(object), false)).collect();
        (name, document::print(&objects, Layout::Manifest))
    });
    let bundle = Bundle { manifests: told.collect(), ..Bundle::default() };
    bundle.with_scenario(&scenario).named("objects")
}

impl Names {
    fn add(&mut self, kind: &'static str, name: Option<&Tree>) {
        let Some(name) = name.and_then(Tree::text).filter(|name| !name.is_empty()) else { return };
        if !self.names.contains_key(name) {
            let count = self.counts.entry(kind).or_default();
            *count += 1;
            self.names.insert(name.to_owned(), format!("{kind}{count}"));
        }
    }

    fn of_world(&mut self, scenario: &Tree) {
        let Some(world) = scenario.get("world") else { return };
        for vcenter in members(world.get("vcenters")) {
            self.add("vc", vcenter.get("name"));
            for cluster in members(vcenter.get("clusters")) {
                self.add("cluster", cluster.get("name"));
                members(cluster.get("datastores")).iter().for_each(|datastore| self.add("datastore", Some(datastore)));
                self.of_tags(cluster.get("tags"));
            }
            members(vcenter.get("policies")).iter().for_each(|policy| self.add("policy", policy.get("name")));
            members(vcenter.get("key-providers")).iter().for_each(|provider| self.add("provider", provider.get("name")));
            self.of_tags(vcenter.get("tags"));
        }
        for node in members(world.get("kubernetes").and_then(|kubernetes| kubernetes.get("nodes"))) {
            self.add("node", node.get("name"));
            self.of_tags(node.get("tags"));
        }
        for category in world.get("topology").map_or(&[][..], Tree::entries) {
            self.add("category", Some(&category.1));
        }
    }

    fn of_tags(&mut self, tags: Option<&Tree>) {
        for (category, tag) in tags.map_or(&[][..], Tree::entries) {
            self.add("category", Some(&Tree::plain(category)));
            self.add("tag", Some(tag));
        }
    }

    /// The object's name, those of its parts, and its images.
    fn of_object(&mut self, object: &Tree) {
        self.add("object", object.get("metadata").and_then(|metadata| metadata.get("name")));
        self.of_parts(object);
    }

    fn of_parts(&mut self, tree: &Tree) {
        for (key, value) in tree.entries() {
            match key.as_str() {
                "containers" | "initContainers" => members(Some(value)).iter().for_each(|container| {
                    self.add("container", container.get("name"));
                    self.add("image", container.get("image"));
                }),
                "volumes" => members(Some(value)).iter().for_each(|volume| self.add("volume", volume.get("name"))),
                "volumeClaimTemplates" => members(Some(value))
                    .iter()
                    .for_each(|template| self.add("claim", template.get("metadata").and_then(|metadata| metadata.get("name")))),
                _ => {}
            }
            self.of_parts(value);
        }
        tree.members().iter().for_each(|member| self.of_parts(member));
    }

    fn of_steps(&mut self, scenario: &Tree) {
        for step in members(scenario.get("steps")) {
            for word in ["write", "read"] {
                self.add("text", step.get(word).and_then(|file| file.get("text")));
            }
        }
    }

    /// The same with new names. Keys are names where they have a slash, or where they are all of a name in a scenario.
    fn replaced(&self, tree: &Tree, in_scenario: bool) -> Tree {
        match tree {
            Tree::Scalar { text, plain } => Tree::Scalar { text: self.replaced_in(text), plain: *plain },
            Tree::List(members) => Tree::List(members.iter().map(|member| self.replaced(member, in_scenario)).collect()),
            Tree::Map(entries) => Tree::map(entries.iter().map(|(key, value)| {
                let is_name = in_scenario && (key.contains('/') || self.is_keyed(key));
                (if is_name { self.replaced_in(key) } else { key.clone() }, self.replaced(value, in_scenario))
            })),
        }
    }

    /// Nodes are keys of `power`, categories of `tags`.
    fn is_keyed(&self, key: &str) -> bool {
        self.names.get(key).is_some_and(|name| name.starts_with("node") || name.starts_with("category"))
    }

    /// A text in which each name that stands between other letters than those of names is the new one: `data-web-0` is made of two.
    fn replaced_in(&self, text: &str) -> String {
        if let Some(name) = self.names.get(text) {
            return name.clone();
        }
        // The longest first: `web-front` before `web`.
        let mut names: Vec<(&String, &String)> = self.names.iter().filter(|(old, _)| !old.contains(' ')).collect();
        names.sort_by_key(|(old, _)| std::cmp::Reverse(old.len()));
        let (mut replaced, mut rest) = (String::new(), text);
        while let Some(letter) = rest.chars().next() {
            let begins = !goes_on(text[..text.len() - rest.len()].chars().rev());
            let found = names.iter().find(|(old, _)| begins && rest.starts_with(old.as_str()) && !goes_on(rest[old.len()..].chars()));
            match found {
                Some((old, new)) => {
                    replaced.push_str(new);
                    rest = &rest[old.len()..];
                }
                None => {
                    replaced.push(letter);
                    rest = &rest[letter.len_utf8()..];
                }
            }
        }
        replaced
    }
}

/// Whether a name goes on with these letters: `vsphere` is none in `csi.vsphere.vmware.com`.
fn goes_on(mut letters: impl Iterator<Item = char>) -> bool {
    match letters.next() {
        Some('.') => letters.next().is_some_and(char::is_alphanumeric),
        Some(letter) => letter.is_alphanumeric(),
        None => false,
    }
}

fn members(tree: Option<&Tree>) -> &[Tree] {
    tree.map_or(&[], Tree::members)
}

fn without_what_tells(tree: &Tree) -> Tree {
    match tree {
        Tree::Scalar { .. } => tree.clone(),
        Tree::List(members) => Tree::List(members.iter().map(without_what_tells).collect()),
        Tree::Map(entries) => {
            let kept = entries.iter().filter(|(key, _)| !LEFT_OUT.contains(&key.as_str()));
            Tree::map(kept.map(|(key, value)| (key.clone(), without_what_tells(value))))
        }
    }
}
