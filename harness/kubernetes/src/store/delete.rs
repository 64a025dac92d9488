//! Deletion: preconditions, grace, finalizers, propagation, collections.
//!
//! Kinds that the garbage collector here does not look at have no dependents here either: whatever becomes of dependents is
//! asked, they go at once. A client sees the finalizer of a deletion in the foreground on the others only.
//!
//! Not modelled: disruption budgets of evictions (none ever forbids).

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::command::{DeleteOptions, Place, WriteOutcome};
use super::commit::key_of;
use super::resource::Resource;
use super::selector::Selection;
use super::status::{Status, success};
use super::value::{list, part, put, seconds, take, text};
use super::{Store, present};

const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";
/// Namespaces that cannot be deleted.
const KEPT_NAMESPACES: [&str; 3] = ["default", "kube-system", "kube-public"];

/// Built-in kinds that the garbage collector looks at, by group and plural; custom resources are, all of them.
pub(crate) const COLLECTED: [(&str, &str); 17] = [
    ("", "configmaps"),
    ("", "namespaces"),
    ("", "nodes"),
    ("", "persistentvolumes"),
    ("", "persistentvolumeclaims"),
    ("", "pods"),
    ("", "secrets"),
    ("", "services"),
    ("", "serviceaccounts"),
    ("apps", "controllerrevisions"),
    ("apps", "deployments"),
    ("apps", "replicasets"),
    ("apps", "statefulsets"),
    ("batch", "jobs"),
    ("coordination.k8s.io", "leases"),
    ("storage.k8s.io", "csidrivers"),
    ("storage.k8s.io", "csinodes"),
];

fn is_collected(resource: &Resource) -> bool {
    let name = (resource.name.group.as_str(), resource.name.plural.as_str());
    resource.custom || COLLECTED.contains(&name)
}

/// How far a deletion gets at once.
enum Step {
    /// It was under way; nothing changes.
    Pending,
    /// It waits for its grace or its finalizers.
    Wait(Value),
    /// It is gone.
    Gone,
}

impl Store {
    pub(super) fn delete(&mut self, now: Timestamp, at: &Place, name: &str, options: &DeleteOptions) -> Result<WriteOutcome, Status> {
        let resource = self.resource(at)?;
        let existing = self.find(&resource, &at.namespace, name).cloned().ok_or_else(|| Status::not_found(&resource, name))?;
        check_preconditions(&resource, name, &existing, options)?;
        let step = match resource.name.to_string().as_str() {
            "namespaces" => namespace_step(now, &resource, &existing)?,
            "pods" => pod_step(now, &existing, options),
            _ => plain_step(now, &resource, &existing, options),
        };
        let body = match step {
            Step::Pending => present(&resource, &at.version, &existing),
            Step::Wait(object) if options.dry_run || object == *existing => present(&resource, &at.version, &object),
            Step::Wait(object) => {
                let committed = self.commit(now, &resource, object);
                present(&resource, &at.version, &committed)
            }
            Step::Gone => {
                if !options.dry_run {
                    self.before_removal(now, &resource, &existing);
                    self.remove(now, &resource, &key_of(&resource, &existing));
                }
                if resource.returns_deleted {
                    present(&resource, &at.version, &existing)
                } else {
                    success(&resource, name, text(&existing, "/metadata/uid"))
                }
            }
        };
        Ok(WriteOutcome::ok(body))
    }

    pub(super) fn delete_collection(
        &mut self,
        now: Timestamp,
        at: &Place,
        selection: &Selection,
        options: &DeleteOptions,
    ) -> Result<WriteOutcome, Status> {
        let resource = self.resource(at)?;
        let selected: Vec<Arc<Value>> = self.selected(&resource, &at.namespace, selection).cloned().collect();
        for object in &selected {
            let place = Place { namespace: text(object, "/metadata/namespace").to_owned(), ..at.clone() };
            match self.delete(now, &place, text(object, "/metadata/name"), options) {
                Ok(_) => {}
                Err(status) if status.code == 404 => {}
                Err(status) => return Err(status),
            }
        }
        let items: Vec<Value> = selected.iter().map(|object| present(&resource, &at.version, object)).collect();
        let body = json!({"kind": resource.list_kind, "apiVersion": resource.api_version(&at.version), "metadata": {"resourceVersion": self.revision.to_string()}, "items": items});
        Ok(WriteOutcome::ok(body))
    }

