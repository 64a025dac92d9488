//! Kept when found: who is asked for a volume, and finds one that an earlier attempt has made, does not delete it.
//!
//! Judged: what a CSI driver sends to delete a disk that was made for a claim, when nobody has ever asked the driver to delete it. It may take
//! back what the very attempt has made that it works on, or one that its caller has given up and that the same process may still work on. What
//! an attempt has made that has been answered, or that ended with its process, may be somebody's by now. Not judged: volumes that were not made
//! for claims, and what leaves CNS and keeps its disk.
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#3996.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_journal::{Border, Call, Event, ProcessEvent};

use crate::findings::Findings;
use crate::homes::VOLUMES;
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::view::View;

/// How a disk is deleted: by CNS, as a first class disk, by the same over its other door.
const DELETES: [&str; 3] = ["CnsDeleteVolume", "DeleteVStorageObject_Task", "VslmDeleteVStorageObject_Task"];

/// A volume that a driver's process was asked for.
struct Attempt {
    /// What the volume is to be called.
    name: String,
    process: String,
}

/// See the module.
#[derive(Default)]
pub struct KeptWhenFound {
    /// The attempts that may be worked on, by their calls.
    attempts: BTreeMap<u64, Attempt>,
    /// The names of all volumes that were asked for.
    wanted: BTreeSet<String>,
    /// The volumes that drivers were asked to delete.
    to_go: BTreeSet<String>,
    findings: Findings,
}

impl Oracle for KeptWhenFound {
    fn name(&self) -> &'static str {
        "kept-when-found"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, moment: &Moment) {
        match &moment.entry.event {
            Event::Sent(call) if call.border == Border::Csi => self.asked(moment.entry.seq, call),
            Event::Sent(call) if DELETES.contains(&call.method.as_str()) && call.args.get("deleteDisk") != Some(&false.into()) => {
                self.deletes(moment, call);
            }
            Event::Answered { call, .. } => drop(self.attempts.remove(&call.0)),
            Event::Process { name, event: ProcessEvent::Started, .. } => self.attempts.retain(|_, attempt| attempt.process != *name),
            _ => {}
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl KeptWhenFound {
    fn asked(&mut self, seq: u64, call: &Call) {
        let Some(target) = &call.target else { return };
        match call.method.as_str() {
            "CreateVolume" => {
                let process = call.to.split(':').next().unwrap_or_default().to_owned();
                self.wanted.insert(target.clone());
                self.attempts.insert(seq, Attempt { name: target.clone(), process });
            }
            "DeleteVolume" => drop(self.to_go.insert(target.clone())),
            _ => {}
        }
    }

    fn deletes(&mut self, moment: &Moment, call: &Call) {
        let Some(id) = call.target.as_deref().filter(|id| !self.to_go.contains(*id)) else { return };
        let Some((vcenter, _, volume)) = moment.view.in_vcenters(VOLUMES).find(|(_, known, _)| *known == id) else { return };
        let Some(name) = volume.text(&["name"]).filter(|name| self.wanted.contains(*name)) else { return };
        let is_its_own = |(began, attempt): (&u64, &Attempt)| *began < volume.added && attempt.process == call.from && attempt.name == name;
        if !self.attempts.iter().any(is_its_own) {
            let message = format!(
                "{} deletes volume {id} ({name}) in {vcenter}, which an earlier attempt has made: nobody has asked for that, and whoever has been given it loses what is on it",
                call.from
            );
            self.findings.add(message, vec![volume.added, moment.entry.seq]);
        }
    }
}
