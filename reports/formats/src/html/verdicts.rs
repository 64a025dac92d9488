//! What the page says of each case, without any script.

use std::collections::BTreeSet;
use std::fmt::Write;

use seatrial_journal::Border;

use super::escape::escape;
use super::{class, line};
use crate::findings::{Finding, FindingKind, asides, findings};
use crate::model::{StepOutcome, Verdict};
use crate::words::{clock, period, steps, wall};

/// The case as it is named: `scenarios/scale.yaml [8.0.3] seed 7`.
pub(super) fn name(verdict: &Verdict) -> String {
    let case = verdict.case.as_ref().map_or(String::new(), |case| format!(" [{case}]"));
    format!("{}{case} seed {}", verdict.scenario, verdict.seed)
}

/// Adds all that is known of one case.
pub(super) fn article(page: &mut String, place: usize, verdict: &Verdict, journal: bool) {
    let outcome = verdict.outcome;
    line(page, &format!("<article class=\"{}\" id=\"case-{place}\">", class(outcome)));
    line(page, &format!("<h2><span class=\"outcome\">{}</span> {}</h2>", outcome.word(), escape(&name(verdict))));
    if let Some(title) = &verdict.title {
        line(page, &format!("<p class=\"title\">{}</p>", escape(title)));
    }
    let mut facts = Vec::new();
    if !verdict.steps.is_empty() {
        facts.push(steps(verdict));
        facts.push(format!("{} of virtual time in {}", period(verdict.virtual_time_us), wall(verdict.volatile.wall_time_ms)));
        facts.push(format!("{} journal entries", verdict.journal_entries));
    }
    if journal {
        facts.push(format!("<a href=\"#{place}\">timeline</a>"));
    }
    facts.extend(verdict.provenance.records.iter().map(|records| format!("<a href=\"{}/\">journal and logs</a>", escape(records))));
    if !facts.is_empty() {
        line(page, &format!("<p class=\"facts\">{}</p>", facts.join(" · ")));
    }
    for finding in findings(verdict).into_iter().chain(asides(verdict)) {
        found(page, &finding, journal.then_some(place));
    }
    for words in &verdict.shortened {
        line(page, &format!("<p class=\"facts\">live: {}</p>", escape(words)));
    }
    steps_table(page, verdict);
    expectations_table(page, verdict);
    vcenter_table(page, verdict);
    calls_table(page, verdict);
    line(page, &format!("<p class=\"again\">again: <code>{}</code></p>\n</article>", escape(&verdict.repeat)));
}

fn found(page: &mut String, finding: &Finding, journal: Option<usize>) {
    let kind = if finding.kind == FindingKind::Finding { "finding-aside" } else { finding.kind.name() };
    line(page, &format!("<section class=\"finding {kind}\">"));
    line(page, &format!("<h3><b>{}</b> {}</h3>", finding.label, escape(&finding.headline)));
    if !finding.body.is_empty() {
        let lines: Vec<String> = finding
            .body
            .iter()
            .map(|text| match journal {
                Some(place) if matches!(finding.kind, FindingKind::Oracle | FindingKind::Finding) => linked(text, place),
                _ => escape(text),
            })
            .collect();
        // The parser drops a line end right after `<pre>`: one that is meant to be there needs another before it.
        line(page, &format!("<pre>\n{}</pre>", lines.join("\n")));
    }
    line(page, "</section>");
}

/// A line of an excerpt whose number leads to its entry in the timeline.
fn linked(text: &str, place: usize) -> String {
    let digits = text.strip_prefix('#').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    if digits == 0 {
        return escape(text);
    }
    let (number, rest) = text[1..].split_at(digits);
    format!("<a href=\"#{place}-{number}\">#{number}</a>{}", escape(rest))
}

/// A table that is opened on demand.
fn folded(page: &mut String, open: bool, summary: &str, heads: &[&str], rows: &str) {
    let open = if open { " open" } else { "" };
    let heads: String = heads.iter().map(|head| format!("<th>{head}</th>")).collect();
    line(page, &format!("<details{open}><summary>{summary}</summary>\n<div class=\"wide\"><table>\n<tr>{heads}</tr>"));
    page.push_str(rows);
    line(page, "</table></div></details>");
}

