//! What a client asks the property collector for, read from its typed shape into one that is easy to walk.

use std::collections::BTreeMap;

use vsphere_types::{
    DataObject, Fault, MoRef, Object, ObjectSpec, PropertyFilterSpec, PropertySpec, SelectionSpec, TraversalSpec, is_subtype, type_info,
};

use super::path;
use crate::fault;

/// A traversal: from objects of a type along a property to others.
#[derive(Clone, Debug, PartialEq)]
pub struct Traversal {
    /// Type of the objects that it leads away from.
    pub kind: String,
    /// The property that it follows.
    pub path: String,
    /// Whether the objects that it leads to are only passed through.
    pub skip: bool,
    /// Indices of the traversals that go on from there.
    pub next: Vec<usize>,
}

/// Where to begin.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// The object.
    pub object: MoRef,
    /// Whether it is only passed through.
    pub skip: bool,
    /// Indices of the traversals that lead away from it.
    pub next: Vec<usize>,
}

/// Which properties of which type.
#[derive(Clone, Debug, PartialEq)]
pub struct Properties {
    /// The type; those that extend it are meant too.
    pub kind: String,
    /// All of them.
    pub all: bool,
    /// These.
    pub paths: Vec<String>,
}

/// A PropertyFilterSpec.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterSpec {
    /// Which properties.
    pub properties: Vec<Properties>,
    /// Where to begin.
    pub starts: Vec<Start>,
    /// All traversals of all starts.
    pub traversals: Vec<Traversal>,
    /// Whether objects that do not exist are told instead of failing the call.
    pub report_missing: bool,
}

impl FilterSpec {
    /// Reads a PropertyFilterSpec.
    ///
    /// # Errors
    /// A name that no traversal has, or an object that is none.
    pub fn parse(spec: &PropertyFilterSpec) -> Result<Self, Fault> {
        let properties = spec.prop_set.iter().map(Self::properties).collect();
        let mut parsed = Self {
            properties,
            starts: Vec::new(),
            traversals: Vec::new(),
            report_missing: spec.report_missing_objects_in_results.unwrap_or(false),
        };
        for start in &spec.object_set {
            parsed.add_start(start)?;
        }
        parsed.check()?;
        Ok(parsed)
    }

    /// Every path must be one of its type; types that the table does not have cannot be judged and have no members.
    fn check(&self) -> Result<(), Fault> {
        let asked =
            self.properties.iter().flat_map(|properties| properties.paths.iter().map(|path| (properties.kind.as_str(), path.as_str())));
        let walked = self.traversals.iter().map(|traversal| (traversal.kind.as_str(), traversal.path.as_str()));
        for (kind, path) in asked.chain(walked).filter(|(kind, _)| type_info(kind).is_some()) {
            path::check(kind, path).map_err(|error| fault::invalid_property(&error.path))?;
        }
        Ok(())
    }

    fn properties(spec: &PropertySpec) -> Properties {
        Properties { kind: spec.kind.clone(), all: spec.all.unwrap_or(false), paths: spec.path_set.clone() }
    }

    fn add_start(&mut self, spec: &ObjectSpec) -> Result<(), Fault> {
        let mut names = BTreeMap::new();
        let mut open = Vec::new();
        let next = self.add_all(&spec.select_set, &mut names, &mut open)?;
        let mut start = Start { object: spec.obj.clone(), skip: spec.skip.unwrap_or(false), next: Vec::new() };
        start.next = resolve(&next, &names)?;
        for (index, selections) in open {
            self.traversals[index].next = resolve(&selections, &names)?;
        }
        self.starts.push(start);
        Ok(())
    }

    /// Adds the traversals of a select set and of those inside; names are resolved later, for they may look ahead.
    fn add_all(
        &mut self,
        set: &[Object],
        names: &mut BTreeMap<String, usize>,
        open: &mut Vec<(usize, Vec<Named>)>,
    ) -> Result<Vec<Named>, Fault> {
        let mut selections = Vec::new();
        for selection in set {
            if !is_subtype(&selection.type_name, TraversalSpec::TYPE) {
                let named = SelectionSpec::from_object(selection).map_err(|error| fault::invalid_request(&error.to_string()))?;
                selections.push(Named::Name(named.name.unwrap_or_default()));
                continue;
            }
            let spec = TraversalSpec::from_object(selection).map_err(|error| fault::invalid_request(&error.to_string()))?;
            let index = self.traversals.len();
            self.traversals.push(Traversal { kind: spec.kind, path: spec.path, skip: spec.skip.unwrap_or(false), next: Vec::new() });
            if let Some(name) = spec.name {
                names.insert(name, index);
            }
            let inner = self.add_all(&spec.select_set, names, open)?;
            open.push((index, inner));
            selections.push(Named::Index(index));
        }
        Ok(selections)
    }
}

enum Named {
    Index(usize),
    Name(String),
}

fn resolve(selections: &[Named], names: &BTreeMap<String, usize>) -> Result<Vec<usize>, Fault> {
    let resolve = |selection: &Named| match selection {
        Named::Index(index) => Ok(*index),
        Named::Name(name) => names.get(name).copied().ok_or_else(|| fault::invalid_argument("specSet.objectSet.selectSet.name")),
    };
    selections.iter().map(resolve).collect()
}
