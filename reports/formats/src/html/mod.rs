//! The report as one page that needs nothing else: verdicts first, below them the journals to look through.
//!
//! The page's own policy forbids it to load anything. What comes from outside stands in it as escaped text or, for the
//! journals, packed in script elements of no script's type, which the page's script reads when a timeline is opened and
//! shows as text nodes only. Without scripts the verdicts can be read all the same.

mod data;
mod escape;
mod index;
mod verdicts;

use std::collections::BTreeMap;
use std::fmt::{Display, Write};

use seatrial_journal::Entry;

use crate::model::{CaseOutcome, RunReport};
use crate::words::{cases, counts, interrupted, made_in};
use escape::escape;

const STYLE: &str = include_str!("assets/page.css");
const TEMPLATE: &str = include_str!("assets/timeline.html");

/// One scope, in strict mode; the parts in the order in which they use each other.
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("assets/fold.js"),
    include_str!("assets/chart.js"),
    include_str!("assets/list.js"),
    include_str!("assets/details.js"),
    include_str!("assets/main.js"),
    "})();\n"
);

/// Nothing but what stands in the page itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// The report as one HTML page. `journals` holds the journals that are to be shown, by the case's place in
/// [`RunReport::cases`], from 0; cases without one have no timeline.
pub fn html(report: &RunReport, journals: &BTreeMap<usize, Vec<Entry>>) -> String {
    let mut page = String::new();
    head(&mut page, report);
    line(&mut page, "<main>");
    let order = index::order(report);
    if order.len() > 1 {
        index::table(&mut page, report, &order, |place| journals.contains_key(&place));
    }
    articles(&mut page, report, &order, journals);
    let known: Vec<usize> = order.into_iter().filter(|place| journals.contains_key(place)).collect();
    if !known.is_empty() {
        timeline(&mut page, report, &known);
    }
    line(&mut page, "</main>");
    for place in &known {
        data::embed(&mut page, *place, &journals[place]);
    }
    if !known.is_empty() {
        line(&mut page, &format!("<script>\n{SCRIPT}</script>"));
    }
    line(&mut page, "</body>\n</html>");
    page
}

/// More cases of which there is nothing to say than this are folded away together.
const QUIET_MAX: usize = 3;

fn articles(page: &mut String, report: &RunReport, order: &[usize], journals: &BTreeMap<usize, Vec<Entry>>) {
    let (loud, quiet): (Vec<usize>, Vec<usize>) = order.iter().partition(|place| index::needs_eyes(&report.cases[**place]));
    let tell = |page: &mut String, place: usize| verdicts::article(page, place, &report.cases[place], journals.contains_key(&place));
    loud.iter().for_each(|place| tell(page, *place));
    if quiet.len() <= QUIET_MAX {
        quiet.iter().for_each(|place| tell(page, *place));
        return;
    }
    line(page, &format!("<details class=\"quiet\"><summary>{} of which there is nothing to say</summary>", cases(quiet.len())));
    quiet.iter().for_each(|place| tell(page, *place));
    line(page, "</details>");
}

/// Adds a line.
fn line(page: &mut String, words: &(impl Display + ?Sized)) {
    writeln!(page, "{words}").expect("a string takes every line");
}

/// The class that gives an outcome its colour.
fn class(outcome: CaseOutcome) -> &'static str {
    match outcome {
        CaseOutcome::Passed => "passed",
        CaseOutcome::Unsupported => "unsupported",
        CaseOutcome::Failed | CaseOutcome::Livelock => "failed",
        CaseOutcome::BadInput | CaseOutcome::Environment | CaseOutcome::Internal => "wrong",
    }
}

fn head(page: &mut String, report: &RunReport) {
    let title = format!("{}: {}", cases(report.summary.cases), counts(report));
    line(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">");
    line(page, &format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">"));
    line(page, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    line(page, "<meta name=\"color-scheme\" content=\"light dark\">");
    line(page, &format!("<title>seatrial: {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>"));
    let made_in = escape(&made_in(report));
    // A part that passed says nothing of the whole.
    let class = if report.interrupted { class(CaseOutcome::Environment) } else { class(report.summary.outcome) };
    line(page, &format!("<header class=\"{class}\">\n<h1>{title}</h1>"));
    if let Some(words) = interrupted(report) {
        line(page, &format!("<p><b>{}</b></p>", escape(&words)));
    }
    line(page, &format!("<p>{made_in}</p>\n</header>"));
}

/// The one timeline of the page, and which cases it can show.
fn timeline(page: &mut String, report: &RunReport, known: &[usize]) {
    let mut options = String::new();
    for place in known {
        let verdict = &report.cases[*place];
        let name = escape(&format!("{}: {}", verdict.outcome.word(), verdicts::name(verdict)));
        line(&mut options, &format!("<option value=\"{place}\">{name}</option>"));
    }
    page.push_str(&TEMPLATE.replace("{options}", options.trim_end()));
}