fn steps_table(page: &mut String, verdict: &Verdict) {
    if verdict.steps.is_empty() {
        return;
    }
    let mut rows = String::new();
    for step in &verdict.steps {
        let (class, word) = match step.outcome {
            StepOutcome::Passed => ("passed", "passed"),
            StepOutcome::Failed => ("failed", "failed"),
            StepOutcome::NotReached => ("skipped", "not reached"),
        };
        let time = |at: Option<u64>| at.map_or("–".to_owned(), clock);
        let (what, began, ended) = (escape(&step.what), time(step.began_us), time(step.ended_us));
        let cells = format!("<td>{}</td><td>{what}</td><td>{word}</td><td>{began}</td><td>{ended}</td>", step.number);
        line(&mut rows, &format!("<tr class=\"{class}\">{cells}</tr>"));
    }
    let open = !verdict.outcome.is_good();
    folded(page, open, &steps(verdict), &["", "Step", "Outcome", "Began", "Ended"], &rows);
}

fn expectations_table(page: &mut String, verdict: &Verdict) {
    if verdict.expectations.is_empty() {
        return;
    }
    let mut rows = String::new();
    for expectation in &verdict.expectations {
        let (class, word) = if expectation.passed { ("passed", "passed") } else { ("failed", "failed") };
        let (what, found) = (escape(&expectation.what), escape(&expectation.found));
        let cells = format!("<td>{}</td><td>{what}</td><td>{word}</td><td>{found}</td>", expectation.line);
        line(&mut rows, &format!("<tr class=\"{class}\">{cells}</tr>"));
    }
    let passed = verdict.expectations.iter().filter(|expectation| expectation.passed).count();
    let summary = format!("{passed} of {} expectations passed", verdict.expectations.len());
    folded(page, passed < verdict.expectations.len(), &summary, &["Line", "Expected", "Outcome", "Found"], &rows);
}

/// What each process asked of the vCenters: a row for each method, a column for each process.
fn vcenter_table(page: &mut String, verdict: &Verdict) {
    let processes: BTreeSet<&str> = verdict.vcenter_calls.values().flat_map(|counts| counts.keys()).map(String::as_str).collect();
    if processes.is_empty() {
        return;
    }
    let mut rows = String::new();
    for (method, counts) in &verdict.vcenter_calls {
        let cell = |process: &&str| format!("<td>{}</td>", counts.get(*process).map_or(String::new(), u64::to_string));
        let cells: String = processes.iter().map(cell).collect();
        let all: u64 = counts.values().sum();
        line(&mut rows, &format!("<tr><td>{}</td>{cells}<td>{all}</td></tr>", escape(method)));
    }
    let names: Vec<String> = processes.iter().map(|process| escape(process)).collect();
    let heads: Vec<&str> = std::iter::once("Method").chain(names.iter().map(String::as_str)).chain(["all"]).collect();
    let all: u64 = verdict.vcenter_calls.values().flat_map(|counts| counts.values()).sum();
    folded(page, false, &format!("{all} calls to vCenters, by process"), &heads, &rows);
}

/// The calls that the table of vCenters' calls has not told.
fn calls_table(page: &mut String, verdict: &Verdict) {
    let told = |border: &Border| *border == Border::VCenter && !verdict.vcenter_calls.is_empty();
    let calls = || verdict.calls.iter().filter(|(border, _)| !told(border));
    let all: u64 = calls().flat_map(|(_, methods)| methods.values()).sum();
    if all == 0 {
        return;
    }
    let mut rows = String::new();
    for (border, methods) in calls() {
        let border = match border {
            Border::VCenter => "vCenter",
            Border::Kubernetes => "Kubernetes",
            Border::Csi => "CSI",
        };
        for (method, count) in methods {
            writeln!(rows, "<tr><td>{border}</td><td>{}</td><td>{count}</td></tr>", escape(method)).expect("a string takes every line");
        }
    }
    folded(page, false, &format!("{all} other calls"), &["Border", "Method", "Calls"], &rows);
}
