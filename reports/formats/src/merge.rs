//! Parts of a run, put together as if there had been one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::model::{PartitionReport, RunReport, RunVolatile, Verdict};

/// Why reports cannot be put together; numbers are places in the list of reports, from 0.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is nothing.
    #[error("there is no report to merge")]
    Nothing,
    /// They come of different versions.
    #[error("it was made by seatrial {found}, the first one by {wanted}: parts of one run come of one version; run them all again with it")]
    Versions {
        /// Which report.
        report: usize,
        /// Its version.
        found: String,
        /// The first one's.
        wanted: String,
    },
    /// Some are parts of a run, others are not, or of another one.
    #[error("it is {found}, the first one {wanted}: merge the parts of one run only")]
    Different {
        /// Which report.
        report: usize,
        /// What it is, in words.
        found: String,
        /// What the first one is.
        wanted: String,
    },
    /// Two reports have the same part.
    #[error("it has part {shard} of {of}, which report {other} has, too; leave one out")]
    Twice {
        /// Which report.
        report: usize,
        /// The other one, from 1.
        other: usize,
        /// The part.
        shard: u64,
        /// Of how many.
        of: u64,
    },
    /// Two reports have a run of the same case and seed.
    #[error("it has {case} seed {seed}, which report {other} has, too; leave one out")]
    SameRun {
        /// Which report.
        report: usize,
        /// The other one, from 1.
        other: usize,
        /// The case.
        case: String,
        /// The seed.
        seed: u64,
    },
    /// A part whose cases are not where it says.
    #[error("it says where {places} cases lie in the whole run, and has {cases}; run it again")]
    Places {
        /// Which report.
        report: usize,
        /// How many places it names.
        places: usize,
        /// How many cases it has.
        cases: usize,
    },
    /// Not all parts are there.
    #[error("{parts} of {of} missing; run what is missing, or merge what there is with --partial")]
    Missing {
        /// Which parts, in words.
        parts: String,
        /// Of how many.
        of: u64,
    },
    /// A part ended before all of it had run.
    #[error("all parts are there, but one ended before all its cases had run; run it again, or merge what there is with --partial")]
    Unfinished,
}

impl MergeError {
    /// Which report it is about, if it is about one.
    pub fn report(&self) -> Option<usize> {
        match self {
            Self::Nothing | Self::Missing { .. } | Self::Unfinished => None,
            Self::Versions { report, .. }
            | Self::Different { report, .. }
            | Self::Twice { report, .. }
            | Self::SameRun { report, .. }
            | Self::Places { report, .. } => Some(*report),
        }
    }
}

/// One report of all these. Parts of one run (`--partition`) give what the whole run would have given, in its order; other
/// reports are put one after the other. `partial`: parts may be missing; the report then still says so.
///
/// # Errors
/// See [`MergeError`].
pub fn merge(reports: Vec<RunReport>, partial: bool) -> Result<RunReport, MergeError> {
    let first = RunReport { cases: Vec::new(), ..reports.first().ok_or(MergeError::Nothing)?.clone() };
    check_kinship(&reports)?;
    check_parts(&reports, partial)?;
    // Parts run beside each other: whoever waited, waited for the slowest.
    let wall_time = reports.iter().map(|report| report.volatile.wall_time_ms).max().unwrap_or_default();
    let partition = left_over(first.partition.clone(), &reports);
    let planned = reports.iter().map(|report| report.planned.unwrap_or(report.cases.len())).sum();
    let interrupted = reports.iter().any(|report| report.interrupted);
    let unfinished = reports.iter().flat_map(|report| report.unfinished.clone()).collect();
    let started = reports.iter().filter_map(|report| report.volatile.started).min();
    let mut cases: Vec<(usize, Verdict)> = Vec::new();
    for report in reports {
        let places = report.partition.map_or_else(|| (cases.len()..).take(report.cases.len()).collect(), |part| part.places);
        cases.extend(places.into_iter().zip(report.cases));
    }
    cases.sort_by_key(|(place, _)| *place);
    let cases = cases.into_iter().map(|(_, verdict)| verdict).collect();
    let whole = RunReport::new(&first.seatrial, cases, Duration::from_millis(wall_time));
    let volatile = RunVolatile { started, ..whole.volatile };
    let whole = RunReport { summary: whole.summary, cases: whole.cases, volatile, partition, interrupted, unfinished, ..first };
    Ok(whole.of_planned(planned))
}

fn check_kinship(reports: &[RunReport]) -> Result<(), MergeError> {
    let wanted = &reports[0];
    let mut runs: BTreeMap<(&str, Option<&str>, u64), usize> = BTreeMap::new();
    for (place, report) in reports.iter().enumerate() {
        if report.seatrial != wanted.seatrial {
            return Err(MergeError::Versions { report: place, found: report.seatrial.clone(), wanted: wanted.seatrial.clone() });
        }
        if kind(report) != kind(wanted) {
            return Err(MergeError::Different { report: place, found: kind(report), wanted: kind(wanted) });
        }
        for verdict in &report.cases {
            let run = (verdict.scenario.as_str(), verdict.case.as_deref(), verdict.seed);
            match runs.insert(run, place) {
                Some(other) if other != place => {
                    let case = verdict.case.as_ref().map_or(String::new(), |case| format!(" [{case}]"));
                    let case = format!("{}{case}", verdict.scenario);
                    return Err(MergeError::SameRun { report: place, other: other + 1, case, seed: verdict.seed });
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn kind(report: &RunReport) -> String {
    match &report.partition {
        None => "a whole run".to_owned(),
        Some(part) => format!("a part of {} of a run of {} cases", part.of, part.cases),
    }
}

fn check_parts(reports: &[RunReport], partial: bool) -> Result<(), MergeError> {
    let mut found: BTreeMap<u64, usize> = BTreeMap::new();
    let mut of = 0;
    for (place, report) in reports.iter().enumerate() {
        let Some(part) = &report.partition else { continue };
        of = part.of;
        if part.places.len() != report.cases.len() {
            return Err(MergeError::Places { report: place, places: part.places.len(), cases: report.cases.len() });
        }
        if let Some(other) = found.insert(part.shard, place) {
            return Err(MergeError::Twice { report: place, other: other + 1, shard: part.shard, of });
        }
    }
    if partial || places(reports).len() == reports[0].partition.as_ref().map_or(0, |part| part.cases) {
        return Ok(());
    }
    let missing: Vec<String> = (1..=of).filter(|shard| !found.contains_key(shard)).map(|shard| shard.to_string()).collect();
    Err(match missing.as_slice() {
        [] => MergeError::Unfinished,
        [one] => MergeError::Missing { parts: format!("part {one}"), of },
        several => MergeError::Missing { parts: format!("parts {}", several.join(", ")), of },
    })
}

/// The places of all cases that are there.
fn places(reports: &[RunReport]) -> BTreeSet<usize> {
    reports.iter().filter_map(|report| report.partition.as_ref()).flat_map(|part| part.places.iter().copied()).collect()
}

/// What is still missing of the whole, as the report says it: nothing, or the first part that is there and the places of all.
fn left_over(part: Option<PartitionReport>, reports: &[RunReport]) -> Option<PartitionReport> {
    let part = part?;
    let places = places(reports);
    (places.len() < part.cases).then(|| PartitionReport { places: places.into_iter().collect(), ..part })
}
