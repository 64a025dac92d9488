//! Cases for the golden reports: one that passed, one that failed, one whose file is wrong, one with a finding, one about
//! a feature that the subject lacks.

use std::collections::BTreeMap;
use std::time::Duration;

use seatrial_journal::{Answer, Border, Call, CallId, Change, ChangeKind, Elapsed, Entry, Event, Flow, ProcessEvent};
use seatrial_reports::{
    BinaryProvenance, CallCounts, CaseOutcome, CaseProvenance, DriverProvenance, ExpectationReport, GoBuild, PluginInfo, Provenance,
    RunMode, RunReport, SaidBy, StepOutcome, StepReport, UnfinishedCase, VCenterCalls, Verdict, ViolationReport, Volatile, WhyKind,
    WhyLine, WorldProvenance, count_calls, count_vcenter_calls, excerpt,
};
use serde_json::{Value, json};

fn step(number: usize, line: usize, what: &str, outcome: StepOutcome) -> StepReport {
    let at = |offset| (outcome != StepOutcome::NotReached).then_some(number as u64 * 60_000_000 + offset);
    StepReport { number, line, what: what.to_owned(), outcome, message: None, began_us: at(0), ended_us: at(1_250), why: Vec::new() }
}

fn expectation(line: usize, what: &str, found: &str, passed: bool) -> ExpectationReport {
    ExpectationReport { line, what: what.to_owned(), passed, found: found.to_owned(), why: Vec::new() }
}

fn why(kind: WhyKind, who: &str, text: &str, times: u64, entry: u64) -> WhyLine {
    WhyLine { kind, who: who.to_owned(), text: text.to_owned(), times, at_us: Some(entry * 1_250), entry: Some(entry) }
}

pub fn passed() -> Verdict {
    let vcenter = BTreeMap::from([("CnsAttachVolume".to_owned(), 4), ("CnsCreateVolume".to_owned(), 3), ("CnsDetachVolume".to_owned(), 1)]);
    Verdict {
        scenario: "scenarios/statefulset/scale.yaml".to_owned(),
        title: Some("A StatefulSet scaled in and out keeps its volumes".to_owned()),
        case: Some("8.0.3".to_owned()),
        seed: 7,
        outcome: CaseOutcome::Passed,
        reason: None,
        steps: vec![
            step(1, 12, "apply manifests/web.yaml", StepOutcome::Passed),
            step(2, 13, "wait for statefulset/web to be ready within 2m", StepOutcome::Passed),
        ],
        expectations: vec![expectation(30, "volumes total: 3", "3", true)],
        violations: Vec::new(),
        findings: Vec::new(),
        virtual_time_us: 754_000_000,
        journal_entries: 4_821,
        journal_digest: Some("3f9a".to_owned()),
        calls: CallCounts::from([(Border::VCenter, vcenter)]),
        vcenter_calls: VCenterCalls::from([
            ("CnsCreateVolume".to_owned(), BTreeMap::from([("csi-controller".to_owned(), 3)])),
            ("FindByUuid".to_owned(), BTreeMap::from([("ccm".to_owned(), 6), ("csi-controller".to_owned(), 4)])),
        ]),
        shortened: Vec::new(),
        attempts: Vec::new(),
        repeat: "seatrial run scenarios/statefulset/scale.yaml --seed 7".to_owned(),
        provenance: CaseProvenance::default(),
        volatile: Volatile::took(Duration::from_millis(812)),
    }
}

pub fn journal() -> Vec<Entry> {
    let call = |from: &str, method: &str, target: &str| {
        Event::Sent(Call {
            border: Border::VCenter,
            from: from.to_owned(),
            to: "vc-a.seatrial.test:443".to_owned(),
            method: method.to_owned(),
            target: Some(target.to_owned()),
            flow: Flow::Unary,
            session: Some("session-1".to_owned()),
            args: Value::Null,
        })
    };
    let volume = |id: &str, cause: &str| {
        let patch = json!({"name": "pvc-6f2a", "datastore": "datastore-1", "capacityMb": 1024, "diskUuid": format!("6000c29{id}")});
        let change = Change {
            store: "vc-a".into(),
            revision: 1,
            object: format!("Volume/{id}"),
            kind: ChangeKind::Added,
            patch,
            cause: Some(cause.into()),
        };
        Event::Change(change)
    };
    let killed = Event::Process { name: "csi-controller".into(), incarnation: 1, event: ProcessEvent::Killed };
    let events = [
        call("csi-controller", "CnsCreateVolume", "pvc-6f2a"),
        volume("a1", "1"),
        Event::Effect { call: CallId(1) },
        Event::Fault { rule: "crash-after-create".into(), call: Some(CallId(1)), does: "kill csi-controller, restart after 5s".into() },
        killed,
        Event::CallerGone { call: CallId(1) },
        call("csi-controller", "CnsCreateVolume", "pvc-6f2a"),
        volume("b2", "7"),
        Event::Answered { call: CallId(7), answer: Answer { status: 200, error: None, result: Value::Null } },
    ];
    (1..).zip(events).map(|(seq, event)| Entry { seq, at: Elapsed(seq * 1_250), event }).collect()
}

