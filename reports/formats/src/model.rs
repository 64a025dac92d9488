//! What a report says. The names and shapes of these types are those of the JSON report: a change to them is a change of
//! `schema/report-v2.json`, and a change that breaks readers is a new schema version.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use seatrial_journal::Elapsed;
use serde::{Deserialize, Serialize};

use crate::calls::{CallCounts, VCenterCalls};
use crate::provenance::{CaseProvenance, Provenance, UnfinishedCase};
use crate::why::WhyLine;

/// The version of the JSON report's schema.
pub const SCHEMA_VERSION: u32 = 2;

/// How a case ended, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseOutcome {
    /// Everything that was expected was so, and no oracle found a violation.
    Passed,
    /// The subject lacks the feature that the scenario is about; the reason says which. Nobody failed.
    Unsupported,
    /// A step or an expectation failed, or an oracle found a violation.
    Failed,
    /// A task called without end, or no virtual time passed.
    Livelock,
    /// The scenario or something it names is wrong.
    BadInput,
    /// What seatrial needs around it was not there.
    Environment,
    /// seatrial itself failed.
    Internal,
}

impl CaseOutcome {
    /// All outcomes, from best to worst.
    pub const ALL: [Self; 7] =
        [Self::Passed, Self::Unsupported, Self::Failed, Self::Livelock, Self::BadInput, Self::Environment, Self::Internal];

    /// As it is told to people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Unsupported => "unsupported",
            Self::Failed => "failed",
            Self::Livelock => "livelock",
            Self::BadInput => "bad input",
            Self::Environment => "environment failed",
            Self::Internal => "internal error",
        }
    }

    /// Whether nothing is wrong.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Passed | Self::Unsupported)
    }

    /// The exit code that stands for it: 0 passed or unsupported, 1 the driver failed, 2 bad input, 3 the environment failed, 4 our own fault.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Passed | Self::Unsupported => 0,
            Self::Failed | Self::Livelock => 1,
            Self::BadInput => 2,
            Self::Environment => 3,
            Self::Internal => 4,
        }
    }
}

/// What became of one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The scenario's file, as it was named.
    pub scenario: String,
    /// The scenario's title, when the file could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Which variant of the scenario: `8.0.3`. None when it never got that far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The seed.
    pub seed: u64,
    /// How it ended.
    pub outcome: CaseOutcome,
    /// Why it ended so, when no step, expectation or violation says it: the wrong input, the livelock, the error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The steps, all of them, in order.
    pub steps: Vec<StepReport>,
    /// The expectations at the end, all of them, in order.
    pub expectations: Vec<ExpectationReport>,
    /// What the oracles found that must not be; what explains others before what is a symptom.
    pub violations: Vec<ViolationReport>,
    /// What the oracles found that is worth knowing; it fails nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<ViolationReport>,
    /// How much virtual time passed.
    pub virtual_time_us: u64,
    /// How many entries the journal has.
    #[serde(default)]
    pub journal_entries: u64,
    /// SHA-256 of the journal's lines: equal for equal seeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal_digest: Option<String>,
    /// How often each method was called, by border.
    pub calls: CallCounts,
    /// How often each method of a vCenter was called, by calling process.
    #[serde(default, skip_serializing_if = "VCenterCalls::is_empty")]
    pub vcenter_calls: VCenterCalls,
    /// What ran otherwise than the scenario says, or was not judged, because drivers were processes or the time was the wall's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shortened: Vec<String>,
    /// The tries before this one, none of which passed; empty when the first one counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<AttemptReport>,
    /// The command that repeats this case.
    pub repeat: String,
    /// What it was made of: versions, tags, digests, restarts.
    #[serde(flatten)]
    pub provenance: CaseProvenance,
    /// What differs from run to run.
    pub volatile: Volatile,
}

/// A try of a case that did not pass, and after which it was tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptReport {
    /// How it ended.
    pub outcome: CaseOutcome,
    /// What did not pass, in a line.
    pub message: String,
    /// All that did not pass, in lines.
    pub text: Vec<String>,
    /// What differs from run to run.
    pub volatile: Volatile,
}

/// What differs between two runs of one seed, in one case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volatile {
    /// When it began, by the wall's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// How long it took.
    pub wall_time_ms: u64,
}

/// What became of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReport {
    /// Its place among the steps, from 1.
    pub number: usize,
    /// Its line in the file, from 1.
    pub line: usize,
    /// The step in words.
    pub what: String,
    /// How it ended.
    pub outcome: StepOutcome,
    /// Why it failed, if it did; may have several lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When it began, if it did, in microseconds of virtual time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_us: Option<u64>,
    /// When it ended, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_us: Option<u64>,
    /// What explains it, the most telling first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<WhyLine>,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    /// It did what it should.
    Passed,
    /// It did not.
    Failed,
    /// The case ended before it.
    NotReached,
}

/// What became of one expectation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectationReport {
    /// Its line in the file, from 1.
    pub line: usize,
    /// What was expected.
    pub what: String,
    /// Whether it was so.
    pub passed: bool,
    /// What was found.
    pub found: String,
    /// What explains it, the most telling first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<WhyLine>,
}

