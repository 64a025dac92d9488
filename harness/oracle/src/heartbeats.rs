//! Heartbeats: what a settled world still does.
//!
//! The world has settled when nothing but heartbeats has been seen for some minutes. This is the whole list:
//!
//! | Heartbeat | Why it says nothing |
//! | --- | --- |
//! | calls on `leases`, and changes of leases | leaders and kubelets renew them for ever |
//! | a kubelet's `patch` or `update` of `nodes/status`, and node changes that touch only heartbeat times | a node says that it lives |
//! | long polls and watches, from opening to end | they wait for news; the news itself is a change |
//! | reads that leave everything as it is ([`READS`], and Kubernetes' `get`, `list` and `watch`) | keep-alives, liveness checks, and loops that look whether there is work |
//! | calls that a driver of others makes from time to time by design, as its descriptor says, and what they change in Kubernetes | a login that is followed by its logout, notes of its own that are old |
//! | where vCenter ends sessions by itself, by a setting: that a session is found to have ended, and what begins another | it goes on for ever |
//! | log lines and notes on the scenario's steps | they tell of the run, they are not part of it |
//!
//! A heartbeat that *fails* is no heartbeat: whoever tries again and again has not settled. (An object that is not
//! found is an answer, not a failure.)

use std::collections::BTreeSet;

use seatrial_journal::{Answer, Border, Call, CallId, Change, ChangeKind, Entry, Event, Flow};
use serde_json::Value;

use crate::shut_out::SESSION_ENDED;
use crate::view::KUBERNETES;
use crate::view::View;

/// Calls to vCenters and CSI drivers that read only, besides those that [`reads_by_form`] tells. Logging in is none: it
/// leaves a session behind.
pub const READS: [&str; 72] = [
    // vCenter: keep-alives, sessions, properties, views that a read needs and throws away.
    "CurrentTime",
    "SessionIsActive",
    "RetrieveServiceContent",
    "RetrieveProperties",
    "RetrievePropertiesEx",
    "ContinueRetrievePropertiesEx",
    "CancelRetrievePropertiesEx",
    "WaitForUpdates",
    "WaitForUpdatesEx",
    "CheckForUpdates",
    "CreateContainerView",
    "DestroyView",
    "QueryOptions",
    // vCenter: searches, as cloud controller managers look for the VMs of their nodes.
    "FindByUuid",
    "FindAllByUuid",
    "FindByDnsName",
    "FindAllByDnsName",
    "FindByIp",
    "FindAllByIp",
    "FindByInventoryPath",
    "FindByDatastorePath",
    "FindChild",
    // vCenter: privileges.
    "HasPrivilegeOnEntity",
    "HasPrivilegeOnEntities",
    "HasUserPrivilegeOnEntities",
    "FetchUserPrivilegeOnEntities",
    "RetrieveRolePermissions",
    "RetrieveEntityPermissions",
    "RetrieveAllPermissions",
    // vCenter: volumes and first class disks.
    "CnsQueryVolume",
    "CnsQueryAllVolume",
    "CnsQueryAsync",
    "CnsQueryVolumeInfo",
    "CnsQuerySnapshots",
    "RetrieveVStorageObject",
    "RetrieveVStorageObjectState",
    "ListVStorageObject",
    "VslmRetrieveVStorageObject",
    "VslmListVStorageObjectForSpec",
    // vCenter: what a cluster's vSAN is like.
    "VsanClusterGetConfig",
    // vCenter: keys.
    "ListKeys",
    "ListKmipServers",
    "ListKmsClusters",
    "RetrieveKmipServersStatus_Task",
    "QueryCryptoKeyStatus",
    "IsKmsClusterActive",
    "GetDefaultKmsCluster",
    // vCenter: storage policies.
    "PbmRetrieveServiceContent",
    "PbmQueryProfile",
    "PbmRetrieveContent",
    "PbmCheckRequirements",
    "PbmCheckCompatibility",
    "PbmCheckCompatibilityWithSpec",
    "PbmQueryMatchingHub",
    "PbmQueryMatchingHubWithSpec",
    "PbmQueryAssociatedProfile",
    "PbmQueryAssociatedProfiles",
    "PbmQueryAssociatedEntity",
    "PbmQueryAssociatedEntities",
    "PbmQueryDefaultRequirementProfile",
    "PbmFetchComplianceResult",
    "PbmFetchCapabilityMetadata",
    // CSI: identity, probes, and what sidecars and kubelets look at from time to time.
    "Probe",
    "GetPluginInfo",
    "GetPluginCapabilities",
    "ControllerGetCapabilities",
    "ControllerGetVolume",
    "ListSnapshots",
    "ListVolumes",
    "NodeGetCapabilities",
    "NodeGetInfo",
    "NodeGetVolumeStats",
];

