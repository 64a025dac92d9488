//! What did not pass as annotations of GitHub's: lines that a workflow's runner reads from the output and shows at the file and
//! line.
//!
//! A runner shows ten of a step and drops the rest without a word, so the last of more than ten counts those that are not shown.

use crate::findings::{Finding, findings};
use crate::model::{CaseOutcome, RunReport, StepOutcome, Verdict};
use crate::words::interrupted;

/// How many a runner shows of a step.
const SHOWN: usize = 10;

/// A line for each case that did not pass, in order, and first one for a run that was ended; nothing when all is well.
pub fn annotations(report: &RunReport) -> String {
    let failed: Vec<&Verdict> = report.cases.iter().filter(|verdict| !verdict.outcome.is_good()).collect();
    let ended = interrupted(report).map(|words| format!("::error title=seatrial::{}\n", data(&words)));
    let room = SHOWN - usize::from(ended.is_some());
    let (told, rest) = failed.split_at(if failed.len() > room { room - 1 } else { failed.len() });
    let mut lines: String = ended.into_iter().chain(told.iter().map(|verdict| annotation(verdict))).collect();
    if !rest.is_empty() {
        lines.push_str(&format!("::error title=seatrial::{} more did not pass; the summary and the reports have them\n", rest.len()));
    }
    lines
}

fn annotation(verdict: &Verdict) -> String {
    let case = verdict.case.as_ref().map(|case| format!(" {case}")).unwrap_or_default();
    let title = format!("{}{case} seed {}", verdict.title.as_deref().unwrap_or(&verdict.scenario), verdict.seed);
    let line = line(verdict).map(|line| format!(",line={line}")).unwrap_or_default();
    let findings = findings(verdict);
    let what = findings.iter().map(Finding::in_a_line);
    let message = what.chain([format!("again: {}", verdict.repeat)]).collect::<Vec<String>>().join("\n");
    format!("::error file={}{line},title={}::{}\n", property(&verdict.scenario), property(&title), data(&message))
}

/// The line of the first step or expectation that did not pass; an oracle has none.
fn line(verdict: &Verdict) -> Option<usize> {
    if verdict.outcome == CaseOutcome::BadInput {
        return None;
    }
    let step = verdict.steps.iter().find(|step| step.outcome == StepOutcome::Failed).map(|step| step.line);
    step.or_else(|| verdict.expectations.iter().find(|expectation| !expectation.passed).map(|expectation| expectation.line))
}

/// Text after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text of a property, which ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
