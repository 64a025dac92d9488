//! How a sweep ends: what came of each strike, the files of those that did not hold, the reports.

use seatrial_engine::Mode;
use seatrial_reports::{CaseOutcome, StepOutcome, UnfinishedCase, Verdict};
use seatrial_search::BundleError;
use seatrial_search::capsule::CapsuleError;
use seatrial_search::sweep::{JudgedStrike, Standing, Strike, SweepReport, SweptCase};

use super::Swept;
use crate::capsule::{self, Finding};
use crate::exit::Exit;
use crate::output::{fail, say};
use crate::run::out::Out;
use crate::run::provenance::Made;
use crate::run::reports::{self, Began};
use crate::worker_pool::Log;

/// What is known when all strikes are made.
pub(super) struct Conclusion {
    pub(super) out: Out,
    pub(super) swept: Vec<Swept>,
    /// For each piece of work its case and its place among that case's strikes.
    pub(super) of: Vec<(usize, usize)>,
    pub(super) names: Vec<UnfinishedCase>,
    pub(super) began: Began,
    pub(super) made: Made,
    /// Whose drivers they were, and how many worlds run at a time.
    pub(super) mode: Mode,
    pub(super) workers: usize,
}

impl Conclusion {
    /// Writes the findings and says what was found.
    pub(super) fn conclude(self, log: Log) -> Exit {
        let report = match self.judge(&log) {
            Ok(report) => report,
            Err(error) => return fail(&format!("{error}; choose another place with --out"), Exit::Environment),
        };
        let cut = log.interrupted;
        let (run, journals) = reports::of(log, &self.names, self.began, self.made);
        let written = [("sweep.json", report.json()), ("sweep.txt", report.text())];
        let written = written.iter().try_for_each(|(name, text)| self.out.write(name, text));
        if let Err(error) = written.and_then(|()| reports::write(&self.out, &run, &journals)) {
            return fail(&error.to_string(), Exit::Environment);
        }
        say(&report.text());
        say(&format!("reports: {} and, beside it, sweep.txt, report.json, report.html\n", self.out.path("sweep.json").display()));
        if cut {
            return fail("interrupted: the reports tell of the strikes that had been made", Exit::Interrupted);
        }
        exit(&report, run.summary.outcome)
    }

    /// Judges each strike. Those that did not hold are written down, those that broke something packed up.
    fn judge(&self, log: &Log) -> Result<SweepReport, CapsuleError> {
        let mut cases: Vec<SweptCase> = self.swept.iter().map(empty).collect();
        let mut broke = Vec::new();
        for (place, (verdict, _)) in &log.done {
            let (case, strike) = self.of[*place];
            let (swept, standing) = (&self.swept[case], standing(verdict));
            let strike = &swept.strikes[strike];
            if standing != Standing::Held {
                let finding = write(swept, strike)?;
                broke.extend((standing == Standing::Broke).then_some(finding));
            }
            cases[case].strikes.push(JudgedStrike::new(strike, standing, verdict));
        }
        capsule::pack_beside(&broke, &self.mode, self.workers)?;
        Ok(SweepReport::new(cases))
    }
}

/// What broke is the drivers'; what could not be run is not.
fn exit(report: &SweepReport, worst: CaseOutcome) -> Exit {
    if report.number(Standing::Error) > 0 {
        Exit::of(worst)
    } else if report.number(Standing::Broke) > 0 {
        Exit::Failed
    } else {
        Exit::Passed
    }
}

fn empty(swept: &Swept) -> SweptCase {
    SweptCase { scenario: swept.name.clone(), case: swept.spec.case.name.clone(), seed: swept.spec.seed, strikes: Vec::new() }
}

fn standing(verdict: &Verdict) -> Standing {
    match verdict.outcome {
        CaseOutcome::Passed => Standing::Held,
        CaseOutcome::Failed | CaseOutcome::Livelock if only_did_not_strike(verdict) => Standing::Missed,
        CaseOutcome::Failed | CaseOutcome::Livelock => Standing::Broke,
        // What the scenario asks for was there in the calm run.
        CaseOutcome::Unsupported | CaseOutcome::BadInput | CaseOutcome::Environment | CaseOutcome::Internal => Standing::Error,
    }
}

/// Whether nothing but the expectation that the rule fires did not hold.
fn only_did_not_strike(verdict: &Verdict) -> bool {
    let steps = verdict.steps.iter().all(|step| step.outcome == StepOutcome::Passed);
    let mut failed = verdict.expectations.iter().filter(|expectation| !expectation.passed).peekable();
    steps
        && verdict.violations.is_empty()
        && verdict.reason.is_none()
        && failed.peek().is_some()
        && failed.all(|failed| failed.what.starts_with("fired "))
}

/// Writes the files of a strike.
fn write(swept: &Swept, strike: &Strike) -> Result<Finding, BundleError> {
    let bundle = strike.bundle(&swept.bundle, &swept.spec)?;
    let file = bundle.write(&swept.folder, &format!("{}.yaml", strike.id))?;
    Ok(Finding { file, bundle, seed: swept.spec.seed })
}