/// What an oracle found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViolationReport {
    /// The oracle.
    pub oracle: String,
    /// Its words.
    pub message: String,
    /// The sequence numbers of the entries that show it.
    pub entries: Vec<u64>,
    /// The part of the journal that shows it, a line an entry; see [`crate::excerpt`].
    pub excerpt: Vec<String>,
    /// Whether it shows that something fails for another reason, rather than what fails.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub symptom: bool,
    /// What explains it, the most telling first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<WhyLine>,
}

/// A run: all cases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// See [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The version of seatrial.
    pub seatrial: String,
    /// What it was made with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// Whether somebody ended it before it was over: it tells of what had run by then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// How many cases were to run, where fewer did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<usize>,
    /// Cases that had begun when the run was ended, and on which there is no verdict.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfinished: Vec<UnfinishedCase>,
    /// The run in numbers.
    pub summary: Summary,
    /// Which part of a run this is, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<PartitionReport>,
    /// The cases, in the order in which they were made.
    pub cases: Vec<Verdict>,
    /// What differs from run to run.
    pub volatile: RunVolatile,
}

/// Which part of a run a report is of, so that the parts can be put together as if there had been one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionReport {
    /// Which part, from 1.
    pub shard: u64,
    /// Of how many.
    pub of: u64,
    /// How many cases the whole run has.
    pub cases: usize,
    /// The places of this report's cases in the whole run, from 0.
    pub places: Vec<usize>,
}

/// What differs between two runs of one seed, over all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunVolatile {
    /// When it began, by the wall's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// How long all of it took.
    pub wall_time_ms: u64,
}

/// A run in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The worst outcome.
    pub outcome: CaseOutcome,
    /// How many cases there were.
    pub cases: usize,
    /// How many ended in each way.
    pub outcomes: BTreeMap<CaseOutcome, usize>,
    /// How many of those that passed did so only when they were tried again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub flaky: usize,
    /// How many findings there are in all.
    #[serde(default)]
    pub findings: usize,
    /// How much virtual time passed in all.
    #[serde(default)]
    pub virtual_time_us: u64,
}

impl RunReport {
    /// A report of these cases.
    pub fn new(seatrial: &str, cases: Vec<Verdict>, wall_time: Duration) -> Self {
        let mut outcomes: BTreeMap<CaseOutcome, usize> = BTreeMap::new();
        for verdict in &cases {
            *outcomes.entry(verdict.outcome).or_default() += 1;
        }
        let outcome = outcomes.keys().next_back().copied().unwrap_or(CaseOutcome::Passed);
        let findings = cases.iter().map(|verdict| verdict.findings.len()).sum();
        let virtual_time_us = cases.iter().fold(0u64, |sum, verdict| sum.saturating_add(verdict.virtual_time_us));
        let flaky = cases.iter().filter(|verdict| verdict.is_flaky()).count();
        let summary = Summary { outcome, cases: cases.len(), outcomes, flaky, findings, virtual_time_us };
        Self {
            schema_version: SCHEMA_VERSION,
            seatrial: seatrial.to_owned(),
            provenance: None,
            interrupted: false,
            planned: None,
            unfinished: Vec::new(),
            summary,
            partition: None,
            cases,
            volatile: RunVolatile { started: None, wall_time_ms: milliseconds(wall_time) },
        }
    }

    /// The same of a run of which this many cases were planned.
    #[must_use]
    pub fn of_planned(mut self, planned: usize) -> Self {
        self.planned = (planned > self.cases.len()).then_some(planned);
        self
    }
}

impl Volatile {
    /// A case that took so long.
    pub fn took(wall_time: Duration) -> Self {
        Self { started: None, wall_time_ms: milliseconds(wall_time) }
    }
}

impl Verdict {
    /// On a scenario that cannot be run, because of what stands in its files.
    pub fn bad_input(scenario: &str, seed: u64, reason: String) -> Self {
        Self {
            scenario: scenario.to_owned(),
            title: None,
            case: None,
            seed,
            outcome: CaseOutcome::BadInput,
            reason: Some(reason),
            steps: Vec::new(),
            expectations: Vec::new(),
            violations: Vec::new(),
            findings: Vec::new(),
            virtual_time_us: 0,
            journal_entries: 0,
            journal_digest: None,
            calls: CallCounts::new(),
            vcenter_calls: VCenterCalls::new(),
            shortened: Vec::new(),
            attempts: Vec::new(),
            repeat: format!("seatrial run {scenario} --seed {seed}"),
            provenance: CaseProvenance::default(),
            volatile: Volatile::default(),
        }
    }

    /// How much virtual time passed.
    pub fn virtual_time(&self) -> Elapsed {
        Elapsed(self.virtual_time_us)
    }

    /// What did not hold, in words, the most telling first: oracles, steps, expectations, and why it was not judged.
    pub fn failures(&self) -> impl Iterator<Item = String> {
        let violations = self.violations.iter().map(|violation| format!("{}: {}", violation.oracle, violation.message));
        let steps = self.steps.iter().filter_map(|step| Some(format!("{}: {}", step.what, step.message.as_ref()?)));
        let expectations = self.expectations.iter().filter(|expectation| !expectation.passed);
        let expectations = expectations.map(|expectation| format!("expected {}, found {}", expectation.what, expectation.found));
        violations.chain(steps).chain(expectations).chain(self.reason.clone())
    }

    /// Whether it passed only when it was tried again.
    pub fn is_flaky(&self) -> bool {
        self.outcome.is_good() && !self.attempts.is_empty()
    }
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