pub fn failed() -> Verdict {
    let journal = journal();
    let entries = vec![2, 4, 8];
    let mut failed = step(2, 15, "wait for statefulset/web to be ready within 10m", StepOutcome::Failed);
    failed.message = Some("not ready after 10m: 2 of 3 pods are ready\npod/web-2 waits for its claim data-web-2".to_owned());
    let told = "ProvisioningFailed: failed to provision volume with StorageClass \"fast\": rpc error: code = Aborted desc = volume pvc-6f2a is in doubt";
    failed.why = vec![
        why(WhyKind::Restart, "csi-controller", "killed by fault crash-after-create, and started again", 3, 5),
        why(WhyKind::Event, "claim default/data-web-2", told, 12, 9),
        WhyLine::hint("`settle: false` beside this step goes on at once, so that a later step can heal it"),
    ];
    let mut volumes = expectation(21, "volumes total: 3", "4", false);
    volumes.why = vec![why(WhyKind::Call, "vc-a", "CnsCreateVolume from csi-controller of pvc-6f2a: its caller was gone", 1, 6)];
    let rest = "csi-provisioner sent CreateVolume to csi-controller in a world at rest, in which nobody asked for anything";
    Verdict {
        scenario: "scenarios/statefulset/scale-crash.yaml".to_owned(),
        title: Some("A controller that dies while it creates a volume makes no second one".to_owned()),
        case: Some("9.1.0".to_owned()),
        seed: 7,
        outcome: CaseOutcome::Failed,
        reason: None,
        steps: vec![
            step(1, 14, "apply manifests/web.yaml", StepOutcome::Passed),
            failed,
            step(3, 16, "expect the volume of data-web-0 in vc-a to be attached anywhere", StepOutcome::NotReached),
        ],
        expectations: vec![expectation(20, "fired crash-after-create: 1", "1", true), volumes],
        violations: vec![
            ViolationReport {
                oracle: "one-volume-per-claim".to_owned(),
                message: "claim pvc-6f2a has 2 volumes: a1 in vc-a, b2 in vc-a".to_owned(),
                excerpt: excerpt(&journal, &entries),
                entries,
                symptom: false,
                why: vec![why(WhyKind::Restart, "csi-controller", "killed by fault crash-after-create", 1, 5)],
            },
            ViolationReport {
                oracle: "steady-state".to_owned(),
                message: rest.to_owned(),
                excerpt: excerpt(&journal, &[7]),
                entries: vec![7],
                symptom: true,
                why: Vec::new(),
            },
        ],
        findings: Vec::new(),
        virtual_time_us: 600_000_000,
        journal_entries: 4_821,
        journal_digest: Some("3f9a".to_owned()),
        calls: count_calls(&journal),
        vcenter_calls: count_vcenter_calls(&journal),
        shortened: Vec::new(),
        attempts: Vec::new(),
        repeat: "seatrial run scenarios/statefulset/scale-crash.yaml --seed 7".to_owned(),
        provenance: CaseProvenance::default(),
        volatile: Volatile::took(Duration::from_millis(341)),
    }
}

pub fn bad_input() -> Verdict {
    let reason = "  × unknown step `scael`\n   ╭─[scenarios/mine.yaml:9:5]\n 9 │   - scael: {statefulset/web: 2}\n   ·     ──┬──\n   ·       ╰── not known\n   ╰────\n  help: did you mean `scale`?\n";
    Verdict::bad_input("scenarios/mine.yaml", 7, reason.to_owned())
}

