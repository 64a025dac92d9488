//! WaitForUpdatesEx as a function of what a client has acknowledged and what has changed since.
//!
//! An answer is kept until the client names its version; a client that lost the answer asks with the older version
//! and gets the same answer again. So no update is lost, whoever drops the connection.

use std::collections::{BTreeMap, BTreeSet};

use fake_vcenter_types::{
    Fault, MissingObject, MissingProperty, MoRef, ObjectUpdate, ObjectUpdateKind, PropertyChange, PropertyChangeOp, PropertyFilterUpdate,
    UpdateSet,
};

use super::collector::{Collector, Filter, Pending, Told};
use super::path::read;
use super::select::{paths_of, select};
use crate::change::{ObjectChange, Window};
use crate::fault;
use crate::managed::Look;

/// What a wait comes to just now.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// There is something to tell.
    Update(UpdateSet),
    /// Nothing yet.
    Nothing,
}

/// Answers a wait for what came after `version`.
///
/// # Errors
/// The version is not one that this collector gave out last.
pub fn wait_for_updates(look: &Look, window: &Window, collector: &mut Collector, version: &str, limit: usize) -> Result<Outcome, Fault> {
    if let Some(again) = acknowledge(collector, version)? {
        return Ok(Outcome::Update(again));
    }
    let mut budget = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut filter_set = Vec::new();
    let mut told = BTreeMap::new();
    for filter in &collector.filters {
        let (update, next) = filter_update(look, window, filter, &mut budget);
        if !update.object_set.is_empty() || !update.missing_set.is_empty() {
            filter_set.push(update);
        }
        told.insert(filter.filter.clone(), next);
    }
    if filter_set.is_empty() {
        // Nothing of what happened concerns the client, so it counts as told: the window may move on.
        settle(collector, &told);
        return Ok(Outcome::Nothing);
    }
    collector.last += 1;
    let truncated = if budget < 0 { Some(true) } else { None };
    let update = UpdateSet { version: collector.last.to_string(), filter_set, truncated };
    collector.pending = Some(Pending { version: collector.last, update: update.clone(), told });
    Ok(Outcome::Update(update))
}

/// Takes note of the version that the client holds; answers the answer that it has to be given again.
fn acknowledge(collector: &mut Collector, version: &str) -> Result<Option<UpdateSet>, Fault> {
    if version.is_empty() {
        collector.pending = None;
        collector.acknowledged = 0;
        collector.filters.iter_mut().for_each(|filter| filter.told = Told::default());
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

fn settle(collector: &mut Collector, told: &BTreeMap<MoRef, Told>) {
    for filter in &mut collector.filters {
        if let Some(told) = told.get(&filter.filter) {
            filter.told = told.clone();
        }
    }
}

/// What is new for one filter, and what its client will then have been told.
fn filter_update(look: &Look, window: &Window, filter: &Filter, budget: &mut i64) -> (PropertyFilterUpdate, Told) {
    let mut told = filter.told.clone();
    let mut update = PropertyFilterUpdate { filter: filter.filter.clone(), object_set: Vec::new(), missing_set: Vec::new() };
    // Paths were checked when the filter was made, so what cannot be walked now has no members.
    let selection = select(look, &filter.spec).unwrap_or_default();
    let now = window.revision();

    let members: BTreeSet<&MoRef> = selection.members.iter().collect();
    let gone: Vec<MoRef> = told.members.keys().filter(|member| !members.contains(member)).cloned().collect();
    for member in gone {
        if take(budget) {
            told.members.remove(&member);
            update.object_set.push(ObjectUpdate {
                kind: ObjectUpdateKind::Leave,
                obj: member,
                change_set: Vec::new(),
                missing_set: Vec::new(),
            });
        }
    }
    let oldest = told.members.values().copied().min().unwrap_or(now);
    let changes = window.since(oldest);
    for member in &selection.members {
        let news = match told.members.get(member) {
            Some(&revision) if window.reaches(revision) => {
                let paths = changed_paths(filter, member, changes.get(member), revision);
                if paths.is_empty() { None } else { Some(object_update(look, member, ObjectUpdateKind::Modify, &paths)) }
            }
            _ => Some(object_update(look, member, ObjectUpdateKind::Enter, &paths_of(&filter.spec, &member.kind))),
        };
        match news {
            Some(news) if take(budget) => update.object_set.push(news),
            // What does not fit into this answer is told in the next one.
            Some(_) => continue,
            None => {}
        }
        told.members.insert(member.clone(), now);
    }
    if filter.spec.report_missing {
        for object in selection.missing {
            if told.missing.insert(object.clone()) {
                let fault = fault::localized(&fault::not_found(&object));
                update.missing_set.push(MissingObject { obj: object, fault });
            }
        }
    }
    (update, told)
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

/// Whether `path` is `outer` or lies inside of it.
fn within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
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
