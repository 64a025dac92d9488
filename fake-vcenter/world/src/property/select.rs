//! Which objects a filter means just now, and which of their properties.

use std::collections::{BTreeMap, BTreeSet};

use vsphere_types::{MoRef, Value, is_subtype, type_info};

use super::path::{self, PathError};
use super::spec::FilterSpec;
use crate::change::ObjectChange;
use crate::look::Look;
use crate::managed::exists;

/// What a filter means just now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// The objects, in the order in which they were found.
    pub members: Vec<MoRef>,
    /// Objects that the filter names and that do not exist.
    pub missing: Vec<MoRef>,
    /// The place of each member among the members.
    pub places: BTreeMap<MoRef, usize>,
    /// The objects whose existence the walk asked for; members are not named again.
    asked: BTreeSet<MoRef>,
    /// Traversals that were followed from an object.
    followed: BTreeSet<(MoRef, usize)>,
    /// Whether something was followed that changes without a transaction telling.
    untold: bool,
}

impl Selection {
    /// Whether a change may make another walk come to something else.
    pub fn rests_on(&self, spec: &FilterSpec, change: &ObjectChange) -> bool {
        let object = &change.object;
        if change.paths.is_empty() {
            return self.places.contains_key(object) || self.asked.contains(object);
        }
        let followed = self.followed.range((object.clone(), 0)..).take_while(|(from, _)| from == object);
        let mut paths = followed.filter_map(|(_, index)| spec.traversals.get(*index)).map(|traversal| traversal.path.as_str());
        paths.any(|path| change.paths.iter().any(|changed| within(path, changed) || within(changed, path)))
    }

    /// Whether it stays what it is for as long as nothing changes that it rests on.
    pub fn lasts(&self) -> bool {
        !self.untold
    }
}

/// Whether `path` is `outer` or lies inside of it.
pub fn within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Walks the filter's traversals.
///
/// # Errors
/// A traversal follows a property that its type does not have.
pub fn select(look: &Look, spec: &FilterSpec) -> Result<Selection, PathError> {
    // What an account may see that lacks something can change with a mere name.
    let found = Selection { untold: look.is_limited(), ..Selection::default() };
    let mut walk = Walk { look, spec, found };
    for start in &spec.starts {
        walk.found.asked.insert(start.object.clone());
        if exists(look, &start.object) {
            if !look.sees(&start.object) {
                continue;
            }
            walk.visit(&start.object, start.skip, &start.next)?;
        } else if !walk.found.missing.contains(&start.object) {
            walk.found.missing.push(start.object.clone());
        }
    }
    Ok(walk.found)
}

/// The paths that a filter asks of an object of this type: each once, `all` as the names of all properties.
pub fn paths_of(spec: &FilterSpec, kind: &str) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for properties in spec.properties.iter().filter(|properties| is_subtype(kind, &properties.kind)) {
        let all = if properties.all { type_info(kind).map_or(&[][..], |info| info.fields) } else { &[] };
        for path in all.iter().map(|field| field.name).chain(properties.paths.iter().map(String::as_str)) {
            if !paths.iter().any(|known| known == path) {
                paths.push(path.to_owned());
            }
        }
    }
    paths
}

/// Whether the filter asks anything of objects of this type.
fn wanted(spec: &FilterSpec, kind: &str) -> bool {
    spec.properties.iter().any(|properties| is_subtype(kind, &properties.kind))
}

struct Walk<'a> {
    look: &'a Look<'a>,
    spec: &'a FilterSpec,
    found: Selection,
}

impl Walk<'_> {
    fn visit(&mut self, object: &MoRef, skip: bool, next: &[usize]) -> Result<(), PathError> {
        if !skip && wanted(self.spec, &object.kind) && !self.found.places.contains_key(object) {
            self.found.places.insert(object.clone(), self.found.members.len());
            self.found.members.push(object.clone());
        }
        for &index in next {
            let spec = self.spec;
            let Some(traversal) = spec.traversals.get(index) else { continue };
            // A recursive traversal ends where it has been before.
            if !is_subtype(&object.kind, &traversal.kind) || !self.found.followed.insert((object.clone(), index)) {
                continue;
            }
            // What these list depends on who looks.
            self.found.untold |= matches!(object.kind.as_str(), "ViewManager" | "SessionManager");
            if !self.look.authenticated() || self.look.refusal(object).is_some() {
                continue;
            }
            for target in references(path::read(self.look, object, &traversal.path)?) {
                if exists(self.look, &target) && self.look.sees(&target) {
                    self.visit(&target, traversal.skip, &traversal.next)?;
                }
                if !self.found.places.contains_key(&target) {
                    self.found.asked.insert(target);
                }
            }
        }
        Ok(())
    }
}

fn references(value: Option<Value>) -> Vec<MoRef> {
    match value {
        Some(Value::Ref(reference)) => vec![reference],
        Some(Value::Array(array)) => {
            array.items.into_iter().filter_map(|item| if let Value::Ref(reference) = item { Some(reference) } else { None }).collect()
        }
        _ => Vec::new(),
    }
}