    pub(super) fn evict(&mut self, now: Timestamp, namespace: &str, pod: &str, options: &DeleteOptions) -> Result<WriteOutcome, Status> {
        let at = Place::new("", "v1", "pods", namespace);
        if !options.dry_run {
            self.mark_evicted(now, &at, pod, options)?;
        }
        self.delete(now, &at, pod, options)?;
        Ok(WriteOutcome::created(json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201})))
    }
}

impl Store {
    /// A pod that runs is told who takes it away; one that was never up is just deleted.
    fn mark_evicted(&mut self, now: Timestamp, at: &Place, pod: &str, options: &DeleteOptions) -> Result<(), Status> {
        let resource = self.resource(at)?;
        let existing = self.find(&resource, &at.namespace, pod).cloned().ok_or_else(|| Status::not_found(&resource, pod))?;
        check_preconditions(&resource, pod, &existing, options)?;
        let deleting = !part(&existing, "/metadata/deletionTimestamp").is_null();
        if deleting || matches!(text(&existing, "/status/phase"), "Pending" | "Failed" | "Succeeded") {
            return Ok(());
        }
        let mut object = existing.as_ref().clone();
        let mut conditions: Vec<Value> = list(&object, "/status/conditions").to_vec();
        conditions.retain(|condition| condition["type"] != "DisruptionTarget");
        conditions.push(json!({
            "type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI", "message": "Eviction API: evicting",
            "lastTransitionTime": seconds(now),
        }));
        put(&mut object, &["status", "conditions"], conditions);
        let decoded = resource.strategy.decode(&object).map_err(Status::bad_request)?.into_owned();
        self.commit(now, &resource, decoded);
        Ok(())
    }
}

fn check_preconditions(resource: &Resource, name: &str, existing: &Value, options: &DeleteOptions) -> Result<(), Status> {
    let uid = text(existing, "/metadata/uid");
    if let Some(wanted) = options.uid.as_deref().filter(|wanted| *wanted != uid) {
        let why = format!(
            "the UID in the precondition ({wanted}) does not match the UID in record ({uid}). The object might have been deleted and then recreated"
        );
        return Err(Status::conflict(resource, name, &why));
    }
    let version = text(existing, "/metadata/resourceVersion");
    if let Some(wanted) = options.resource_version.as_deref().filter(|wanted| *wanted != version) {
        let why = format!(
            "the ResourceVersion in the precondition ({wanted}) does not match the ResourceVersion in record ({version}). The object might have been modified"
        );
        return Err(Status::conflict(resource, name, &why));
    }
    Ok(())
}

/// Adds or removes the finalizers that tell the garbage collector what to do with dependents.
fn set_propagation(object: &mut Value, options: &DeleteOptions, orphans: bool) {
    let before: Vec<Value> = list(object, "/metadata/finalizers").to_vec();
    let has = |finalizer: &str| before.iter().any(|there| there == finalizer);
    let (orphan, foreground) = match options.propagation.as_deref() {
        Some("Orphan") => (true, false),
        Some("Foreground") => (false, true),
        Some(_) => (false, false),
        None => (has(ORPHAN) || (orphans && !has(FOREGROUND)), has(FOREGROUND)),
    };
    let mut after: Vec<Value> = before.iter().filter(|there| *there != ORPHAN && *there != FOREGROUND).cloned().collect();
    after.extend(orphan.then(|| ORPHAN.into()));
    after.extend(foreground.then(|| FOREGROUND.into()));
    let unchanged = after.len() == before.len() && after.iter().all(|finalizer| before.contains(finalizer));
    if !unchanged {
        put(object, &["metadata", "finalizers"], after);
    }
}

