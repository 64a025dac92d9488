//! The end of a transaction: what did it change?
//!
//! The tables know which records were touched and how they were. Here the affected objects are projected as they are
//! now and, with the tables swapped, as they were; what differs is recorded. Nobody has to remember to announce a change.

use std::collections::{BTreeMap, BTreeSet};

use fake_vcenter_types::{MoRef, Value, type_info};
use jiff::Timestamp;
use seatrial_journal::Change;

use super::affected::affected;
use super::journaled;
use super::window::{ObjectChange, Window};
use crate::managed::{Look, exists, top_level};
use crate::state::State;

/// What a transaction is recorded with.
pub struct Commit<'a> {
    /// Name of the vCenter, the journal's store.
    pub store: &'a str,
    /// When.
    pub at: Timestamp,
    /// What brought it about.
    pub cause: &'a str,
}

/// Ends the running transaction: records its changes, if there are any, and begins the next one.
pub fn commit(commit: &Commit, world: &mut crate::world::Parts, window: &mut Window) -> Vec<Change> {
    let objects = affected(&world.state);
    let after = project(&world.look(), &objects);
    let journaled_after = journaled::snapshot(&world.state);
    world.state.swap();
    let before = project(&world.look(), &objects);
    let journaled_before = journaled::snapshot(&world.state);
    world.state.swap();
    let everything = if rights_changed(&world.state) { guarded(&world.state) } else { Vec::new() };
    world.state.settle();

    let differences: Vec<(MoRef, BTreeSet<String>)> = objects
        .into_iter()
        .filter_map(|object| {
            let paths = differing(before.get(&object), after.get(&object))?;
            Some((object, paths))
        })
        .collect();
    if differences.is_empty() && everything.is_empty() && journaled_before == journaled_after {
        return Vec::new();
    }
    let revision = window.next_revision();
    for (object, paths) in differences {
        window.push(ObjectChange { revision, at: commit.at, cause: commit.cause.to_owned(), object, paths });
    }
    // What somebody may read has changed, so all of it may be news to somebody.
    for object in everything {
        let paths = type_info(&object.kind).map_or(&[][..], |info| info.fields).iter().map(|field| field.name.to_owned()).collect();
        window.push(ObjectChange { revision, at: commit.at, cause: commit.cause.to_owned(), object, paths });
    }
    journaled::changes(commit, revision, &journaled_before, &journaled_after)
}

/// Whether an account that was there before may do more or less now.
fn rights_changed(state: &State) -> bool {
    state.users.touched().any(|(_, before, after)| before.is_some_and(|before| after.is_none_or(|after| after.lacks != before.lacks)))
}

/// All that is guarded by privileges, and the views that show it.
fn guarded(state: &State) -> Vec<MoRef> {
    let others = state.tasks.iter().map(|(key, _)| key).chain(state.views.iter().map(|(key, _)| key));
    state.entities().into_iter().chain(others.cloned()).collect()
}

type Properties = BTreeMap<&'static str, Value>;

/// The properties of those of the objects that exist.
fn project(look: &Look, objects: &BTreeSet<MoRef>) -> BTreeMap<MoRef, Properties> {
    let mut projected = BTreeMap::new();
    for object in objects.iter().filter(|object| exists(look, object)) {
        let names = type_info(&object.kind).map_or(&[][..], |info| info.fields);
        let properties = names.iter().filter_map(|field| Some((field.name, top_level(look, object, field.name)?))).collect();
        projected.insert(object.clone(), properties);
    }
    projected
}

/// Paths that differ; `None` when nothing does. An object that came or went has no paths: its existence tells.
fn differing(before: Option<&Properties>, after: Option<&Properties>) -> Option<BTreeSet<String>> {
    let mut paths = BTreeSet::new();
    match (before, after) {
        (None, None) => return None,
        (Some(_), None) | (None, Some(_)) => return Some(paths),
        (Some(before), Some(after)) => {
            for name in before.keys().chain(after.keys()) {
                compare(name, before.get(name), after.get(name), &mut paths);
            }
        }
    }
    if paths.is_empty() { None } else { Some(paths) }
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, paths: &mut BTreeSet<String>) {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) if before.type_name == after.type_name => {
            for (name, _) in before.fields.iter().chain(&after.fields) {
                compare(&format!("{path}.{name}"), before.get(name), after.get(name), paths);
            }
        }
        _ if before == after => {}
        _ => {
            paths.insert(path.to_owned());
        }
    }
}