/// Calls over REST whose form says that they read: `GET …`, and posts whose action is to get or to list, such as
/// `POST cis/tagging/tag-association?~action=list-attached-tags-on-objects`.
pub fn reads_by_form(method: &str) -> bool {
    let action = method.split_once("action=").map_or("", |(_, action)| action);
    method.starts_with("GET ") || action == "get" || action == "list" || action.starts_with("list-")
}

/// What is routine in one world, besides what is in every one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routine {
    /// Methods by which drivers of others look at a vCenter, or keep house in Kubernetes, from time to time and by design.
    pub polls: Vec<String>,
    /// Whether a vCenter ends sessions by itself, however busy they are or sooner than drivers look at it.
    pub sessions_end: bool,
}

/// The login of REST.
const REST_LOGIN: &str = "POST cis/session";

/// How a session is left and another begun, with what a client keeps in it: govmomi clears up what went with the old one first.
const ANOTHER_SESSION: [&str; 11] = [
    "Login",
    "Logout",
    REST_LOGIN,
    "DELETE cis/session",
    "CreatePropertyCollector",
    "DestroyPropertyCollector",
    "CreateFilter",
    "DestroyPropertyFilter",
    "CreateListView",
    "ModifyListView",
    "DestroyView",
];

/// Tells heartbeats from activity; a fold over the journal, because an answer is a heartbeat if its call was one.
pub struct Heartbeats {
    routine: Routine,
    /// Calls to Kubernetes that are routine, by their numbers as changes name their causes.
    polled: BTreeSet<String>,
    nodes: View,
    calls: BTreeSet<CallId>,
    standing: BTreeSet<CallId>,
}

impl Default for Heartbeats {
    fn default() -> Self {
        let nodes = View::of(|store, object| store == KUBERNETES && object.starts_with("nodes/"));
        Self { routine: Routine::default(), polled: BTreeSet::new(), nodes, calls: BTreeSet::new(), standing: BTreeSet::new() }
    }
}

impl Heartbeats {
    /// Those of a world in which this is routine, too.
    pub fn with_routine(routine: &Routine) -> Self {
        Self { routine: routine.clone(), ..Self::default() }
    }

    /// Whether the next entry is a heartbeat. Every entry must be shown, in order.
    pub fn is_heartbeat(&mut self, entry: &Entry) -> bool {
        match &entry.event {
            Event::Sent(call) => self.sent(CallId(entry.seq), call),
            Event::Effect { call } => self.is_open(*call),
            Event::Answered { call, answer } => self.standing.contains(call) || (self.calls.remove(call) && !self.failed(answer)),
            // A stream that was answered lives on until its caller goes.
            Event::CallerGone { call } => self.calls.remove(call) | self.standing.remove(call),
            Event::Change(change) => self.change(entry, change),
            Event::Log { .. } | Event::Step { .. } => true,
            Event::Fault { .. } | Event::Outage { .. } | Event::Process { .. } => false,
        }
    }

    fn is_open(&self, call: CallId) -> bool {
        self.calls.contains(&call) || self.standing.contains(&call)
    }

    fn sent(&mut self, id: CallId, call: &Call) -> bool {
        if call.flow != Flow::Unary {
            self.standing.insert(id);
            return true;
        }
        let anew = self.routine.sessions_end && call.border == Border::VCenter && ANOTHER_SESSION.contains(&call.method.as_str());
        let polls = call.border != Border::Csi && self.routine.polls.contains(&call.method) || anew;
        if polls && call.border == Border::Kubernetes {
            self.polled.insert(id.0.to_string());
        }
        let heartbeat = polls || reads_only(call) || renews(call);
        if heartbeat {
            self.calls.insert(id);
        }
        heartbeat
    }

    fn failed(&self, answer: &Answer) -> bool {
        let ended = answer.error.as_deref().is_some_and(|error| SESSION_ENDED.contains(&error));
        failed(answer) && !(ended && self.routine.sessions_end)
    }

    fn change(&mut self, entry: &Entry, change: &Change) -> bool {
        if change.store != KUBERNETES {
            // The record of a session that a poll begins and ends, or that ends by itself.
            let of_rest = change.cause.as_deref() == Some("rest/session") && self.routine.polls.iter().any(|poll| poll == REST_LOGIN);
            return change.object.starts_with("Session/") && (of_rest || self.routine.sessions_end);
        }
        if change.object.starts_with("leases/") || change.cause.as_ref().is_some_and(|cause| self.polled.contains(cause)) {
            return true;
        }
        if !change.object.starts_with("nodes/") {
            return false;
        }
        let told = change.kind == ChangeKind::Changed
            && self.nodes.get(KUBERNETES, &change.object).is_some_and(|node| only_lives(&node.state, &change.patch));
        self.nodes.on(entry);
        told
    }
}

