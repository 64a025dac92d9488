//! Which objects a filter means just now, and which of their properties.

use std::collections::BTreeSet;

use fake_vcenter_types::{MoRef, Value, is_subtype, type_info};

use super::path::{self, PathError};
use super::spec::FilterSpec;
use crate::managed::{Look, exists};

/// What a filter means just now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// The objects, in the order in which they were found.
    pub members: Vec<MoRef>,
    /// Objects that the filter names and that do not exist.
    pub missing: Vec<MoRef>,
}

/// Walks the filter's traversals.
///
/// # Errors
/// A traversal follows a property that its type does not have.
pub fn select(look: &Look, spec: &FilterSpec) -> Result<Selection, PathError> {
    let mut walk = Walk { look, spec, found: Selection::default(), known: BTreeSet::new(), walked: BTreeSet::new() };
    for start in &spec.starts {
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
    known: BTreeSet<MoRef>,
    /// Traversals that were followed from an object; a recursive traversal ends here.
    walked: BTreeSet<(MoRef, usize)>,
}

impl Walk<'_> {
    fn visit(&mut self, object: &MoRef, skip: bool, next: &[usize]) -> Result<(), PathError> {
        if !skip && wanted(self.spec, &object.kind) && self.known.insert(object.clone()) {
            self.found.members.push(object.clone());
        }
        for &index in next {
            let spec = self.spec;
            let Some(traversal) = spec.traversals.get(index) else { continue };
            if !is_subtype(&object.kind, &traversal.kind) || !self.walked.insert((object.clone(), index)) {
                continue;
            }
            if !self.look.authenticated() || self.look.refusal(object).is_some() {
                continue;
            }
            for target in references(path::read(self.look, object, &traversal.path)?) {
                if exists(self.look, &target) && self.look.sees(&target) {
                    self.visit(&target, traversal.skip, &traversal.next)?;
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
