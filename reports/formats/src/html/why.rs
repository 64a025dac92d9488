//! The first thing that an article says: what did not pass, and why.

use super::escape::escape;
use super::evidence::{self, EvidenceLine};
use super::line;
use crate::findings::{Finding, FindingKind, findings};
use crate::model::{ExpectationReport, StepOutcome, StepReport, Verdict, ViolationReport};
use crate::why::WhyLine;
use crate::words::clock;

/// Adds everything that did not pass, in the order of [`findings`], and what is worth knowing; `case` is the case's name in
/// addresses if the page has its journal.
pub(super) fn sections(page: &mut String, verdict: &Verdict, case: Option<&str>) {
    for reason in findings(verdict).iter().filter(|finding| finding.kind == FindingKind::Reason) {
        section(page, "reason", reason.label, &reason.headline, |page| lines(page, reason));
    }
    oracles(page, verdict, false, case);
    for failed in verdict.steps.iter().filter(|step| step.outcome == StepOutcome::Failed) {
        section(page, "step", &format!("step {} failed", failed.number), &failed.what, |page| step(page, verdict, failed, case));
    }
    for expectation in verdict.expectations.iter().filter(|expectation| !expectation.passed) {
        section(page, "expectation", "not as expected", &expectation.what, |page| found(page, verdict, expectation, case));
    }
    oracles(page, verdict, true, case);
    for finding in &verdict.findings {
        section(page, "aside", &format!("finding {}", finding.oracle), &finding.message, |page| shown(page, finding, case));
    }
}

fn oracles(page: &mut String, verdict: &Verdict, symptom: bool, case: Option<&str>) {
    for violation in verdict.violations.iter().filter(|violation| violation.symptom == symptom) {
        section(page, "oracle", &format!("oracle {}", violation.oracle), &violation.message, |page| shown(page, violation, case));
    }
}

/// The first thing that did not pass, and below it what explains it best.
pub(super) fn because(page: &mut String, verdict: &Verdict) {
    if let Some(first) = findings(verdict).first() {
        let headline = match first.headline.strip_prefix(&format!("{}:", verdict.scenario)) {
            // Behind the file stands the line in it, which the case tells.
            Some(rest) => rest.trim_start_matches(|character: char| character.is_ascii_digit()).trim_start_matches([':', ' ']),
            None => &first.headline,
        };
        line(page, &format!("<p class=\"because\">{}</p>", escape(&format!("{}: {headline}", first.label))));
        if let Some(why) = first.why.first() {
            line(page, &format!("<p class=\"because best\">{}</p>", escape(why)));
        }
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
    whys(page, &step.why, case);
    let ended = step.ended_us.map(|at| match case {
        Some(case) => format!(", failed at <a href=\"#{case}/step-{}-end\">{}</a>", step.number, clock(at)),
        None => format!(", failed at {}", clock(at)),
    });
    place(page, verdict, step.line, &ended.unwrap_or_default());
}

fn found(page: &mut String, verdict: &Verdict, expectation: &ExpectationReport, case: Option<&str>) {
    line(page, &format!("<p class=\"found\">found {}</p>", escape(&expectation.found)));
    whys(page, &expectation.why, case);
    place(page, verdict, expectation.line, "");
}

fn shown(page: &mut String, violation: &ViolationReport, case: Option<&str>) {
    whys(page, &violation.why, case);
    if !violation.excerpt.is_empty() {
        evidence::list(page, violation.excerpt.iter().map(|text| EvidenceLine::of_excerpt(text)), "excerpt", case);
    }
}

fn whys(page: &mut String, why: &[WhyLine], case: Option<&str>) {
    if !why.is_empty() {
        evidence::list(page, why.iter().map(EvidenceLine::of_why), "whys", case);
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
