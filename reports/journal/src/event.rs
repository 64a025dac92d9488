//! What the journal holds: changes of state, calls over borders, faults, processes, steps.
//!
//! Field order is the order in the file; both are part of the byte-equality that repeatability is measured by.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::stamp::Elapsed;

/// A call's number: the sequence number of its `sent` entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub u64);

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Place in the run's single order, from 1.
    pub seq: u64,
    /// When, in microseconds since the run began.
    pub at: Elapsed,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A call left its caller.
    Sent(Call),
    /// The server committed the call's effect.
    Effect {
        /// Which call.
        call: CallId,
    },
    /// The answer reached the caller.
    Answered {
        /// Which call.
        call: CallId,
        /// The answer.
        #[serde(flatten)]
        answer: Answer,
    },
    /// The answer found nobody: the caller was killed or had given up.
    CallerGone {
        /// Which call.
        call: CallId,
    },
    /// State changed in a store.
    Change(Change),
    /// A fault rule fired.
    Fault {
        /// The rule's id in the scenario's plan.
        rule: String,
        /// The call that it fired at.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        call: Option<CallId>,
        /// What it did, in words.
        does: String,
    },
    /// A process started, was killed or ended.
    Process {
        /// Its name.
        name: String,
        /// How often it has started, from 1.
        incarnation: u32,
        /// What happened to it.
        event: ProcessEvent,
    },
    /// An outage began or ended: a host is down, a vCenter is away, a process stays away. Whatever must hold
    /// within some time of healing counts from the end of the last one; nothing is settled while one lasts.
    Outage {
        /// What is out of service, in words, the same at beginning and end: `host of worker-1`, `vcenter vc-a`.
        what: String,
        /// Whether it begins or ends here.
        state: OutageState,
    },
    /// A scenario's step began or ended. A step called [`AT_REST`] is a stretch of time in which nobody asks for anything.
    Step {
        /// Its place in the file, from 1.
        number: usize,
        /// The step in words.
        what: String,
        /// `began`, `passed`, or why it failed.
        outcome: String,
    },
    /// A line that a process wrote to its log.
    Log {
        /// Who wrote it.
        process: String,
        /// The line.
        line: String,
    },
}

/// The step ([`Event::Step`]'s `what`) of a world that is left alone: from the outcome `began` to any other, only heartbeats
/// may be written.
pub const AT_REST: &str = "at rest";

/// What happened to an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutageState {
    /// It is there from now on.
    Began,
    /// It is healed.
    Ended,
}

/// What happened to a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProcessEvent {
    /// It runs.
    Started,
    /// It was killed by a fault or by the engine.
    Killed,
    /// It ended by itself, with what it said.
    Exited(String),
}

/// Which kind of border a wire crosses; how to read it, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Border {
    /// HTTP to a vCenter.
    #[serde(rename = "vcenter")]
    VCenter,
    /// HTTP to a Kubernetes API server.
    Kubernetes,
    /// gRPC to a CSI driver.
    Csi,
}

/// How long a call is meant to stay open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// One request, one answer, as soon as may be.
    Unary,
    /// One answer, when there is something to tell (WaitForUpdatesEx).
    LongPoll,
    /// An answer that goes on (a Kubernetes watch).
    Stream,
}

/// A call over a border, as it was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Which kind of border.
    pub border: Border,
    /// The calling process.
    pub from: String,
    /// The address that was called.
    pub to: String,
    /// The operation, in the border's own words: `CnsCreateVolume`, `patch persistentvolumes/status`, `CreateVolume`.
    pub method: String,
    /// What it is about: a managed object, an object's name, a volume.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub target: Option<String>,
    /// How long it is meant to stay open.
    pub flow: Flow,
    /// Key of the session it was sent in; never a secret.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session: Option<String>,
    /// The arguments that matter, never a secret; `null` when there are none.
    #[serde(skip_serializing_if = "Value::is_null", default)]
    pub args: Value,
}

/// How a call was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// HTTP status; 0 when no answer came (refused, reset).
    pub status: u16,
    /// The fault, gRPC code or Kubernetes reason, when it is not a success.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    /// The results that matter; `null` when there are none.
    #[serde(skip_serializing_if = "Value::is_null", default)]
    pub result: Value,
}

/// A change of state in one store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Whose state: `kubernetes`, a vCenter's name, `node/<name>`, `disks`.
    pub store: String,
    /// The store's own number of the change.
    pub revision: u64,
    /// Which object: `persistentvolumeclaims/default/data-web-0`, `VirtualMachine/vm-12`, `Volume/<id>`.
    pub object: String,
    /// Added, changed or removed.
    pub kind: ChangeKind,
    /// Added: the whole object. Changed: a JSON merge patch against its state before. Removed: `null`.
    #[serde(skip_serializing_if = "Value::is_null", default)]
    pub patch: Value,
    /// What brought it about: a call's number as text, a task, a loop.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cause: Option<String>,
}

/// What a change did to its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It exists now.
    Added,
    /// It is different now.
    Changed,
    /// It is gone.
    Removed,
}

/// The JSON merge patch (RFC 7396) that turns `before` into `after`; members of `after` that are null count as absent.
pub fn patch_between(before: &Value, after: &Value) -> Value {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        return after.clone();
    };
    let mut patch = serde_json::Map::new();
    for (key, value) in new.iter().filter(|(_, value)| !value.is_null()) {
        match old.get(key) {
            Some(previous) if previous == value => {}
            Some(previous) => {
                patch.insert(key.clone(), patch_between(previous, value));
            }
            None => {
                patch.insert(key.clone(), value.clone());
            }
        }
    }
    for (key, value) in old {
        if !value.is_null() && new.get(key).is_none_or(Value::is_null) {
            patch.insert(key.clone(), Value::Null);
        }
    }
    Value::Object(patch)
}

/// Applies a JSON merge patch (RFC 7396) to `target`.
pub fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(members) = target else { return };
    for (key, value) in changes {
        if value.is_null() {
            members.remove(key);
        } else {
            merge_patch(members.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![any::<bool>().prop_map(Value::from), any::<i32>().prop_map(Value::from), "[a-c]{0,2}".prop_map(Value::from)];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[a-c]", inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_patch_leads_from_before_to_after(before in json(), after in json()) {
            let mut patched = before.clone();
            merge_patch(&mut patched, &patch_between(&before, &after));
            prop_assert_eq!(patched, after);
        }
    }

    #[test]
    fn an_entry_survives_its_line() {
        let entry = Entry {
            seq: 7,
            at: Elapsed(1_500),
            event: Event::Answered { call: CallId(3), answer: Answer { status: 200, error: None, result: Value::Null } },
        };
        let line = serde_json::to_string(&entry).unwrap();
        insta::assert_snapshot!(line);
        assert_eq!(serde_json::from_str::<Entry>(&line).unwrap(), entry);
    }
}
