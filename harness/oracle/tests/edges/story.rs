//! Journals written by hand, for the edges of oracles; that each catches a driver is shown where drivers run.

use seatrial_journal::{AT_REST, Answer, Border, Call, CallId, Change, ChangeKind, Elapsed, Entry, Event, Flow, OutageState, ProcessEvent};
use seatrial_oracle::{Labels, OracleSet, Violation};
use serde_json::{Value, json};

/// A journal that grows by hand, and the oracles that watch.
#[derive(Default)]
pub struct Story {
    oracles: OracleSet,
    seq: u64,
    at: Elapsed,
}

impl Story {
    /// A world with a vCenter `vc-a` that has `worker-1` on `host-1` and `worker-2` on `host-2`, and their nodes.
    pub fn with_two_nodes() -> Self {
        let mut story = Self::default();
        for number in ["1", "2"] {
            story.machine("vc-a", number, "poweredOn");
            story.node(number);
        }
        story
    }

    /// The same, in a world in which labels mean this.
    pub fn with_labels(labels: &Labels) -> Self {
        let mut story = Self { oracles: OracleSet::guarding(&[], labels), ..Self::default() };
        story.machine("vc-a", "1", "poweredOn");
        story.node("1");
        story
    }

    pub fn record(&mut self, event: Event) -> u64 {
        self.seq += 1;
        self.oracles.on(&Entry { seq: self.seq, at: self.at, event });
        self.seq
    }

    pub fn change(&mut self, store: &str, object: &str, kind: ChangeKind, patch: Value, cause: Option<u64>) -> u64 {
        let cause = cause.map(|cause| cause.to_string());
        self.record(Event::Change(Change { store: store.into(), revision: 1, object: object.into(), kind, patch, cause }))
    }

    pub fn add(&mut self, store: &str, object: &str, state: Value) -> u64 {
        self.change(store, object, ChangeKind::Added, state, None)
    }

    pub fn patch(&mut self, store: &str, object: &str, patch: Value) -> u64 {
        self.change(store, object, ChangeKind::Changed, patch, None)
    }

    pub fn remove(&mut self, store: &str, object: &str) -> u64 {
        self.change(store, object, ChangeKind::Removed, Value::Null, None)
    }

    pub fn machine(&mut self, vcenter: &str, number: &str, power: &str) {
        let state = json!({"name": format!("worker-{number}"), "biosUuid": uuid(vcenter, number), "power": power, "host": format!("host-{number}"), "disks": {}});
        self.add(vcenter, &format!("VirtualMachine/vm-{number}"), state);
    }

    pub fn node(&mut self, number: &str) -> u64 {
        let provider = format!("vsphere://{}", uuid("vc-a", number));
        let labels = json!({"topology.kubernetes.io/zone": format!("zone-{number}")});
        self.add("kubernetes", &format!("nodes/worker-{number}"), json!({"metadata": {"labels": labels}, "spec": {"providerID": provider}}))
    }

    /// A volume of a claim, on `datastore-1`.
    #[expect(clippy::needless_pass_by_value, reason = "a state is written where it is used")]
    pub fn volume(&mut self, vcenter: &str, id: &str, more: Value) {
        let mut state = json!({"name": format!("pvc-{id}"), "datastore": "datastore-1", "diskUuid": format!("disk-{id}"), "inCns": true});
        merge(&mut state, &more);
        self.add(vcenter, &format!("Volume/{id}"), state);
    }

    /// The PersistentVolume of a volume, bound to a claim.
    #[expect(clippy::needless_pass_by_value, reason = "a state is written where it is used")]
    pub fn persistent_volume(&mut self, id: &str, more: Value) {
        let mut spec = json!({
            "csi": {"driver": seatrial_oracle::DRIVER, "volumeHandle": id}, "persistentVolumeReclaimPolicy": "Delete",
            "accessModes": ["ReadWriteOnce"], "claimRef": {"namespace": "default", "name": format!("claim-{id}")},
        });
        merge(&mut spec, &more);
        self.add("kubernetes", &format!("persistentvolumes/pvc-{id}"), json!({"spec": spec, "status": {"phase": "Bound"}}));
    }

    /// The hardware of a VM gets a disk, and nothing else changes.
    pub fn disk(&mut self, vcenter: &str, number: &str, volume: &str) {
        self.patch(vcenter, &format!("VirtualMachine/vm-{number}"), json!({"disks": {"2001": {"volume": volume}}}));
    }

    /// The same, by an administrator's hand.
    pub fn by_hand(&mut self, vcenter: &str, number: &str, volume: &str) {
        let patch = json!({"disks": {"2001": {"volume": volume}}});
        let (object, cause) = (format!("VirtualMachine/vm-{number}"), Some("attach-by-hand".to_owned()));
        self.record(Event::Change(Change { store: vcenter.into(), revision: 1, object, kind: ChangeKind::Changed, patch, cause }));
    }

    pub fn call(&mut self, border: Border, from: &str, method: &str) -> u64 {
        self.call_to(border, (from, "server"), method, None)
    }

    pub fn call_to(&mut self, border: Border, (from, to): (&str, &str), method: &str, target: Option<&str>) -> u64 {
        let call = Call {
            border,
            from: from.into(),
            to: to.into(),
            method: method.into(),
            target: target.map(str::to_owned),
            flow: Flow::Unary,
            session: None,
            args: Value::Null,
        };
        self.record(Event::Sent(call))
    }

    pub fn answer(&mut self, call: u64, error: Option<&str>) -> u64 {
        let answer = Answer { status: if error.is_some() { 503 } else { 200 }, error: error.map(str::to_owned), result: Value::Null };
        self.record(Event::Answered { call: CallId(call), answer })
    }

    pub fn started(&mut self, process: &str) {
        self.record(Event::Process { name: process.into(), incarnation: 1, event: ProcessEvent::Started });
    }

    pub fn outage(&mut self, what: &str, state: OutageState) {
        self.record(Event::Outage { what: what.into(), state });
    }

    pub fn log(&mut self, process: &str, line: &str) {
        self.record(Event::Log { process: process.into(), line: line.into() });
    }

    pub fn rest(&mut self, outcome: &str) {
        self.record(Event::Step { number: 9, what: AT_REST.into(), outcome: outcome.into() });
    }

    /// Time passes, and something is heard at its end.
    pub fn pass(&mut self, minutes: u64) {
        self.at.0 += minutes * 60_000_000 + 1;
        self.log("kubelet/worker-1", "still here");
    }

    pub fn settled(&mut self) {
        self.oracles.settled();
    }

    /// What this oracle says, without the entries.
    pub fn says(&self, oracle: &str) -> Vec<String> {
        self.violations(oracle).into_iter().map(|violation| violation.message).collect()
    }

    pub fn violations(&self, oracle: &str) -> Vec<Violation> {
        self.oracles.findings().into_iter().filter(|violation| violation.oracle == oracle).collect()
    }
}

pub fn uuid(vcenter: &str, number: &str) -> String {
    let vcenter = if vcenter == "vc-a" { "a" } else { "b" };
    format!("4237000{number}-0000-4000-8000-00000000000{vcenter}")
}

fn merge(into: &mut Value, more: &Value) {
    for (key, value) in more.as_object().into_iter().flatten() {
        into[key] = value.clone();
    }
}
