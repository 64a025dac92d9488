//! The reports of a run: of all that was run, whether or not that is all that was to be.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use seatrial_journal::Entry;
use seatrial_reports::{RunReport, UnfinishedCase, Verdict};

use super::out::{Out, OutError};
use super::provenance::Made;
use crate::worker_pool::Log;

/// When a run began.
#[derive(Clone, Copy)]
pub struct Began {
    at: Timestamp,
    clock: Instant,
}

impl Began {
    /// It begins.
    #[expect(clippy::disallowed_methods, reason = "wall time is what is reported here")]
    pub fn now() -> Self {
        Self { at: Timestamp::now(), clock: Instant::now() }
    }

    /// For how long it has been going on.
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }
}

/// The journals that a page shows, by their cases' places in the report.
type Journals = BTreeMap<usize, Vec<Entry>>;

/// The report of a run, and the journals that its page shows. `names` are all cases that were to run, as a report names those on which there
/// is no verdict.
pub fn of(log: Log, names: &[UnfinishedCase], began: Began, made: Made) -> (RunReport, Journals) {
    let (verdicts, journals): (Vec<Verdict>, Vec<Vec<Entry>>) = log.done.into_values().unzip();
    let journals = journals.into_iter().enumerate().filter(|(_, journal)| !journal.is_empty()).collect();
    let provenance = Some(made.provenance(&verdicts));
    let mut report = RunReport {
        provenance,
        interrupted: log.interrupted,
        unfinished: log.unfinished.iter().filter_map(|place| names.get(*place)).cloned().collect(),
        ..RunReport::new(env!("CARGO_PKG_VERSION"), verdicts, began.elapsed()).of_planned(log.number)
    };
    report.volatile.started = Timestamp::from_millisecond(began.at.as_millisecond()).ok();
    (report, journals)
}

/// Writes all formats.
pub fn write(out: &Out, report: &RunReport, journals: &Journals) -> Result<(), OutError> {
    let reports = [
        ("report.json", seatrial_reports::json(report)),
        ("report.txt", seatrial_reports::terminal(report, false)),
        ("junit.xml", seatrial_reports::junit(report)),
        ("summary.md", seatrial_reports::markdown(report)),
        ("annotations.txt", seatrial_reports::annotations(report)),
        ("report.html", seatrial_reports::html(report, journals)),
    ];
    reports.iter().try_for_each(|(name, text)| out.write(name, text))
}
