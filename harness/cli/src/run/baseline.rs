//! `--baseline FILE`: what a run found is held against an earlier report.

use std::path::Path;

use seatrial_reports::{CompareError, CompareOptions, RunReport, compare, compare_versions};

use super::out::{Out, OutError};
use crate::compare::{ComparisonFormat, Rules, exit, told};
use crate::exit::Exit;
use crate::finished::{self, FinishedError};
use crate::output::{fail, say};

/// Why a report is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It cannot be read.
    #[error(transparent)]
    Finished(#[from] FinishedError),
    /// It goes not together with what this command writes.
    #[error(transparent)]
    Compare(#[from] CompareError),
}

/// The report that a run is compared with.
pub struct Baseline {
    report: RunReport,
    options: CompareOptions,
}

impl Baseline {
    /// Reads it, before anything runs: an hour later is too late to hear that it cannot be compared.
    pub fn read(file: &Path, rules: Rules) -> Result<Self, BaselineError> {
        let (report, options) = (finished::read(file)?, rules.options());
        compare_versions(&report.seatrial, env!("CARGO_PKG_VERSION"), options)?;
        Ok(Self { report, options })
    }

    /// Compares, writes the comparison and says how the command ends: a driver's failures count only where they are worse
    /// than before; what is wrong with the input, the environment or with us stays what it is.
    pub fn judge(&self, report: &RunReport, out: &Out) -> Exit {
        let comparison = match compare(&self.report, report, self.options) {
            Ok(comparison) => comparison,
            Err(error) => return fail(&format!("--baseline: {error}"), Exit::BadInput),
        };
        say(&told(&comparison, ComparisonFormat::Text));
        let written = [
            ("comparison.txt", seatrial_reports::comparison_text(&comparison, false)),
            ("comparison.md", seatrial_reports::comparison_markdown(&comparison)),
            ("comparison.json", seatrial_reports::comparison_json(&comparison)),
        ];
        let written: Result<(), OutError> = written.iter().try_for_each(|(name, text)| out.write(name, text));
        if let Err(error) = written {
            return fail(&error.to_string(), Exit::Environment);
        }
        match Exit::of(report.summary.outcome) {
            Exit::Passed | Exit::Failed => exit(&comparison),
            other => other,
        }
    }
}
