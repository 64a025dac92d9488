//! The scenario's own expectations, judged at the end.

use seatrial_oracle::{Seen, View, Violation};
use seatrial_scenario::{Expectation, ExpectationKind, NodeCount, PodCount};

use super::Faults;
use crate::call_counts::{Counts, named, one};
use crate::outcome::ExpectationOutcome;
use crate::steps::snapshots_of;
use crate::steps::state::condition;

/// What there is to judge by.
pub(super) struct Evidence<'a> {
    pub(super) counts: &'a Counts,
    pub(super) view: &'a View,
    pub(super) findings: &'a [Violation],
    pub(super) writes_at_rest: u64,
}

/// Expectations of calls and firings speak of the scenario's own faults.
pub(super) fn is_judged(expectation: &Expectation, faults: &Faults) -> bool {
    let of_calls = matches!(expectation.kind, ExpectationKind::Calls { .. } | ExpectationKind::Fired(_) | ExpectationKind::Findings(_));
    matches!(faults, Faults::Scenario) || !of_calls
}

/// Whether an expectation holds.
pub(super) fn judge(expectation: &Expectation, evidence: &Evidence<'_>) -> ExpectationOutcome {
    let wrong = match &expectation.kind {
        kind @ (ExpectationKind::Calls { .. } | ExpectationKind::Fired(_)) => evidence.counts.wrong(kind),
        ExpectationKind::Findings(counts) => named(counts, |name| evidence.findings_of(name)),
        ExpectationKind::Volumes { total } => one("total", total, evidence.view.in_vcenters("Volume/").count() as u64),
        ExpectationKind::Snapshots { total } => {
            one("total", total, evidence.view.in_vcenters("Volume/").map(|(_, _, volume)| snapshots_of(volume)).sum())
        }
        ExpectationKind::WritesAtRest(count) => one("writes", count, evidence.writes_at_rest),
        ExpectationKind::Pods(counts) => {
            counts.iter().flat_map(|(which, count)| one(which.value.word(), count, evidence.pods(which.value))).collect()
        }
        ExpectationKind::Nodes(counts) => {
            counts.iter().flat_map(|(which, count)| one(which.value.word(), count, evidence.nodes(which.value))).collect()
        }
    };
    let found = (!wrong.is_empty()).then(|| wrong.join(", "));
    ExpectationOutcome { what: expectation.to_string(), span: expectation.span, found, why: Vec::new() }
}

impl Evidence<'_> {
    fn findings_of(&self, name: &str) -> u64 {
        self.findings.iter().filter(|finding| !finding.is_failure() && finding.oracle == name).count() as u64
    }

    fn pods(&self, which: PodCount) -> u64 {
        let is = |pod: &Seen| {
            let (phase, leaves) = (pod.text(&["status", "phase"]), pod.text(&["metadata", "deletionTimestamp"]).is_some());
            match which {
                PodCount::Total => true,
                PodCount::Running => phase == Some("Running") && !leaves,
                PodCount::Ready => is_ready(pod) && !leaves,
                PodCount::Pending => phase == Some("Pending"),
            }
        };
        self.view.objects("kubernetes", "pods/").filter(|(_, pod)| is(pod)).count() as u64
    }

    fn nodes(&self, which: NodeCount) -> u64 {
        let mut nodes = self.view.objects("kubernetes", "nodes/");
        match which {
            NodeCount::Total => nodes.count() as u64,
            NodeCount::Ready => nodes.by_ref().filter(|(_, node)| is_ready(node)).count() as u64,
            NodeCount::Deleted => self.counts.nodes_deleted,
        }
    }
}

fn is_ready(object: &Seen) -> bool {
    condition(&object.state, "Ready") == Some("True")
}
