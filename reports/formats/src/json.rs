//! The report for programs.

use crate::model::RunReport;

/// The JSON Schema of the report, version 1.
pub const SCHEMA: &str = include_str!("../schema/report-v2.json");

/// The report as JSON, in lines, with a line end.
pub fn json(report: &RunReport) -> String {
    let mut text = serde_json::to_string_pretty(report).expect("a report is plain data with text keys");
    text.push('\n');
    text
}
