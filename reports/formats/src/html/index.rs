//! The list of all cases, those that need eyes first, and what finds some of them: words, outcomes, tags.

use std::collections::BTreeMap;

use super::article::{Told, case_name, tags, title};
use super::escape::escape;
use super::why::because;
use super::{class, class_of, line};
use crate::model::{CaseOutcome, RunReport, Verdict};
use crate::words::{period, wall, word};

/// Places of the cases in the order in which the page tells of them: what is wrong, what has findings, the rest.
pub(super) fn order(report: &RunReport) -> Vec<usize> {
    let mut places: Vec<usize> = (0..report.cases.len()).collect();
    places.sort_by_key(|place| {
        let verdict = &report.cases[*place];
        std::cmp::Reverse((verdict.outcome, !verdict.findings.is_empty()))
    });
    places
}

/// Whether a case is told in full without being asked.
pub(super) fn needs_eyes(verdict: &Verdict) -> bool {
    !verdict.outcome.is_good() || verdict.is_flaky() || !verdict.findings.is_empty()
}

/// Adds the list.
pub(super) fn list(page: &mut String, told: &[Told<'_>]) {
    line(page, "<section class=\"index\" id=\"cases\" tabindex=\"-1\" aria-labelledby=\"cases/title\">");
    line(page, &format!("<h2 id=\"cases/title\">All {} cases</h2>", told.len()));
    filters(page, told);
    line(page, "<ol id=\"cases/list\">");
    told.iter().for_each(|told| item(page, *told));
    line(page, "</ol>\n</section>");
}

/// What only the script makes work is hidden until it does.
fn filters(page: &mut String, told: &[Told<'_>]) {
    line(page, "<div id=\"filters\" hidden>");
    let find = "type=\"search\" spellcheck=\"false\" autocomplete=\"off\" aria-controls=\"cases/list\"";
    line(
        page,
        &format!("<input id=\"find\" {find} placeholder=\"Search titles, files, versions, tags ( / )\" aria-label=\"Search cases\">"),
    );
    let counted = |words: &[&str]| {
        words.iter().fold(BTreeMap::new(), |mut counts: BTreeMap<String, usize>, word| {
            *counts.entry((*word).to_owned()).or_default() += 1;
            counts
        })
    };
    let outcomes = counted(&told.iter().map(|told| word(told.verdict)).collect::<Vec<_>>());
    let mut buttons = String::new();
    for outcome in CaseOutcome::ALL.into_iter().rev() {
        if let Some(count) = outcomes.get(outcome.word()) {
            button(&mut buttons, &format!("outcome {}", class_of(outcome)), "outcome", outcome.word(), *count);
        }
    }
    let flaky = told.iter().filter(|told| told.verdict.is_flaky()).count();
    if flaky > 0 {
        button(&mut buttons, "outcome flaky", "outcome", "flaky", flaky);
    }
    let findings = told.iter().filter(|told| !told.verdict.findings.is_empty()).count();
    if findings > 0 {
        button(&mut buttons, "outcome aside", "outcome", "with findings", findings);
    }
    line(page, &format!("<div class=\"buttons\" role=\"group\" aria-label=\"Outcome\">\n{buttons}</div>"));
    let tags = counted(&told.iter().flat_map(|told| &told.verdict.provenance.tags).map(String::as_str).collect::<Vec<_>>());
    if !tags.is_empty() {
        let mut buttons = String::new();
        tags.iter().for_each(|(tag, count)| button(&mut buttons, "tag", "tag", tag, *count));
        line(page, &format!("<div class=\"buttons\" role=\"group\" aria-label=\"Tags\">\n{buttons}</div>"));
    }
    line(
        page,
        "<p class=\"facts\"><span id=\"found\" role=\"status\"></span> <button id=\"clear\" type=\"button\" hidden>Show all</button></p>\n</div>",
    );
}

fn button(buttons: &mut String, class: &str, kind: &str, word: &str, count: usize) {
    let word = escape(word);
    line(
        buttons,
        &format!(
            "<button type=\"button\" class=\"{class}\" aria-pressed=\"false\" data-{kind}=\"{word}\">{word} <span class=\"count\">{count}</span></button>"
        ),
    );
}

fn item(page: &mut String, told: Told<'_>) {
    let Told { verdict, name, .. } = told;
    let found = match verdict.findings.len() {
        0 => String::new(),
        1 => " <span class=\"aside\">1 finding</span>".to_owned(),
        many => format!(" <span class=\"aside\">{many} findings</span>"),
    };
    line(page, &format!("<li class=\"{}\" data-outcome=\"{}\">", class(verdict), word(verdict)));
    line(page, &format!("<span class=\"outcome\">{}</span> <a href=\"#{name}\">{}</a>{found}", word(verdict), escape(title(verdict))));
    because(page, verdict);
    let spent = if verdict.steps.is_empty() {
        String::new()
    } else {
        format!(" <span class=\"spent\">{} in {}</span>", period(verdict.virtual_time_us), wall(verdict.volatile.wall_time_ms))
    };
    line(page, &format!("<p class=\"name\">{} {}{spent}</p>\n</li>", escape(&case_name(verdict)), tags(verdict)));
}

/// Adds what did not pass, in a few lines each, when it is more than one.
pub(super) fn failures(page: &mut String, told: &[Told<'_>]) {
    let failed: Vec<&Told<'_>> = told.iter().filter(|told| !told.verdict.outcome.is_good()).collect();
    if failed.len() < 2 {
        return;
    }
    line(page, "<nav class=\"failures\" aria-label=\"What did not pass\">\n<ol>");
    for Told { verdict, name, .. } in failed.iter().copied().take(FAILURES_MAX) {
        let case = verdict.case.as_ref().map_or(String::new(), |case| format!(" <span class=\"name\">{}</span>", escape(case)));
        line(page, &format!("<li class=\"{}\"><a href=\"#{name}\">{}</a>{case}", class(verdict), escape(title(verdict))));
        because(page, verdict);
        line(page, "</li>");
    }
    line(page, "</ol>");
    if failed.len() > FAILURES_MAX {
        line(
            page,
            &format!("<p class=\"facts\">and {} more in <a href=\"#cases\">the list of all cases</a></p>", failed.len() - FAILURES_MAX),
        );
    }
    line(page, "</nav>");
}

/// More failures than this are no overview; the list of all cases has them.
const FAILURES_MAX: usize = 30;
