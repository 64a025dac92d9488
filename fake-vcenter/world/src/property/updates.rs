//! WaitForUpdatesEx as a function of what a client has acknowledged and what has changed since.
//!
//! An answer is kept until the client names its version; a client that lost the answer asks with the older version
//! and gets the same answer again. So no update is lost, whoever drops the connection.

use std::collections::BTreeMap;
use std::sync::Arc;

use vsphere_types::{
    Fault, MissingObject, MissingProperty, MoRef, ObjectUpdate, ObjectUpdateKind, PropertyChange, PropertyChangeOp, PropertyFilterUpdate,
    UpdateSet,
};

use super::collector::{Collector, Filter, Known, Pending, Reported};
use super::path::read;
use super::select::{Selection, paths_of, within};
use crate::change::{ObjectChange, Window};
use crate::fault;
use crate::look::Look;

/// What a wait comes to just now.
#[derive(Clone, Debug, PartialEq)]
pub enum UpdateOutcome {
    /// There is something to tell.
    Update(UpdateSet),
    /// Nothing yet.
    Nothing,
}

/// Answers a wait for what came after `version`.
///
/// # Errors
/// The version is not one that this collector gave out last.
pub fn wait_for_updates(
    look: &Look,
    window: &Window,
    collector: &mut Collector,
    version: &str,
    limit: usize,
) -> Result<UpdateOutcome, Fault> {
    if let Some(again) = acknowledge(collector, version)? {
        return Ok(UpdateOutcome::Update(again));
    }
    let mut budget = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut filter_set = Vec::new();
    let mut told = BTreeMap::new();
    for filter in &mut collector.filters {
        let (update, next) = filter_update(look, window, filter, &mut budget);
        if !update.object_set.is_empty() || !update.missing_set.is_empty() {
            filter_set.push(update);
        }
        told.insert(filter.filter.clone(), next);
    }
    if filter_set.is_empty() {
        // Nothing of what happened concerns the client, so it counts as told: the window may move on.
        settle(collector, &told);
        return Ok(UpdateOutcome::Nothing);
    }
    collector.last += 1;
    let truncated = if budget < 0 { Some(true) } else { None };
    let update = UpdateSet { version: collector.last.to_string(), filter_set, truncated };
    collector.pending = Some(Pending { version: collector.last, update: update.clone(), told });
    Ok(UpdateOutcome::Update(update))
}

/// Takes note of the version that the client holds; answers the answer that it has to be given again.
fn acknowledge(collector: &mut Collector, version: &str) -> Result<Option<UpdateSet>, Fault> {
    if version.is_empty() {
        collector.pending = None;
        collector.acknowledged = 0;
        collector.filters.iter_mut().for_each(|filter| filter.told = Reported::default());
        return Ok(None);
    }
    let version: u64 = version.parse().map_err(|_| fault::invalid_collector_version())?;
    match collector.pending.take() {
        Some(pending) if pending.version == version => {
            collector.acknowledged = version;
            settle(collector, &pending.told);
            Ok(None)
        }
        Some(pending) if collector.acknowledged == version => {
            let again = pending.update.clone();
            collector.pending = Some(pending);
            Ok(Some(again))
        }
        other => {
            collector.pending = other;
            if collector.acknowledged == version { Ok(None) } else { Err(fault::invalid_collector_version()) }
        }
    }
}

fn settle(collector: &mut Collector, told: &BTreeMap<MoRef, Reported>) {
    for filter in &mut collector.filters {
        if let Some(told) = told.get(&filter.filter) {
            filter.told = told.clone();
        }
    }
}

/// What is new for one filter, and what its client will then have been told.
fn filter_update(look: &Look, window: &Window, filter: &mut Filter, budget: &mut i64) -> (PropertyFilterUpdate, Reported) {
    let selection = filter.selection(look, window);
    let mut update = PropertyFilterUpdate { filter: filter.filter.clone(), object_set: Vec::new(), missing_set: Vec::new() };
    let mut told = Reported { members: Known::default(), missing: filter.told.missing.clone() };
    told.members = match &filter.told.members {
        Known::All(known, revision) if Arc::ptr_eq(known, &selection) && window.reaches(*revision) => {
            changed_members(look, window, filter, (known, *revision), &mut update, budget)
        }
        known => every_member(look, window, filter, (&selection, known.each()), &mut update, budget),
    };
    if filter.spec.report_missing {
        for object in &selection.missing {
            if told.missing.insert(object.clone()) {
                let fault = fault::localized(&fault::not_found(object));
                update.missing_set.push(MissingObject { obj: object.clone(), fault });
            }
        }
    }
    (update, told)
}