/// Whether a patch of a node changes nothing but what a heartbeat touches.
fn only_lives(node: &Value, patch: &Value) -> bool {
    let touches = |value: Option<&Value>, allowed: &[&str]| {
        value.is_none_or(|value| value.as_object().is_some_and(|members| members.keys().all(|key| allowed.contains(&key.as_str()))))
    };
    touches(Some(patch), &["metadata", "status"])
        && touches(patch.get("metadata"), &["resourceVersion", "managedFields"])
        && touches(patch.get("status"), &["conditions"])
        && patch.pointer("/status/conditions").is_none_or(|after| {
            let before = node.pointer("/status/conditions").cloned().unwrap_or_default();
            without_heartbeats(before) == without_heartbeats(after.clone())
        })
}

fn reads_only(call: &Call) -> bool {
    match call.border {
        Border::Kubernetes => matches!(call.method.split(' ').next(), Some("get" | "list" | "watch")),
        Border::VCenter => READS.contains(&call.method.as_str()) || reads_by_form(&call.method),
        Border::Csi => READS.contains(&call.method.as_str()),
    }
}

/// Whether a call renews a sign of life. What it really changed is told by its change.
fn renews(call: &Call) -> bool {
    let (verb, resource) = call.method.split_once(' ').unwrap_or_default();
    let from_kubelet = call.from.starts_with("kubelet/");
    call.border == Border::Kubernetes
        && (resource == "leases" || (from_kubelet && resource == "nodes/status" && matches!(verb, "patch" | "update")))
}

fn failed(answer: &Answer) -> bool {
    let refused = !(200..300).contains(&answer.status) || answer.error.is_some();
    refused && answer.status != 404
}

