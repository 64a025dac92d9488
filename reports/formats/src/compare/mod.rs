//! Two reports, compared: what regressed, which calls came and went, what took longer, what the oracles newly mention.
//!
//! A case is known by its scenario's name and its own; its runs by their seeds. Where both reports have runs of the same
//! seeds, only those are compared; else the medians over all of them. What is compared is what a driver did in virtual
//! time: wall times are not. Pure: two reports in, one [`Comparison`] out, and its renderings.

mod amount;
mod calls;
mod failure;
mod findings;
mod markdown;
mod model;
mod name;
mod pairs;
mod text;
mod times;
mod verdicts;
mod words;

use crate::model::{RunReport, Verdict};
pub use amount::{Amounts, Count};
pub use failure::{Failure, FailureKind};
pub use markdown::comparison_markdown;
pub use model::{
    CallChange, CaseChange, CaseName, ChangeKind, Comparison, ComparisonOutcome, ComparisonSummary, FindingChange, Operation,
    OperationChange, Side, Standing, TimeChange,
};
use pairs::Pair;
pub use text::comparison_text;

/// The version of the comparison's JSON Schema.
pub const COMPARISON_SCHEMA_VERSION: u32 = 1;

/// The JSON Schema of the comparison.
pub const COMPARISON_SCHEMA: &str = include_str!("../../schema/comparison-v1.json");

/// How two reports are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompareOptions {
    /// A case that is missing, or that the driver no longer supports, counts as a regression, too.
    pub strict: bool,
    /// Reports of different versions of seatrial are compared all the same.
    pub across_versions: bool,
}

/// Why two reports cannot be compared.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    /// What changed may be seatrial's.
    #[error(
        "the base was made by seatrial {base}, the new report by {new}: what differs may be seatrial's and not the driver's; \
         make the base again with {new}, or compare all the same with --across-versions"
    )]
    Versions {
        /// The base's.
        base: String,
        /// The new one's.
        new: String,
    },
    /// Nothing can be said.
    #[error(
        "no case is in both reports: the base has {base}, the new report {new}; \
         run the same scenarios twice, named the same way"
    )]
    NothingInCommon {
        /// How many cases the base has, in words.
        base: String,
        /// How many the new report has.
        new: String,
    },
}

/// Whether reports of these versions of seatrial may be compared.
///
/// # Errors
/// [`CompareError::Versions`].
pub fn compare_versions(base: &str, new: &str, options: CompareOptions) -> Result<(), CompareError> {
    if base == new || options.across_versions {
        return Ok(());
    }
    Err(CompareError::Versions { base: base.to_owned(), new: new.to_owned() })
}

/// What differs from `base` to `new`.
///
/// # Errors
/// See [`CompareError`].
pub fn compare(base: &RunReport, new: &RunReport, options: CompareOptions) -> Result<Comparison, CompareError> {
    compare_versions(&base.seatrial, &new.seatrial, options)?;
    let pairs = pairs::pairs(base, new);
    if !pairs.iter().any(Pair::is_in_both) {
        let cases = |report: &RunReport| crate::words::cases(report.cases.len());
        return Err(CompareError::NothingInCommon { base: cases(base), new: cases(new) });
    }
    let mut cases: Vec<CaseChange> = pairs.iter().filter_map(|pair| verdicts::change(pair, options.strict)).collect();
    // What must be looked at first; within a kind by name.
    cases.sort_by_key(|case| (!case.regression, case.change));
    let calls = calls::changes(&pairs);
    let operations = calls::operations(&calls);
    let times = times::changes(&pairs);
    let findings = findings::changes(&pairs);
    let compared = pairs.iter().filter(|pair| pair.is_in_both()).count();
    let same_in_all = cases.is_empty() && calls.is_empty() && times.is_empty() && findings.is_empty();
    Ok(Comparison {
        schema_version: COMPARISON_SCHEMA_VERSION,
        base: Side::of(base),
        new: Side::of(new),
        summary: summary(compared, &cases, same_in_all),
        cases,
        operations,
        calls,
        times,
        findings,
    })
}

fn summary(compared: usize, cases: &[CaseChange], same_in_all: bool) -> ComparisonSummary {
    let number = |kind: ChangeKind| cases.iter().filter(|case| case.change == kind).count();
    let regressions = cases.iter().filter(|case| case.regression).count();
    let outcome = match (regressions, same_in_all) {
        (0, true) => ComparisonOutcome::Same,
        (0, false) => ComparisonOutcome::Changed,
        _ => ComparisonOutcome::Regressed,
    };
    ComparisonSummary {
        outcome,
        compared,
        regressions,
        regressed: number(ChangeKind::Regressed),
        changed: number(ChangeKind::Changed),
        fixed: number(ChangeKind::Fixed),
        added: number(ChangeKind::Added),
        missing: number(ChangeKind::Missing),
    }
}

/// The comparison as JSON, in lines, with a line end.
pub fn comparison_json(comparison: &Comparison) -> String {
    let mut text = serde_json::to_string_pretty(comparison).expect("a comparison is plain data with text keys");
    text.push('\n');
    text
}

/// Whether a run got as far as a world whose calls and times mean something.
fn ran(verdict: &Verdict) -> bool {
    verdict.journal_entries > 0
}
