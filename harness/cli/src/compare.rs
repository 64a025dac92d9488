//! `seatrial compare BASE NEW`: what differs between two reports, and whether something is worse.

use std::io::IsTerminal;
use std::path::PathBuf;

use seatrial_reports::{CompareError, CompareOptions, Comparison, RunReport, compare as compared};

use crate::exit::Exit;
use crate::finished::{self, FinishedError};
use crate::output::{fail, say};
use crate::run::OUT;

/// Which reports, and what counts.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 nothing is worse; 1 something is; 2 a report cannot be read, or the two cannot be compared.")]
pub struct CompareArguments {
    /// The report that is compared with: a report.json, or the folder that `seatrial run --out` has written.
    #[arg(value_name = "BASE")]
    base: PathBuf,
    /// The report that is judged.
    #[arg(value_name = "NEW", default_value = OUT)]
    new: PathBuf,
    /// How it is told.
    #[arg(long, value_enum, default_value_t = ComparisonFormat::Text)]
    format: ComparisonFormat,
    #[command(flatten)]
    rules: Rules,
}

/// What counts as a regression, and what may be compared.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct Rules {
    /// A case that is missing, or that the driver no longer supports, counts as a regression, too.
    #[arg(long)]
    pub strict: bool,
    /// Compares reports of different versions of seatrial, though what differs may be seatrial's.
    #[arg(long)]
    across_versions: bool,
}

impl Rules {
    /// As the comparison takes them.
    pub fn options(self) -> CompareOptions {
        CompareOptions { strict: self.strict, across_versions: self.across_versions }
    }
}

/// How a comparison is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ComparisonFormat {
    /// For people.
    Text,
    /// For a comment on a pull request.
    Markdown,
    /// For programs.
    Json,
}

/// Why two reports are not compared.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    /// One cannot be read.
    #[error(transparent)]
    Finished(#[from] FinishedError),
    /// They do not go together.
    #[error(transparent)]
    Compare(#[from] CompareError),
}

/// Prints what differs; the exit code tells whether something is worse.
pub fn compare(arguments: &CompareArguments) -> Exit {
    let comparison = match read_and_compare(arguments) {
        Ok(comparison) => comparison,
        Err(error) => return fail(&error.to_string(), Exit::BadInput),
    };
    match say(&told(&comparison, arguments.format)) {
        Exit::Passed => exit(&comparison),
        failed => failed,
    }
}

fn read_and_compare(arguments: &CompareArguments) -> Result<Comparison, Refusal> {
    let (base, new): (RunReport, RunReport) = (finished::read(&arguments.base)?, finished::read(&arguments.new)?);
    Ok(compared(&base, &new, arguments.rules.options())?)
}

/// The comparison in a format; with colours where people read it at a terminal.
pub fn told(comparison: &Comparison, format: ComparisonFormat) -> String {
    match format {
        ComparisonFormat::Text => seatrial_reports::comparison_text(comparison, std::io::stdout().is_terminal()),
        ComparisonFormat::Markdown => seatrial_reports::comparison_markdown(comparison),
        ComparisonFormat::Json => seatrial_reports::comparison_json(comparison),
    }
}

/// How the command ends after it.
pub fn exit(comparison: &Comparison) -> Exit {
    if comparison.is_regressed() { Exit::Failed } else { Exit::Passed }
}
