//! What came of a run.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use seatrial_journal::{Border, Digest, Elapsed, Entry};
use seatrial_oracle::Violation;
use seatrial_reports::{PluginInfo, WhyLine};
use seatrial_scenario::Span;

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepResult {
    /// It passed.
    Passed,
    /// It did not, for this reason.
    Failed(String),
    /// It did what it should, and the world did not settle after it.
    Unsettled(String),
    /// An earlier one failed.
    NotReached,
}

impl StepResult {
    /// Why it failed, if it did.
    pub fn failure(&self) -> Option<&str> {
        match self {
            Self::Failed(why) | Self::Unsettled(why) => Some(why),
            Self::Passed | Self::NotReached => None,
        }
    }
}

/// A step and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepOutcome {
    /// The step in words.
    pub what: String,
    /// Where it stands in the file.
    pub span: Span,
    /// How it ended.
    pub result: StepResult,
    /// When it began, if it did.
    pub began: Option<Elapsed>,
    /// When it ended, if it did.
    pub ended: Option<Elapsed>,
    /// What explains that it failed.
    pub why: Vec<WhyLine>,
}

/// An expectation and what was found instead, if it did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectationOutcome {
    /// The expectation in words.
    pub what: String,
    /// Where it stands in the file.
    pub span: Span,
    /// What was found, when it was something else.
    pub found: Option<String>,
    /// What explains it.
    pub why: Vec<WhyLine>,
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct RunOutcome {
    /// The steps, in order.
    pub steps: Vec<StepOutcome>,
    /// The expectations, in order; empty when a step failed.
    pub expectations: Vec<ExpectationOutcome>,
    /// What the oracles found.
    pub violations: Vec<Violation>,
    /// For each violation, the shortest part of the journal that shows it.
    pub excerpts: Vec<Vec<String>>,
    /// For each violation, what explains it.
    pub violation_whys: Vec<Vec<WhyLine>>,
    /// How long the journal was when it was judged: what follows belongs to the end of the run.
    pub judged: u64,
    /// Processes that panicked.
    pub panics: Vec<String>,
    /// A driver lacks what the scenario requires: who, and what. Nothing was run then.
    pub unsupported: Option<String>,
    /// The world went round in circles: who, and how.
    pub livelock: Option<String>,
    /// Faults of the plan that could not be brought about.
    pub injection_errors: Vec<String>,
    /// A fault of the harness itself.
    pub internal: Option<String>,
    /// What ran otherwise than the scenario says, or was not judged, because drivers were processes or the time was the wall's.
    pub shortened: Vec<String>,
    /// What the machine did not allow, so that nothing was run.
    pub environment: Option<String>,
    /// The journal could not be written.
    pub journal_error: Option<String>,
    /// It was asked to end before it was over: there is no verdict on it.
    pub stopped: bool,
    /// Virtual time that passed.
    pub virtual_time: Elapsed,
    /// Wall time that passed.
    pub wall_time: Duration,
    /// When it began, by the wall's clock.
    pub started: Option<Timestamp>,
    /// The journal's digest.
    pub digest: Option<Digest>,
    /// How many entries the journal has.
    pub entries: u64,
    /// Calls sent, by border and method.
    pub calls: BTreeMap<(Border, String), u64>,
    /// Calls sent to vCenters, by method and calling process.
    pub vcenter_calls: BTreeMap<String, BTreeMap<String, u64>>,
    /// How often each fault rule fired.
    pub fired: BTreeMap<String, u64>,
    /// Kubernetes' version.
    pub kubernetes: Option<String>,
    /// Who the CSI driver's processes said they were.
    pub plugins: BTreeMap<String, PluginInfo>,
    /// How often each process was started again, of those that were.
    pub restarts: BTreeMap<String, u32>,
    /// The journal, when the run was told to keep it.
    pub journal: Vec<Entry>,
}

impl RunOutcome {
    /// Whether everything passed.
    pub fn passed(&self) -> bool {
        let steps = self.steps.iter().all(|step| step.result == StepResult::Passed);
        let expectations = self.expectations.iter().all(|expectation| expectation.found.is_none());
        let violations = !self.violations.iter().any(Violation::is_failure);
        steps
            && expectations
            && violations
            && self.panics.is_empty()
            && self.livelock.is_none()
            && self.internal.is_none()
            && self.environment.is_none()
            && self.injection_errors.is_empty()
    }

    /// Everything that did not hold, with what explains it.
    pub fn complaints(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for step in &self.steps {
            lines.extend(step.result.failure().map(|why| format!("{}: {why}{}", step.what, because(&step.why))));
        }
        for expectation in &self.expectations {
            if let Some(found) = &expectation.found {
                lines.push(format!("expected {}, found {found}{}", expectation.what, because(&expectation.why)));
            }
        }
        let failures = self.violations.iter().enumerate().filter(|(_, violation)| violation.is_failure());
        lines.extend(failures.map(|(place, violation)| {
            let why = self.violation_whys.get(place).map(Vec::as_slice).unwrap_or_default();
            format!("{}: {}{}", violation.oracle, violation.message, because(why))
        }));
        lines.extend(self.panics.iter().chain(&self.injection_errors).cloned());
        lines.extend(self.livelock.iter().cloned());
        lines.extend(self.internal.iter().cloned());
        lines
    }
}

fn because(why: &[WhyLine]) -> String {
    why.iter().map(|line| format!("\n  - {line}")).collect()
}
