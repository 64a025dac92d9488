//! What a comparison says. The names and shapes are those of the JSON: a change here is one of `schema/comparison-v1.json`.

use std::collections::BTreeMap;
use std::fmt;

use seatrial_journal::Border;
use serde::Serialize;

use super::amount::Amounts;
use super::failure::Failure;
use crate::model::{CaseOutcome, RunReport};

/// How a case is known in both reports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CaseName {
    /// The scenario's name: `statefulset/scale`.
    pub scenario: String,
    /// Which of its cases: `8.0.3`; none when the file could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
}

impl fmt::Display for CaseName {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.case {
            Some(case) => write!(to, "{} [{case}]", self.scenario),
            None => write!(to, "{}", self.scenario),
        }
    }
}

/// Two reports, compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// See [`super::COMPARISON_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The report that is compared with.
    pub base: Side,
    /// The report that is judged.
    pub new: Side,
    /// The comparison in numbers.
    pub summary: ComparisonSummary,
    /// The cases whose verdicts changed: regressions first.
    pub cases: Vec<CaseChange>,
    /// Calls over all cases that are in both reports, by operation: the largest difference first.
    pub operations: Vec<OperationChange>,
    /// Calls of each case, by operation: the largest difference first.
    pub calls: Vec<CallChange>,
    /// Cases that took another time: the largest difference first.
    pub times: Vec<TimeChange>,
    /// What the oracles mention newly, or no longer, without failing anything.
    pub findings: Vec<FindingChange>,
}

impl Comparison {
    /// Whether something is worse than it was.
    pub fn is_regressed(&self) -> bool {
        self.summary.outcome == ComparisonOutcome::Regressed
    }
}

/// One of the two reports in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The version of seatrial that made it.
    pub seatrial: String,
    /// How many runs it has.
    pub runs: usize,
    /// How many ended in each way.
    pub outcomes: BTreeMap<CaseOutcome, usize>,
    /// How much virtual time passed in all.
    pub virtual_time_us: u64,
}

impl Side {
    pub(super) fn of(report: &RunReport) -> Self {
        Self {
            seatrial: report.seatrial.clone(),
            runs: report.cases.len(),
            outcomes: report.summary.outcomes.clone(),
            virtual_time_us: report.summary.virtual_time_us,
        }
    }
}

/// What the comparison comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComparisonOutcome {
    /// Nothing differs.
    Same,
    /// Something differs, and nothing is worse.
    Changed,
    /// Something is worse.
    Regressed,
}

/// The comparison in numbers; all are numbers of cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComparisonSummary {
    /// What it comes to.
    pub outcome: ComparisonOutcome,
    /// In both reports.
    pub compared: usize,
    /// That count as regressions: those that regressed, new ones that fail, and with `strict` those that are missing or
    /// no longer supported.
    pub regressions: usize,
    /// Worse than they were.
    pub regressed: usize,
    /// Otherwise than they were, and neither worse nor all well.
    pub changed: usize,
    /// All well now.
    pub fixed: usize,
    /// Only in the new report.
    pub added: usize,
    /// Only in the base.
    pub missing: usize,
}

/// How a case's verdict changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// A run that was good is not, or something fails in it that did not.
    Regressed,
    /// It is otherwise, and neither worse nor all well.
    Changed,
    /// All of it is good, which it was not.
    Fixed,
    /// Only the new report has it.
    Added,
    /// Only the base has it.
    Missing,
}

impl ChangeKind {
    /// As it is told to people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::Changed => "changed",
            Self::Fixed => "fixed",
            Self::Added => "new",
            Self::Missing => "missing",
        }
    }
}

/// A case whose verdict changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseChange {
    /// Which.
    #[serde(flatten)]
    pub name: CaseName,
    /// How.
    pub change: ChangeKind,
    /// Whether it counts as a regression.
    pub regression: bool,
    /// What became of it in the base, if it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Standing>,
    /// What became of it now, if it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Standing>,
    /// What fails in it that did not.
    pub failures_added: Vec<Failure>,
    /// What fails in it no longer.
    pub failures_gone: Vec<Failure>,
    /// The command that shows the first failure again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<String>,
}

/// What became of a case in one report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The worst outcome of its runs.
    pub outcome: CaseOutcome,
    /// Under how many seeds it ran.
    pub seeds: usize,
    /// The seeds under which it was not good.
    pub failed_seeds: Vec<u64>,
    /// The seeds under which it passed only when it was tried again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flaky_seeds: Vec<u64>,
}

/// A case that makes more or fewer calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallChange {
    /// Which.
    #[serde(flatten)]
    pub name: CaseName,
    /// What was called.
    #[serde(flatten)]
    pub operation: Operation,
    /// How often, as medians over the seeds.
    #[serde(flatten)]
    pub amounts: Amounts,
}

/// One operation, as calls are counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Operation {
    /// Over which border.
    pub border: Border,
    /// Which method.
    pub method: String,
    /// Which process called; known of calls to vCenters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
}

/// An operation that is called more or less often over all cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperationChange {
    /// Which.
    #[serde(flatten)]
    pub operation: Operation,
    /// How often in the cases in which it changed: sums of medians.
    #[serde(flatten)]
    pub amounts: Amounts,
    /// In how many cases it changed.
    pub cases: usize,
    /// In which of them most.
    pub most: CaseName,
}

/// A case that took another time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimeChange {
    /// Which.
    #[serde(flatten)]
    pub name: CaseName,
    /// The median of its virtual times before, in microseconds.
    pub base_us: u64,
    /// And after.
    pub new_us: u64,
}

/// What an oracle mentions newly, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingChange {
    /// In which case.
    #[serde(flatten)]
    pub name: CaseName,
    /// The oracle.
    pub oracle: String,
    /// Its words, of the first run that has them.
    pub message: String,
    /// Whether it is new; else it is gone.
    pub added: bool,
    /// In how many runs it is or was.
    pub runs: usize,
}
