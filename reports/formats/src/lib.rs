//! Journal and verdicts to terminal, JSON, JUnit XML, Markdown and HTML.
//!
//! The engine says of each case what it saw ([`Verdict`]); a run is all of them ([`RunReport`]). [`terminal`] tells it
//! to people, [`json`] to programs, [`junit`], [`markdown`] and [`annotations`] to continuous integration; [`html`]
//! shows it with the journals to look through. All say what was run ([`Provenance`]), and whether that is all that was to be.
//! What differs from run to run without meaning (wall time) stands apart, in
//! `volatile`, so that two reports of one seed are equal without it. Nothing here reads a clock or the terminal.
//!
//! Two runs are held against each other by [`compare`]; [`read()`] takes a finished report up again, [`merge`] puts the parts of
//! one run together.

mod annotations;
mod calls;
mod compare;
mod excerpt;
mod findings;
mod html;
mod json;
mod junit;
mod markdown;
mod merge;
mod model;
mod paint;
mod provenance;
mod read;
mod terminal;
mod unique;
mod why;
mod words;
mod wrap;
mod xml_text;

pub use annotations::annotations;
pub use calls::{CallCounts, VCenterCalls, count_calls, count_vcenter_calls};
pub use compare::{
    Amounts, COMPARISON_SCHEMA, COMPARISON_SCHEMA_VERSION, CallChange, CaseChange, CaseName, ChangeKind, CompareError, CompareOptions,
    Comparison, ComparisonOutcome, ComparisonSummary, Count, Failure, FailureKind, FindingChange, Operation, OperationChange, Side,
    Standing, TimeChange, compare, compare_versions, comparison_json, comparison_markdown, comparison_text,
};
pub use excerpt::excerpt;
pub use html::html;
pub use json::{SCHEMA, json};
pub use junit::junit;
pub use markdown::markdown;
pub use merge::{MergeError, merge};
pub use model::{
    AttemptReport, CaseOutcome, ExpectationReport, PartitionReport, RunReport, RunVolatile, SCHEMA_VERSION, StepOutcome, StepReport,
    Summary, Verdict, ViolationReport, Volatile,
};
pub use provenance::{
    BinaryProvenance, CaseProvenance, DriverProvenance, GoBuild, PluginInfo, Provenance, RunMode, SaidBy, UnfinishedCase, WorldProvenance,
};
pub use read::{ReadError, read};
pub use terminal::{terminal, terminal_case, terminal_summary};
pub use unique::unique;
pub use why::{WhyKind, WhyLine};