/// What is new where the client knows all members as they were at a revision: only what has changed since is looked at.
fn changed_members(
    look: &Look,
    window: &Window,
    filter: &Filter,
    (selection, revision): (&Arc<Selection>, u64),
    update: &mut PropertyFilterUpdate,
    budget: &mut i64,
) -> Known {
    let changes = window.since(revision);
    let mut changed: Vec<(usize, &MoRef)> = changes.keys().filter_map(|object| Some((*selection.places.get(*object)?, *object))).collect();
    changed.sort_unstable();
    let mut left = Vec::new();
    for (_, member) in changed {
        let paths = changed_paths(filter, member, changes.get(member), revision);
        if paths.is_empty() {
            continue;
        }
        if take(budget) {
            update.object_set.push(object_update(look, member, ObjectUpdateKind::Modify, &paths));
        } else {
            left.push(member);
        }
    }
    let now = window.revision();
    if left.is_empty() {
        return Known::All(Arc::clone(selection), now);
    }
    let mut members = Known::All(Arc::clone(selection), now).each();
    members.extend(left.into_iter().map(|member| (member.clone(), revision)));
    Known::Some(members)
}

/// What is new in general: members that went, that came, and that changed.
fn every_member(
    look: &Look,
    window: &Window,
    filter: &Filter,
    (selection, mut told): (&Arc<Selection>, BTreeMap<MoRef, u64>),
    update: &mut PropertyFilterUpdate,
    budget: &mut i64,
) -> Known {
    let now = window.revision();
    let gone: Vec<MoRef> = told.keys().filter(|member| !selection.places.contains_key(*member)).cloned().collect();
    for member in gone {
        if take(budget) {
            told.remove(&member);
            update.object_set.push(ObjectUpdate {
                kind: ObjectUpdateKind::Leave,
                obj: member,
                change_set: Vec::new(),
                missing_set: Vec::new(),
            });
        }
    }
    let oldest = told.values().copied().min().unwrap_or(now);
    let changes = window.since(oldest);
    for member in &selection.members {
        let change = match told.get(member) {
            Some(&revision) if window.reaches(revision) => {
                let paths = changed_paths(filter, member, changes.get(member), revision);
                if paths.is_empty() { None } else { Some(object_update(look, member, ObjectUpdateKind::Modify, &paths)) }
            }
            _ => Some(object_update(look, member, ObjectUpdateKind::Enter, &paths_of(&filter.spec, &member.kind))),
        };
        match change {
            Some(change) if take(budget) => update.object_set.push(change),
            // What does not fit into this answer is told in the next one.
            Some(_) => continue,
            None => {}
        }
        told.insert(member.clone(), now);
    }
    let all = told.len() == selection.members.len() && told.values().all(|revision| *revision == now);
    if all { Known::All(Arc::clone(selection), now) } else { Known::Some(told) }
}

fn take(budget: &mut i64) -> bool {
    // Below zero it says that something was left for the next answer.
    let enough = *budget > 0;
    *budget -= 1;
    enough
}

/// The filter's paths that something changed at, above or below.
fn changed_paths(filter: &Filter, member: &MoRef, changes: Option<&Vec<&ObjectChange>>, since: u64) -> Vec<String> {
    let changed: Vec<&String> =
        changes.into_iter().flatten().filter(|change| change.revision > since).flat_map(|change| &change.paths).collect();
    if changed.is_empty() {
        return Vec::new();
    }
    let touches = |path: &String| changed.iter().any(|change| within(path, change) || within(change, path));
    paths_of(&filter.spec, &member.kind).into_iter().filter(touches).collect()
}

fn object_update(look: &Look, object: &MoRef, kind: ObjectUpdateKind, paths: &[String]) -> ObjectUpdate {
    let mut update = ObjectUpdate { kind, obj: object.clone(), change_set: Vec::new(), missing_set: Vec::new() };
    if let Some(refusal) = look.refusal(object) {
        let missing = |path: &String| MissingProperty { path: path.clone(), fault: fault::localized(&refusal) };
        update.missing_set = paths.iter().map(missing).collect();
        return update;
    }
    for path in paths {
        match read(look, object, path) {
            Ok(Some(value)) => {
                update.change_set.push(PropertyChange { name: path.clone(), op: PropertyChangeOp::Assign, val: Some(value) });
            }
            Ok(None) if kind == ObjectUpdateKind::Enter => {}
            Ok(None) => {
                let op = if path.contains('.') { PropertyChangeOp::IndirectRemove } else { PropertyChangeOp::Assign };
                update.change_set.push(PropertyChange { name: path.clone(), op, val: None });
            }
            Err(error) => {
                let fault = fault::localized(&fault::invalid_property(&error.path));
                update.missing_set.push(MissingProperty { path: path.clone(), fault });
            }
        }
    }
    update
}
