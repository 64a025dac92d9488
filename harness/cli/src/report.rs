//! `seatrial report FILE`: a finished report, told again in any format.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;

use seatrial_reports::RunReport;

use crate::exit::Exit;
use crate::finished;
use crate::output::{fail, say};
use crate::run::OUT;

/// Which report, and how it is told.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 it was read, whatever it says; 2 it cannot be read.")]
pub struct ReportArguments {
    /// A report.json, or the folder that `seatrial run --out` has written.
    #[arg(value_name = "FILE|DIR", default_value = OUT)]
    report: PathBuf,
    /// How it is told.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    format: ReportFormat,
}

/// How a report is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ReportFormat {
    /// For people: report.txt.
    Text,
    /// For the summary of a run: summary.md.
    Markdown,
    /// For continuous integration: junit.xml.
    Junit,
    /// For programs: report.json.
    Json,
    /// For a browser: report.html, without the timelines, whose journals a report does not keep.
    Html,
}

/// Prints the report.
pub fn report(arguments: &ReportArguments) -> Exit {
    match finished::read(&arguments.report) {
        Ok(report) => say(&told(&report, arguments.format)),
        Err(error) => fail(&error.to_string(), Exit::BadInput),
    }
}

fn told(report: &RunReport, format: ReportFormat) -> String {
    match format {
        ReportFormat::Text => seatrial_reports::terminal(report, std::io::stdout().is_terminal()),
        ReportFormat::Markdown => seatrial_reports::markdown(report),
        ReportFormat::Junit => seatrial_reports::junit(report),
        ReportFormat::Json => seatrial_reports::json(report),
        ReportFormat::Html => seatrial_reports::html(report, &BTreeMap::new()),
    }
}
