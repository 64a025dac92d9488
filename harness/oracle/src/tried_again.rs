//! Tried again: what a driver was asked for in vain is asked for again, within seven minutes of that, or of healing.
//!
//! external-provisioner, -attacher and -snapshotter wait five minutes at most before they try again (`--retry-interval-max`). An attachment, a
//! claim or a snapshot of which nobody speaks any longer has lost its wake-up: it may come at the next look at everything, or never. Judged
//! from the first call on that was made for it, while it is still wanted and could be given: an attachment whose volume and node are there, a
//! claim whose class makes volumes at once or whose pod has a node, a snapshot whose claim is there. A call that is open is a try. Not judged:
//! what was never tried, growth (whose resizer may wait longer), what is to go (`released`), kubelets.
//!
//! No report names it: whom it has hurt restarted a sidecar, and saw it work.

use std::collections::BTreeMap;
use std::time::Duration;

use seatrial_journal::{Border, Elapsed, Event};

use crate::asks::{is_open, made_or_attached};
use crate::findings::Findings;
use crate::homes::{ATTACHMENTS, CLAIMS, NODES, PERSISTENT_VOLUMES};
use crate::moment::Moment;
use crate::oracle::{DRIVER, Oracle, Violation, When};
use crate::snapshots::SNAPSHOTS;
use crate::view::{KUBERNETES, Seen, View};

/// Sidecars back off to five minutes at most; two more are for the try itself.
const TRIED_AGAIN: Duration = Duration::from_secs(420);
/// How often is looked whether something waits.
const LOOK: Duration = Duration::from_secs(30);

/// What was asked for in vain so far.
struct Waiting {
    /// When it was last tried, or a try ended.
    since: Elapsed,
    /// The last try.
    entry: u64,
    /// Tries without an answer.
    open: u32,
}

/// See the module.
#[derive(Default)]
pub struct TriedAgain {
    waiting: BTreeMap<String, Waiting>,
    /// What each open call is made for.
    calls: BTreeMap<u64, String>,
    looked: Elapsed,
    findings: Findings,
}

impl Oracle for TriedAgain {
    fn name(&self) -> &'static str {
        "tried-again"
    }

    fn when(&self) -> When {
        When::Within(TRIED_AGAIN)
    }

    fn on(&mut self, moment: &Moment) {
        let (at, seq) = (moment.entry.at, moment.entry.seq);
        match &moment.entry.event {
            Event::Sent(call) if call.border == Border::Csi => {
                let Some(object) = made_or_attached(moment.view, call) else { return };
                let waiting = self.waiting.entry(object.clone()).or_insert(Waiting { since: at, entry: seq, open: 0 });
                (waiting.since, waiting.entry) = (at, seq);
                waiting.open += 1;
                self.calls.insert(seq, object);
            }
            Event::Answered { call, .. } | Event::CallerGone { call } => {
                let waiting = self.calls.remove(&call.0).and_then(|object| self.waiting.get_mut(&object));
                if let Some(waiting) = waiting {
                    waiting.since = at;
                    waiting.open = waiting.open.saturating_sub(1);
                }
            }
            _ if !self.waiting.is_empty() && at.duration() >= self.looked.duration() + LOOK => {
                self.looked = at;
                self.look(moment);
            }
            _ => {}
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl TriedAgain {
    /// Tells of what nobody has tried again, once.
    fn look(&mut self, moment: &Moment) {
        let (findings, now) = (&mut self.findings, moment.entry.at);
        self.waiting.retain(|object, waiting| {
            let Some(what) = wanted(moment.view, object) else { return waiting.open > 0 };
            if waiting.open > 0 || moment.calm.lasted(waiting.since, now) <= TRIED_AGAIN {
                return true;
            }
            let minutes = TRIED_AGAIN.as_secs() / 60;
            findings.add(
                format!("{what} was asked for in vain and for {minutes} minutes not again, with everybody there"),
                vec![waiting.entry, moment.entry.seq],
            );
            false
        });
    }
}

/// What is wanted still and could be given, in words.
fn wanted(view: &View, object: &str) -> Option<String> {
    let kind = [ATTACHMENTS, CLAIMS, SNAPSHOTS].into_iter().find(|kind| object.starts_with(kind))?;
    let seen = view.get(KUBERNETES, object).filter(|seen| is_open(kind, seen))?;
    if let Some(name) = object.strip_prefix(ATTACHMENTS) {
        let node = seen.text(&["spec", "nodeName"])?;
        let volume = volume_of(view, seen).filter(|volume| volume.text(&["metadata", "deletionTimestamp"]).is_none())?;
        let claim = volume.text(&["spec", "claimRef", "name"]).unwrap_or(name);
        let could = seen.text(&["spec", "attacher"]) == Some(DRIVER) && view.find(KUBERNETES, NODES, node).is_some();
        return could.then(|| format!("the attachment of claim {claim} to {node}"));
    }
    if let Some(name) = object.strip_prefix(CLAIMS) {
        return (seen.text(&["status", "phase"]) != Some("Bound") && is_to_be_made(view, seen))
            .then(|| format!("a volume for claim {name}"));
    }
    let name = object.strip_prefix(SNAPSHOTS)?;
    let source = format!("{CLAIMS}{}/{}", name.split('/').next()?, seen.text(&["spec", "source", "persistentVolumeClaimName"])?);
    view.get(KUBERNETES, &source).is_some().then(|| format!("snapshot {name}"))
}

/// Whether a claim's class makes volumes at once, or its pod has a node.
fn is_to_be_made(view: &View, claim: &Seen) -> bool {
    let class = claim.text(&["spec", "storageClassName"]).and_then(|class| view.find(KUBERNETES, "storageclasses/", class));
    let has_node = || claim.state.pointer("/metadata/annotations/volume.kubernetes.io~1selected-node").is_some();
    class.is_some_and(|class| class.text(&["volumeBindingMode"]) != Some("WaitForFirstConsumer") || has_node())
}

fn volume_of<'a>(view: &'a View, attachment: &Seen) -> Option<&'a Seen> {
    view.find(KUBERNETES, PERSISTENT_VOLUMES, attachment.text(&["spec", "source", "persistentVolumeName"])?)
}
