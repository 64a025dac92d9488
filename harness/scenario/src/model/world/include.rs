//! A world in a file of its own, which several scenarios have in common: it takes its place in the tree before anything of it is decoded.
//!
//! Its places are counted on from the end of the scenario's text, so that a place says by itself in which of the two files it is
//! ([`Source::in_world`]). One level only: an included world includes nothing.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::error::ScenarioError;
use crate::model::matrix::Values;
use crate::model::path;
use crate::model::placeholder::OF_MATRIX;
use crate::span::{Source, Span, Spanned};
use crate::yaml::{self, Content, Node, Problems};

/// Reads a file that a scenario names, by its path as it is written: relative to the scenario's folder.
pub type ReadBeside<'a> = &'a dyn Fn(&str) -> std::io::Result<String>;

/// The texts of included worlds, by their paths as they are written.
pub(crate) type Texts = BTreeMap<String, Arc<str>>;

/// The key under which a world says where the rest of it is.
pub(crate) const INCLUDE: &str = "include";
pub(crate) const EXAMPLE: &str = "worlds/two-zones.yaml";
const HOLDS: &str = "{vcenters: […], kubernetes: {nodes: 3}, drivers: {csi: ours}}";

/// What including takes: the values of the matrix, what is read already, and what reads.
pub(crate) struct Including<'a> {
    pub(crate) values: &'a Values,
    pub(crate) texts: &'a mut Texts,
    pub(crate) read: ReadBeside<'a>,
}

/// Puts an included world in its place, where the scenario names one; the source knows its text from then on. Nothing when it cannot be had.
pub(crate) fn resolve(tree: &mut Node, source: &mut Source, including: Including<'_>, problems: &mut Problems) -> Option<()> {
    let Content::Map(entries) = &mut tree.content else { return Some(()) };
    let Some((_, world)) = entries.iter_mut().find(|(name, _)| name.value == "world") else { return Some(()) };
    let (own, path) = match &world.content {
        Content::Scalar(_) => (None, path::beside(world, "world", problems)?),
        Content::Map(own) => match own.iter().find(|(name, _)| name.value == INCLUDE) {
            Some((_, path)) => (Some(own), path::beside(path, INCLUDE, problems)?),
            None => return Some(()),
        },
        _ => return Some(()),
    };
    let mut included = included(source, &path, including, problems)?;
    if let (Some(own), Content::Map(theirs)) = (own, &mut included.content) {
        theirs.retain(|(name, _)| own.iter().all(|(mine, _)| mine.value != name.value));
        theirs.extend(own.iter().filter(|(name, _)| name.value != INCLUDE).cloned());
        included.span = world.span;
    }
    *world = included;
    Some(())
}

/// The tree of an included world.
fn included(source: &mut Source, path: &Spanned<String>, including: Including<'_>, problems: &mut Problems) -> Option<Node> {
    let Including { values, texts, read } = including;
    let text = match texts.get(&path.value) {
        Some(text) => Arc::clone(text),
        None => match read(&path.value) {
            Ok(text) => Arc::from(text),
            Err(error) => {
                let help = "the path is relative to the scenario's folder";
                return problems.at(path.span, format!("world `{path}` cannot be read: {error}"), help);
            }
        },
    };
    texts.insert(path.value.clone(), Arc::clone(&text));
    let name = Path::new(&*source.name).parent().unwrap_or(Path::new("")).join(&path.value);
    let base = source.with_world(Source::new(&name.display().to_string(), &text));
    let mut found = Problems::default();
    let tree = yaml::read(&text, &mut found);
    found.into_errors().into_iter().for_each(|error| problems.add(error.moved(base)));
    let mut tree = tree?;
    tree.shift(base);
    OF_MATRIX.fill(&mut tree, values, problems);
    let entries = tree.map("an included world", HOLDS, problems)?;
    if let Some((name, _)) = entries.iter().find(|(name, _)| name.value == INCLUDE) {
        let error = ScenarioError::at(name.span, "an included world includes another", "write what that holds into this file");
        problems.add(error);
        return None;
    }
    Some(tree)
}

impl Node {
    /// Moves all places of a tree.
    fn shift(&mut self, by: usize) {
        self.span = self.span.moved(by);
        match &mut self.content {
            Content::Nothing | Content::Scalar(_) => {}
            Content::List(members) => members.iter_mut().for_each(|member| member.shift(by)),
            Content::Map(entries) => {
                for (name, value) in entries {
                    name.span = name.span.moved(by);
                    value.shift(by);
                }
            }
        }
    }
}

impl Span {
    fn moved(self, by: usize) -> Self {
        Self { start: self.start + by, end: self.end + by }
    }
}

impl ScenarioError {
    fn moved(mut self, by: usize) -> Self {
        self.span = self.span.moved(by);
        self.also = self.also.map(|(span, label)| (span.moved(by), label));
        self
    }
}
