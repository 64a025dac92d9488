//! The end of a transaction: what did it change?
//!
//! The tables know which records were touched and how they were. Here the affected objects are projected as they are
//! now and, with the tables swapped, as they were; what differs is recorded. Nobody has to remember to announce a change. Objects
//! that came or went are not projected, and lists that grow with the world are judged by their members that came or went.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_journal::Change;
use vsphere_types::{MoRef, Value, type_info};

use super::affected::Affected;
use super::journaled::Commit;
use super::window::{ObjectChange, Window};
use super::{journaled, membership};
use crate::look::Look;
use crate::managed::{exists, part, top_level};
use crate::state::State;

/// Ends the running transaction: records its changes, if there are any, and begins the next one.
pub fn commit(commit: &Commit, world: &mut crate::look::Parts, window: &mut Window) -> Vec<Change> {
    if !world.state.is_touched() {
        return Vec::new();
    }
    let mut affected = Affected::by(&world.state);
    let (pairs, moved) = (membership::datastore_pairs(&world.state), membership::moved(&world.state));
    let there = existing(&world.look(), &affected);
    world.state.swap();
    let was_there = existing(&world.look(), &affected);
    let stayed: BTreeSet<&MoRef> = there.intersection(&was_there).collect();
    let before = Side::of(&world.look(), &affected, &stayed, &pairs, &moved, commit.heard);
    world.state.swap();
    let after = Side::of(&world.look(), &affected, &stayed, &pairs, &moved, commit.heard);
    let came_or_went: Vec<MoRef> = there.symmetric_difference(&was_there).cloned().collect();
    let everything = if rights_changed(&world.state) { guarded(&world.state) } else { guarded_otherwise(&world.state) };
    world.state.settle();

    before.on.symmetric_difference(&after.on).for_each(|(_, datastore)| affected.note(datastore, "vm"));
    before.shown.symmetric_difference(&after.shown).for_each(|(view, _)| affected.note(view, "view"));
    let differences = differences(affected, came_or_went, &before, &after);
    if differences.is_empty() && everything.is_empty() && before.journaled == after.journaled {
        return Vec::new();
    }
    let revision = window.next_revision();
    if !everything.is_empty() {
        window.note_upheaval();
    }
    for (object, paths) in differences {
        window.push(ObjectChange { revision, at: commit.at, cause: commit.cause.to_owned(), object, paths });
    }
    // What somebody may read has changed, so all of it may be news to somebody.
    for object in everything {
        let paths = type_info(&object.kind).map_or(&[][..], |info| info.fields).iter().map(|field| field.name.to_owned()).collect();
        window.push(ObjectChange { revision, at: commit.at, cause: commit.cause.to_owned(), object, paths });
    }
    journaled::changes(commit, revision, &before.journaled, after.journaled)
}

/// Those of the affected objects that exist.
fn existing(look: &Look, affected: &Affected) -> BTreeSet<MoRef> {
    affected.compared.keys().chain(affected.changed.keys()).filter(|object| exists(look, object)).cloned().collect()
}

/// One side of a transaction: what the tables show, before or after it, of all that it may have changed.
struct Side {
    projected: BTreeMap<MoRef, Properties>,
    /// Machines, and datastores that they have something on.
    on: BTreeSet<(MoRef, MoRef)>,
    /// Views, and objects that they show.
    shown: BTreeSet<(MoRef, MoRef)>,
    journaled: journaled::Snapshot,
}

impl Side {
    fn of(
        look: &Look,
        affected: &Affected,
        stayed: &BTreeSet<&MoRef>,
        pairs: &BTreeSet<(MoRef, MoRef)>,
        moved: &[MoRef],
        heard: bool,
    ) -> Self {
        let compared = affected.compared.iter().filter(|(object, _)| stayed.contains(object));
        Self {
            projected: compared.map(|(object, names)| (object.clone(), project(look, object, names))).collect(),
            on: pairs.iter().filter(|(vm, datastore)| look.state.vm_is_on(vm, datastore)).cloned().collect(),
            shown: membership::shown(look.state, moved),
            journaled: if heard { journaled::snapshot(look.state) } else { journaled::Snapshot::new() },
        }
    }
}

/// What has changed, by object. An object that came or went has no paths: its existence tells.
fn differences(affected: Affected, came_or_went: Vec<MoRef>, before: &Side, after: &Side) -> BTreeMap<MoRef, BTreeSet<String>> {
    let mut differences: BTreeMap<MoRef, BTreeSet<String>> = BTreeMap::new();
    for (object, names) in affected.changed {
        differences.entry(object).or_default().extend(names.into_iter().map(str::to_owned));
    }
    for (object, before) in &before.projected {
        let Some(after) = after.projected.get(object) else { continue };
        let paths = differing(before, after);
        if !paths.is_empty() {
            differences.entry(object.clone()).or_default().extend(paths);
        }
    }
    differences.extend(came_or_went.into_iter().map(|object| (object, BTreeSet::new())));
    differences
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

/// Machines that were renamed or went, and the tasks on them, with the views that show them: privileges are missing on names, so what guarded
/// these before guards them no more, or only now.
fn guarded_otherwise(state: &State) -> Vec<MoRef> {
    if state.users.iter().all(|(_, user)| user.lacks.is_empty()) {
        return Vec::new();
    }
    let machines =
        state.vms.touched().filter(|(_, before, after)| before.is_some_and(|before| after.is_none_or(|after| after.name != before.name)));
    let mut others: BTreeSet<&MoRef> = machines.map(|(vm, _, _)| vm).collect();
    if others.is_empty() {
        return Vec::new();
    }
    let tasks: Vec<&MoRef> = state.tasks.iter().filter(|(_, task)| others.contains(&task.entity)).map(|(key, _)| key).collect();
    others.extend(tasks);
    others.into_iter().chain(state.views.iter().map(|(key, _)| key)).cloned().collect()
}

type Properties = BTreeMap<&'static str, Value>;

/// Properties of an object: those named, or all. Lists that grow with the world are left out. Of a part that is named its property may be
/// named too, and is enough.
fn project(look: &Look, object: &MoRef, names: &BTreeSet<&'static str>) -> Properties {
    if names.is_empty() {
        let fields = type_info(&object.kind).map_or(&[][..], |info| info.fields).iter().map(|field| field.name);
        let wanted = fields.filter(|name| !membership::is_list(&object.kind, name));
        return wanted.filter_map(|name| Some((name, top_level(look, object, name)?))).collect();
    }
    let read = |name: &&'static str| match name.split_once('.') {
        None => Some((*name, top_level(look, object, name)?)),
        Some((property, _)) if names.contains(property) => None,
        Some(_) => Some((*name, part(look, object, name)?.0)),
    };
    names.iter().filter_map(read).collect()
}

/// Paths that differ.
fn differing(before: &Properties, after: &Properties) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for name in before.keys().chain(after.keys()) {
        compare(name, before.get(name), after.get(name), &mut paths);
    }
    paths
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