/// Conditions without the times of their heartbeats.
fn without_heartbeats(mut conditions: Value) -> Value {
    for condition in conditions.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        condition.remove("lastHeartbeatTime");
    }
    conditions
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatrial_journal::Elapsed;
    use serde_json::json;

    fn entry(seq: u64, event: Event) -> Entry {
        Entry { seq, at: Elapsed(seq), event }
    }

    fn call(border: Border, from: &str, method: &str, flow: Flow) -> Event {
        let call = Call {
            border,
            from: from.into(),
            to: "server".into(),
            method: method.into(),
            target: None,
            flow,
            session: None,
            args: Value::Null,
        };
        Event::Sent(call)
    }

    fn answer(call: u64, status: u16, error: Option<&str>) -> Event {
        Event::Answered { call: CallId(call), answer: Answer { status, error: error.map(str::to_owned), result: Value::Null } }
    }

    fn change(store: &str, object: &str, kind: ChangeKind, patch: Value) -> Event {
        Event::Change(Change { store: store.into(), revision: 1, object: object.into(), kind, patch, cause: None })
    }

    /// What a fresh watcher says of each event in turn.
    fn judge(events: Vec<Event>) -> Vec<bool> {
        let mut heartbeats = Heartbeats::default();
        (1..).zip(events).map(|(seq, event)| heartbeats.is_heartbeat(&entry(seq, event))).collect()
    }

    #[test]
    fn renewing_a_lease_is_a_heartbeat_from_call_to_answer() {
        let lease = change(KUBERNETES, "leases/kube-system/csi", ChangeKind::Changed, json!({"spec": {"renewTime": "later"}}));
        let events = vec![
            call(Border::Kubernetes, "csi-attacher", "update leases", Flow::Unary),
            Event::Effect { call: CallId(1) },
            lease,
            answer(1, 200, None),
        ];
        assert_eq!(judge(events), [true; 4]);
    }

    #[test]
    fn a_node_that_only_says_it_lives_is_a_heartbeat() {
        let conditions = |status: &str, time: &str| json!([{"type": "Ready", "status": status, "lastHeartbeatTime": time}]);
        let patch =
            |status: &str, time: &str| json!({"metadata": {"resourceVersion": time}, "status": {"conditions": conditions(status, time)}});
        let node = |kind, patch| change(KUBERNETES, "nodes/worker-1", kind, patch);
        let events = vec![
            node(ChangeKind::Added, json!({"metadata": {"resourceVersion": "0"}, "status": {"conditions": conditions("True", "0")}})),
            call(Border::Kubernetes, "kubelet/worker-1", "patch nodes/status", Flow::Unary),
            node(ChangeKind::Changed, patch("True", "1")),
            node(ChangeKind::Changed, patch("False", "2")),
            node(ChangeKind::Changed, json!({"status": {"volumesAttached": [{"name": "x"}]}})),
        ];
        assert_eq!(judge(events), [false, true, true, false, false]);
    }

    #[test]
    fn watches_and_long_polls_are_quiet_from_opening_to_end() {
        let events = vec![
            call(Border::Kubernetes, "csi-attacher", "watch volumeattachments", Flow::Stream),
            call(Border::VCenter, "csi-controller", "WaitForUpdatesEx", Flow::LongPoll),
            answer(1, 200, None),
            answer(2, 200, None),
            Event::CallerGone { call: CallId(1) },
            Event::CallerGone { call: CallId(2) },
        ];
        assert_eq!(judge(events), [true; 6]);
    }

    #[test]
    fn reads_are_quiet_and_writes_are_not() {
        let quiet = |border, method| judge(vec![call(border, "csi-controller", method, Flow::Unary)])[0];
        let over_rest = [
            "GET vcenter/vm/{id}",
            "POST cis/tagging/tag-association?~action=list-attached-tags-on-objects",
            "POST com/vmware/cis/session?~action=get",
        ];
        for method in ["CurrentTime", "FindAllByDnsName", "CnsQueryVolume", "PbmCheckRequirements"].into_iter().chain(over_rest) {
            assert!(quiet(Border::VCenter, method), "{method}");
        }
        assert!(quiet(Border::Csi, "Probe") && quiet(Border::Csi, "ListVolumes") && quiet(Border::Kubernetes, "list pods"));
        for method in
            ["CnsCreateVolume", "Login", "POST cis/session", "POST cis/tagging/tag-association/{id}?~action=attach", "DELETE cis/session"]
        {
            assert!(!quiet(Border::VCenter, method), "{method}");
        }
        assert!(!quiet(Border::Csi, "ControllerPublishVolume") && !quiet(Border::Kubernetes, "patch pods/status"));
        // Only a kubelet's word on its node is a sign of life.
        assert!(!quiet(Border::Kubernetes, "patch nodes/status"));
    }

    #[test]
    fn a_poll_that_a_descriptor_tells_of_is_quiet_and_its_failure_is_not() {
        let routine = Routine { polls: vec!["POST cis/session".to_owned()], ..Routine::default() };
        let mut heartbeats = Heartbeats::with_routine(&routine);
        let events = [call(Border::VCenter, "csi-controller", "POST cis/session", Flow::Unary), answer(1, 503, None)];
        let judged: Vec<bool> = (1..).zip(events).map(|(seq, event)| heartbeats.is_heartbeat(&entry(seq, event))).collect();
        assert_eq!(judged, [true, false]);
    }

    #[test]
    fn where_sessions_end_by_themselves_that_and_the_login_in_their_place_are_quiet() {
        let ends = |sessions_end| {
            let mut heartbeats = Heartbeats::with_routine(&Routine { sessions_end, ..Routine::default() });
            let events = [
                call(Border::VCenter, "ccm", "CurrentTime", Flow::Unary),
                answer(1, 500, Some("NotAuthenticated")),
                call(Border::VCenter, "ccm", "Login", Flow::Unary),
                change("vc-a", "Session/52", ChangeKind::Added, json!({})),
                answer(3, 200, None),
                call(Border::VCenter, "ccm", "Login", Flow::Unary),
                answer(6, 500, Some("InvalidLogin")),
            ];
            (1..).zip(events).map(|(seq, event)| heartbeats.is_heartbeat(&entry(seq, event))).collect::<Vec<bool>>()
        };
        assert_eq!(ends(true), [true, true, true, true, true, true, false]);
        assert_eq!(ends(false), [true, false, false, false, false, false, false]);
    }

    #[test]
    fn a_heartbeat_that_fails_is_none() {
        let sent = || call(Border::VCenter, "csi-controller", "CurrentTime", Flow::Unary);
        assert_eq!(judge(vec![sent(), answer(1, 0, None)]), [true, false]);
        assert_eq!(judge(vec![sent(), answer(1, 200, Some("NotAuthenticated"))]), [true, false]);
        let read = call(Border::Kubernetes, "kubelet/worker-1", "get pods", Flow::Unary);
        assert_eq!(judge(vec![read, answer(1, 404, Some("NotFound"))]), [true, true]);
    }

    #[test]
    fn writes_faults_and_processes_are_activity_and_notes_are_not() {
        let events = vec![
            change("vc-a", "Volume/1", ChangeKind::Added, json!({})),
            change(KUBERNETES, "pods/default/web-0", ChangeKind::Removed, Value::Null),
            Event::Fault { rule: "late".into(), call: None, does: "delay".into() },
            Event::Process { name: "csi-controller".into(), incarnation: 1, event: seatrial_journal::ProcessEvent::Started },
            Event::Log { process: "csi-controller".into(), line: "nothing to do".into() },
            Event::Step { number: 1, what: "sleep 1s".into(), outcome: "began".into() },
        ];
        assert_eq!(judge(events), [false, false, false, false, true, true]);
    }
}
