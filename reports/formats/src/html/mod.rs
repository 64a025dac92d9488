//! The report as one page that needs nothing else: what did not pass and why, each with its journal to look through, and a
//! list of all cases to find one in.
//!
//! The page's own policy forbids it to load anything. What comes from outside stands in it as escaped text, or packed in
//! script elements of no script's type, which the page's script reads when somebody asks: journals, which it shows as text
//! nodes only, and articles of cases of which there is nothing to say, which were escaped as the others before they were
//! packed. Without scripts everything that needs eyes can be read all the same.

mod article;
mod calls;
mod data;
mod escape;
mod evidence;
mod fragment;
mod index;
mod why;

use std::collections::BTreeMap;
use std::fmt::{Display, Write};

use seatrial_journal::Entry;

use crate::model::{CaseOutcome, RunReport, Verdict};
use crate::words::{cases, counts, interrupted, made_with, spent};
use article::Told;
use escape::escape;

const STYLE: &str = concat!(include_str!("assets/page.css"), include_str!("assets/timeline.css"));
const TIMELINE: &str = include_str!("assets/timeline.html");

/// One scope, in strict mode; the parts in the order in which they use each other.
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("assets/data.js"),
    include_str!("assets/fold.js"),
    include_str!("assets/chart.js"),
    include_str!("assets/list.js"),
    include_str!("assets/details.js"),
    include_str!("assets/timeline.js"),
    include_str!("assets/cases.js"),
    include_str!("assets/main.js"),
    "})();\n"
);

/// Nothing but what stands in the page itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// More cases of which there is nothing to say than this are packed; the list has a line of each.
const QUIET_MAX: usize = 3;

/// The report as one HTML page. `journals` holds the journals that are to be shown, by the case's place in
/// [`RunReport::cases`], from 0; cases without one have no timeline.
pub fn html(report: &RunReport, journals: &BTreeMap<usize, Vec<Entry>>) -> String {
    let names = fragment::names(report);
    let tell = |place: usize| Told { verdict: &report.cases[place], name: &names[place], journal: journals.contains_key(&place) };
    let told: Vec<Told<'_>> = index::order(report).into_iter().map(tell).collect();
    let (mut shown, mut quiet): (Vec<Told<'_>>, Vec<Told<'_>>) = told.iter().partition(|told| index::needs_eyes(told.verdict));
    if quiet.len() <= QUIET_MAX {
        shown.append(&mut quiet);
    }
    let mut page = String::new();
    head(&mut page, report);
    line(&mut page, "<main id=\"main\" tabindex=\"-1\">");
    index::failures(&mut page, &told);
    shown.iter().for_each(|told| article::article(&mut page, *told));
    if told.len() > 1 {
        index::list(&mut page, &told);
    }
    let any_journal = told.iter().any(|told| told.journal);
    if any_journal {
        page.push_str(TIMELINE);
    }
    without_scripts(&mut page, any_journal, !quiet.is_empty());
    line(&mut page, "</main>");
    packed(&mut page, &quiet, &names, journals);
    if told.len() > 1 || any_journal {
        line(&mut page, &format!("<script>\n{SCRIPT}</script>"));
    }
    line(&mut page, "</body>\n</html>");
    page
}

fn packed(page: &mut String, quiet: &[Told<'_>], names: &[String], journals: &BTreeMap<usize, Vec<Entry>>) {
    if !quiet.is_empty() {
        let article = |told: &Told<'_>| {
            let mut text = String::new();
            article::article(&mut text, *told);
            text
        };
        let articles: Vec<(&str, String)> = quiet.iter().map(|told| (told.name, article(told))).collect();
        data::articles(page, &articles);
    }
    for (place, entries) in journals {
        if let Some(name) = names.get(*place) {
            data::journal(page, name, entries);
        }
    }
}

/// Adds a line.
fn line(page: &mut String, words: &(impl Display + ?Sized)) {
    writeln!(page, "{words}").expect("a string takes every line");
}

/// The class that gives a case its colour.
fn class(verdict: &Verdict) -> &'static str {
    if verdict.is_flaky() { "flaky" } else { class_of(verdict.outcome) }
}

/// The class that gives an outcome its colour.
fn class_of(outcome: CaseOutcome) -> &'static str {
    match outcome {
        CaseOutcome::Passed => "passed",
        CaseOutcome::Unsupported => "unsupported",
        CaseOutcome::Failed | CaseOutcome::Livelock => "failed",
        CaseOutcome::BadInput | CaseOutcome::Environment | CaseOutcome::Internal => "wrong",
    }
}

fn head(page: &mut String, report: &RunReport) {
    // A part that passed says nothing of the whole.
    let outcome = if report.interrupted { report.summary.outcome.max(CaseOutcome::Environment) } else { report.summary.outcome };
    line(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">");
    line(page, &format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">"));
    line(page, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    line(page, "<meta name=\"color-scheme\" content=\"light dark\">");
    let headline = headline(report);
    line(page, &format!("<title>{headline} · seatrial</title>\n<style>\n{STYLE}</style>\n</head>\n<body>"));
    line(page, "<a class=\"skip\" href=\"#main\">Skip to the cases</a>");
    line(page, &format!("<header class=\"{}\">\n<h1>{headline}</h1>", class_of(outcome)));
    if let Some(words) = interrupted(report) {
        line(page, &format!("<p class=\"interrupted\">{}</p>", escape(&words)));
    }
    let made_with = made_with(report).unwrap_or_else(|| format!("seatrial {}", report.seatrial));
    line(page, &format!("<p class=\"facts\">{} · {}</p>", counts(report), spent(report)));
    line(page, &format!("<p class=\"facts\">{}</p>\n</header>", escape(&made_with)));
}

/// The one thing to know.
fn headline(report: &RunReport) -> String {
    let number = |outcome| report.summary.outcomes.get(&outcome).copied().unwrap_or_default();
    let all = report.summary.cases;
    let good = number(CaseOutcome::Passed) + number(CaseOutcome::Unsupported);
    let bad = all - good;
    let how = if bad == number(CaseOutcome::Failed) { "failed" } else { "did not pass" };
    match (all, bad) {
        (0, _) => "Nothing ran".to_owned(),
        (_, 0) if report.interrupted => format!("{} passed, and the run was interrupted", cases(good)),
        (1, 0) => format!("1 case {}", report.summary.outcome.word()),
        (1, _) => format!("1 case {how}"),
        (_, 0) if good == number(CaseOutcome::Passed) => format!("All {} passed", cases(all)),
        (_, 0) => format!("{} of {} passed", number(CaseOutcome::Passed), cases(all)),
        _ => format!("{bad} of {} {how}", cases(all)),
    }
}

fn without_scripts(page: &mut String, journals: bool, quiet: bool) {
    let mut words = Vec::new();
    if journals {
        words.push("The timelines need scripts; what did not pass, and why, does not.");
    }
    if quiet {
        words.push("What is known of each case that passed is in report.json and, with scripts, here.");
    }
    if !words.is_empty() {
        line(page, &format!("<noscript><p class=\"facts\">{}</p></noscript>", words.join(" ")));
    }
}
