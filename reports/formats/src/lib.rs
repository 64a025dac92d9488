//! Journal and verdicts to terminal, JSON, JUnit XML, Markdown and HTML.
//!
//! The engine says of each case what it saw ([`Verdict`]); a run is all of them ([`RunReport`]). [`terminal`] tells it
//! to people, [`json`] to programs, [`junit`], [`markdown`] and [`annotations`] to continuous integration; [`html`]
//! shows it with the journals to look through. All say what was run ([`Provenance`]), and whether that is all that was to be.
//! What differs from run to run without meaning (wall time) stands apart, in
//! `volatile`, so that two reports of one seed are equal without it. Nothing here reads a clock or the terminal.
//!
//! Not told yet: a comparison with an earlier run.

mod annotations;
mod calls;
mod excerpt;
mod findings;
mod html;
mod json;
mod junit;
mod markdown;
mod model;
mod paint;
mod provenance;
mod terminal;
mod why;
mod words;
mod wrap;
mod xml_text;

pub use annotations::annotations;
pub use calls::{CallCounts, VCenterCalls, count_calls, count_vcenter_calls};
pub use excerpt::excerpt;
pub use html::html;
pub use json::{SCHEMA, json};
pub use junit::junit;
pub use markdown::markdown;
pub use model::{
    CaseOutcome, ExpectationReport, RunReport, RunVolatile, SCHEMA_VERSION, StepOutcome, StepReport, Summary, Verdict, ViolationReport,
    Volatile,
};
pub use provenance::{
    BinaryProvenance, CaseProvenance, DriverProvenance, GoBuild, PluginInfo, Provenance, RunMode, SaidBy, UnfinishedCase, WorldProvenance,
};
pub use terminal::{terminal, terminal_case, terminal_summary};
pub use why::{WhyKind, WhyLine};
