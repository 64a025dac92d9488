//! The report as one page that needs nothing else: verdicts first, below them the journals to look through.
//!
//! The page's own policy forbids it to load anything. What comes from outside stands in it as escaped text or, for the
//! journals, as JSON in `<script type="application/json">`, which the page's script reads when a timeline is opened and
//! shows as text nodes only. Without scripts the verdicts can be read all the same.

mod data;
mod escape;
mod verdicts;

use std::collections::BTreeMap;
use std::fmt::{Display, Write};

use seatrial_journal::Entry;

use crate::model::{Outcome, RunReport};
use crate::words::{counts, sailings, spent};
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

/// The report as one HTML page. `journals` holds the journals that are to be shown, by the sailing's place in
/// [`RunReport::sailings`], from 0; sailings without one have no timeline.
pub fn html(report: &RunReport, journals: &BTreeMap<usize, Vec<Entry>>) -> String {
    let mut page = String::new();
    head(&mut page, report);
    line(&mut page, "<main>");
    for (place, verdict) in report.sailings.iter().enumerate() {
        verdicts::article(&mut page, place, verdict, journals.contains_key(&place));
    }
    let known: Vec<usize> = journals.keys().copied().filter(|place| *place < report.sailings.len()).collect();
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

/// Adds a line.
fn line(page: &mut String, words: &(impl Display + ?Sized)) {
    writeln!(page, "{words}").expect("a string takes every line");
}

/// The class that gives an outcome its colour.
fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Held => "held",
        Outcome::Unsupported => "unsupported",
        Outcome::Broke | Outcome::Spins => "broke",
        Outcome::BadInput | Outcome::Environment | Outcome::Internal => "wrong",
    }
}

fn head(page: &mut String, report: &RunReport) {
    let title = format!("{}: {}", sailings(report.summary.sailings), counts(report));
    line(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">");
    line(page, &format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">"));
    line(page, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    line(page, "<meta name=\"color-scheme\" content=\"light dark\">");
    line(page, &format!("<title>seatrial: {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>"));
    let spent = spent(report);
    let version = escape(&report.seatrial);
    line(page, &format!("<header class=\"{}\">\n<h1>{title}</h1>", class(report.summary.outcome)));
    line(page, &format!("<p>seatrial {version}, {spent}</p>\n</header>"));
}

/// The one timeline of the page, and which sailings it can show; those that did not hold first.
fn timeline(page: &mut String, report: &RunReport, known: &[usize]) {
    let mut order = known.to_vec();
    order.sort_by_key(|place| report.sailings[*place].outcome == Outcome::Held);
    let mut options = String::new();
    for place in order {
        let verdict = &report.sailings[place];
        let name = escape(&format!("{}: {}", verdict.outcome.word(), verdicts::name(verdict)));
        line(&mut options, &format!("<option value=\"{place}\">{name}</option>"));
    }
    page.push_str(&TEMPLATE.replace("{options}", options.trim_end()));
}