fn plain_step(now: Timestamp, resource: &Resource, existing: &Value, options: &DeleteOptions) -> Step {
    let mut object = existing.clone();
    if is_collected(resource) {
        // Who deletes a Job and says nothing of its pods keeps them: so it was when Jobs were new.
        let orphans = resource.name.to_string() == "jobs.batch";
        set_propagation(&mut object, options, orphans);
    }
    if list(&object, "/metadata/finalizers").is_empty() {
        return Step::Gone;
    }
    if part(&object, "/metadata/deletionTimestamp").is_null() {
        mark(&mut object, now, 0);
    }
    Step::Wait(object)
}

fn mark(object: &mut Value, now: Timestamp, grace: i64) {
    let at = now.checked_add(SignedDuration::from_secs(grace)).unwrap_or(now);
    put(object, &["metadata", "deletionTimestamp"], seconds(at));
    put(object, &["metadata", "deletionGracePeriodSeconds"], grace);
    if let Some(generation) = part(object, "/metadata/generation").as_i64().filter(|generation| *generation > 0) {
        put(object, &["metadata", "generation"], generation.saturating_add(1));
    }
}

fn pod_step(now: Timestamp, existing: &Value, options: &DeleteOptions) -> Step {
    let mut object = existing.clone();
    let deleting = part(existing, "/metadata/deletionTimestamp");
    let grace = if deleting.is_null() {
        let grace = first_grace(existing, options);
        mark(&mut object, now, grace);
        grace
    } else {
        let before = part(existing, "/metadata/deletionGracePeriodSeconds").as_i64().unwrap_or(0);
        let Some(grace) = options.grace_period_seconds.map(|grace| if grace < 0 { 1 } else { grace }).filter(|grace| *grace < before)
        else {
            return Step::Pending;
        };
        let deadline: Option<Timestamp> = deleting.as_str().and_then(|at| at.parse().ok());
        let sooner = deadline.and_then(|at| at.checked_sub(SignedDuration::from_secs(before - grace)).ok()).unwrap_or(now);
        put(&mut object, &["metadata", "deletionTimestamp"], seconds(sooner));
        put(&mut object, &["metadata", "deletionGracePeriodSeconds"], grace);
        grace
    };
    set_propagation(&mut object, options, false);
    if grace > 0 || !list(&object, "/metadata/finalizers").is_empty() { Step::Wait(object) } else { Step::Gone }
}

fn first_grace(pod: &Value, options: &DeleteOptions) -> i64 {
    let unscheduled = text(pod, "/spec/nodeName").is_empty();
    if unscheduled || matches!(text(pod, "/status/phase"), "Failed" | "Succeeded") {
        return 0;
    }
    let grace = options.grace_period_seconds.or_else(|| part(pod, "/spec/terminationGracePeriodSeconds").as_i64()).unwrap_or(0);
    if grace < 0 { 1 } else { grace }
}

fn namespace_step(now: Timestamp, resource: &Resource, existing: &Value) -> Result<Step, Status> {
    let name = text(existing, "/metadata/name");
    if KEPT_NAMESPACES.contains(&name) {
        return Err(Status::forbidden(resource, name, "this namespace may not be deleted"));
    }
    let mut object = existing.clone();
    if part(existing, "/metadata/deletionTimestamp").is_null() {
        mark(&mut object, now, 0);
        take(&mut object, &["metadata", "deletionGracePeriodSeconds"]);
        put(&mut object, &["status", "phase"], "Terminating");
        return Ok(Step::Wait(object));
    }
    let held = !list(existing, "/spec/finalizers").is_empty() || !list(existing, "/metadata/finalizers").is_empty();
    Ok(if held { Step::Pending } else { Step::Gone })
}