/// A case that passed and in which an oracle saw something worth knowing.
pub fn with_finding() -> Verdict {
    let message = "what is the zone of node worker-1? CCM's label: zone-a; CSI's CSINodeTopology: zone-a; \
                   the tag of k8s-zone on other in vc-a, where its VM is now: zone-b";
    let finding = ViolationReport {
        oracle: "zones-differ".to_owned(),
        message: message.to_owned(),
        entries: vec![2],
        excerpt: excerpt(&journal(), &[2]),
        symptom: false,
        why: Vec::new(),
    };
    let scenario = "scenarios/zones/outage.yaml";
    Verdict {
        scenario: scenario.to_owned(),
        title: Some("A VM that moves to another zone keeps its labels".to_owned()),
        findings: vec![finding],
        shortened: Vec::new(),
        repeat: format!("seatrial run {scenario} --seed 7"),
        virtual_time_us: 11_000_000_000,
        ..passed()
    }
}

/// A scenario about a feature that the driver lacks.
pub fn unsupported() -> Verdict {
    let scenario = "scenarios/encryption-rekey/move.yaml";
    Verdict {
        scenario: scenario.to_owned(),
        title: Some("A volume that moves is re-encrypted under the provider of its new VM".to_owned()),
        outcome: CaseOutcome::Unsupported,
        reason: Some("driver csi=upstream has no ControllerModifyVolume (it does not announce MODIFY_VOLUME)".to_owned()),
        shortened: Vec::new(),
        repeat: format!("seatrial run {scenario} --seed 7"),
        ..bad_input()
    }
}

pub fn report(cases: Vec<Verdict>) -> RunReport {
    RunReport::new("0.1.0", cases, Duration::from_millis(1_200))
}

/// A run with somebody else's driver as processes, that was ended before it was over; its one verdict says all it can.
#[allow(dead_code, reason = "each test file takes what it needs")]
pub fn interrupted() -> RunReport {
    let started = Some("2026-11-29T16:07:00Z".parse().expect("it is a time"));
    let mut case = passed();
    case.volatile.started = started;
    let ours = PluginInfo { name: "csi.vsphere.vmware.com".to_owned(), version: "v3.7.0".to_owned() };
    case.provenance = CaseProvenance {
        world: Some(WorldProvenance {
            vcenters: BTreeMap::from([("vc-a".to_owned(), "8.0.3".to_owned())]),
            kubernetes: Some("v1.36.2".to_owned()),
            plugins: BTreeMap::from([("csi-controller".to_owned(), ours)]),
        }),
        tags: vec!["csi".to_owned(), "statefulset".to_owned()],
        scenario_sha256: Some("5ce7a110".repeat(8)),
        manifests: BTreeMap::from([("manifests/web.yaml".to_owned(), "3a21fe57".repeat(8))]),
        restarts: BTreeMap::from([("csi-controller".to_owned(), 2)]),
        records: Some("cases/statefulset-scale.8.0.3.seed-7".to_owned()),
    };
    let csi = DriverProvenance {
        subject: "csi".to_owned(),
        driver: "upstream-csi".to_owned(),
        version: Some("v3.7.0".to_owned()),
        said_by: Some(SaidBy::BuildInfo),
        described_version: Some("v3.7.3".to_owned()),
        binaries: BTreeMap::from([("csi-controller".to_owned(), binary())]),
    };
    let ccm = DriverProvenance {
        subject: "ccm".to_owned(),
        driver: "ours".to_owned(),
        version: Some("0.1.0".to_owned()),
        said_by: Some(SaidBy::Seatrial),
        described_version: None,
        binaries: BTreeMap::new(),
    };
    let unfinished = UnfinishedCase {
        scenario: "scenarios/zones/placement.yaml".to_owned(),
        case: "9.1.0".to_owned(),
        seed: 7,
        records: Some("cases/zones-placement.9.1.0.seed-7".to_owned()),
    };
    let mut report = RunReport {
        provenance: Some(Provenance {
            commit: Some("96d1a7d0".repeat(5) + "-dirty"),
            mode: RunMode::Processes,
            seed: 7,
            seeds: 2,
            drivers: vec![csi, ccm],
        }),
        interrupted: true,
        unfinished: vec![unfinished],
        ..report(vec![case]).of_planned(45)
    };
    report.volatile.started = started;
    report
}

fn binary() -> BinaryProvenance {
    BinaryProvenance {
        program: "vsphere-csi".to_owned(),
        sha256: Some("b1a2c3d4".repeat(8)),
        unread: None,
        go: Some(GoBuild {
            compiler: "go1.24.1".to_owned(),
            package: Some("sigs.k8s.io/vsphere-csi-driver/v3/cmd/vsphere-csi".to_owned()),
            module: Some("sigs.k8s.io/vsphere-csi-driver/v3".to_owned()),
            version: Some("v3.7.0".to_owned()),
            revision: None,
            modified: false,
        }),
    }
}
