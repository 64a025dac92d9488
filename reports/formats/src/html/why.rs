//! The first thing that an article says: what did not pass, and why.

use super::escape::escape;
use super::evidence::{self, EvidenceLine};
use super::line;
use crate::findings::{Finding, FindingKind, findings};
use crate::model::{CaseOutcome, ExpectationReport, StepOutcome, StepReport, Verdict, ViolationReport};
use crate::words::clock;

/// Adds everything that did not pass, and what is worth knowing; `case` is the case's name in addresses if the page has its
/// journal.
pub(super) fn sections(page: &mut String, verdict: &Verdict, case: Option<&str>) {
    for reason in findings(verdict).iter().filter(|finding| finding.kind == FindingKind::Reason) {
        section(page, "reason", reason.label, &reason.headline, |page| lines(page, reason));
    }
    for failed in verdict.steps.iter().filter(|step| step.outcome == StepOutcome::Failed) {
        section(page, "step", &format!("step {} failed", failed.number), &failed.what, |page| step(page, verdict, failed, case));
    }
    for expectation in verdict.expectations.iter().filter(|expectation| !expectation.passed) {
        section(page, "expectation", "not as expected", &expectation.what, |page| found(page, verdict, expectation));
    }
    for violation in &verdict.violations {
        section(page, "oracle", &format!("oracle {}", violation.oracle), &violation.message, |page| shown(page, violation, case));
    }
    for finding in &verdict.findings {
        section(page, "aside", &format!("finding {}", finding.oracle), &finding.message, |page| shown(page, finding, case));
    }
}

/// The first thing that did not pass, in a line.
pub(super) fn because(verdict: &Verdict) -> Option<String> {
    let step = verdict.steps.iter().find(|step| step.outcome == StepOutcome::Failed);
    let expectation = verdict.expectations.iter().find(|expectation| !expectation.passed);
    match (verdict.outcome.is_good(), &verdict.reason, step, expectation) {
        (true, ..) if verdict.outcome == CaseOutcome::Passed => None,
        (false, None, Some(step), _) => Some(format!("step {} failed: {}", step.number, step.what)),
        (false, None, None, Some(expectation)) => Some(format!("not as expected: {}; found {}", expectation.what, expectation.found)),
        _ => findings(verdict).first().map(|finding| format!("{}: {}", finding.label, finding.headline)),
    }
}

fn section(page: &mut String, class: &str, label: &str, headline: &str, body: impl FnOnce(&mut String)) {
    line(page, &format!("<section class=\"why {class}\">"));
    line(page, &format!("<h3><b>{}</b> {}</h3>", escape(label), escape(headline)));
    body(page);
    line(page, "</section>");
}

fn lines(page: &mut String, reason: &Finding) {
    if !reason.body.is_empty() {
        // The parser drops a line end right after `<pre>`: one that is meant to be there needs another before it.
        line(page, &format!("<pre>\n{}</pre>", escape(&reason.body.join("\n"))));
    }
}

fn step(page: &mut String, verdict: &Verdict, step: &StepReport, case: Option<&str>) {
    if let Some(message) = &step.message {
        words(page, message);
    }
    let ended = step.ended_us.map(|at| match case {
        Some(case) => format!(", failed at <a href=\"#{case}/step-{}-end\">{}</a>", step.number, clock(at)),
        None => format!(", failed at {}", clock(at)),
    });
    place(page, verdict, step.line, &ended.unwrap_or_default());
}

fn found(page: &mut String, verdict: &Verdict, expectation: &ExpectationReport) {
    line(page, &format!("<p class=\"found\">found {}</p>", escape(&expectation.found)));
    place(page, verdict, expectation.line, "");
}

fn shown(page: &mut String, violation: &ViolationReport, case: Option<&str>) {
    if !violation.excerpt.is_empty() {
        let lines: Vec<EvidenceLine<'_>> = violation.excerpt.iter().map(|text| EvidenceLine::of_excerpt(text)).collect();
        evidence::list(page, &lines, case);
    }
}

/// The line of the scenario that says so.
fn place(page: &mut String, verdict: &Verdict, number: usize, more: &str) {
    line(page, &format!("<p class=\"place\"><code>{}:{number}</code>{more}</p>", escape(&verdict.scenario)));
}

/// What of a message is read at once; the rest, a dump mostly, is opened on demand.
const WORDS_MAX: usize = 400;

fn words(page: &mut String, message: &str) {
    match message.char_indices().nth(WORDS_MAX) {
        None => paragraph(page, message),
        Some((end, _)) => {
            paragraph(page, &format!("{}…", message[..end].trim_end()));
            line(page, "<details><summary>The whole message</summary>");
            paragraph(page, message);
            line(page, "</details>");
        }
    }
}

fn paragraph(page: &mut String, text: &str) {
    let lines: Vec<String> = text.lines().map(escape).collect();
    line(page, &format!("<p class=\"words\">{}</p>", lines.join("<br>")));
}
