//! The report for people: a line for each case, below it whatever did not hold and why, at the end what did not pass once more
//! in short, and a summary. What is prose is broken so that it fits 80 columns; names of cases and commands are not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::findings::{Finding, FindingKind, findings};
use crate::model::{CaseOutcome, RunReport, Verdict};
use crate::paint::Paint;
use crate::words::{cases, counts, interrupted, made_with, period, spent, steps, wall, word};
use crate::wrap::wrap;

/// Of so many things an oracle tells that its invariant is broken; the other reports tell all.
const ALIKE: usize = 2;

/// More cases than this are not repeated at the end.
const REPEATED_MAX: usize = 20;

/// The report as text; with terminal colours when asked.
pub fn terminal(report: &RunReport, colour: bool) -> String {
    let mut text: String = report.cases.iter().map(|verdict| terminal_case(verdict, colour)).collect();
    text.push_str(&terminal_summary(report, colour));
    text
}

/// What [`terminal`] says of one case, for whoever shows it as soon as it is known.
pub fn terminal_case(verdict: &Verdict, colour: bool) -> String {
    let (paint, mut text) = (Paint(colour), String::new());
    push(&mut text, "", &headline(verdict, paint));
    match verdict.outcome {
        CaseOutcome::Passed => {}
        CaseOutcome::Unsupported => fit(&mut text, verdict.reason.as_deref().unwrap_or_default(), "  ", "  "),
        _ => details(&mut text, verdict, paint),
    }
    for (number, attempt) in (1..).zip(&verdict.attempts) {
        let word = format!("try {number} {}:", attempt.outcome.word());
        push(&mut text, "  ", &format!("{} {}", paint.yellow(&word), attempt.message));
    }
    for finding in &verdict.findings {
        let label = format!("finding {}:", finding.oracle);
        for (place, line) in wrap(&format!("{label} {}", finding.message), "  ", "    ").into_iter().enumerate() {
            let line = if place == 0 { line.replacen(&label, &paint.cyan(&label), 1) } else { line };
            push(&mut text, "", &line);
        }
    }
    text
}

/// What [`terminal`] says at the end.
pub fn terminal_summary(report: &RunReport, colour: bool) -> String {
    let mut text = String::new();
    repeated(&mut text, report, Paint(colour));
    for words in shortened(report) {
        fit(&mut text, &format!("live: {words}"), "", "  ");
    }
    if let Some(words) = made_with(report) {
        push(&mut text, "", &Paint(colour).dim(&words));
    }
    text.push_str(&summary(report, Paint(colour)));
    text.push('\n');
    if let Some(words) = interrupted(report) {
        push(&mut text, "", &Paint(colour).yellow(&words));
    }
    text
}

/// What ran otherwise than scenarios say, each once.
fn shortened(report: &RunReport) -> BTreeSet<&str> {
    report.cases.iter().flat_map(|verdict| &verdict.shortened).map(String::as_str).collect()
}

/// Adds a text line by line, each after the indentation.
fn push(text: &mut String, indentation: &str, lines: &str) {
    for line in lines.lines() {
        writeln!(text, "{}", format!("{indentation}{line}").trim_end()).expect("a string takes every line");
    }
}

fn headline(verdict: &Verdict, paint: Paint) -> String {
    let word = format!("{:<6}", word(verdict));
    let word = match verdict.outcome {
        CaseOutcome::Passed if verdict.is_flaky() => paint.yellow(&word),
        CaseOutcome::Passed => paint.green(&word),
        CaseOutcome::Unsupported => paint.cyan(&word),
        CaseOutcome::Failed | CaseOutcome::Livelock => paint.red(&word),
        CaseOutcome::BadInput | CaseOutcome::Environment | CaseOutcome::Internal => paint.yellow(&word),
    };
    let mut line = format!("{word} {}", paint.bold(&verdict.scenario));
    if let Some(case) = &verdict.case {
        write!(line, " [{case}] seed {}", verdict.seed).expect("a string takes every word");
    }
    if !verdict.steps.is_empty() {
        let steps = steps(verdict);
        let took = format!("({steps}, {} of virtual time in {})", period(verdict.virtual_time_us), wall(verdict.volatile.wall_time_ms));
        line = format!("{line} {}", paint.dim(&took));
    }
    line
}

fn details(text: &mut String, verdict: &Verdict, paint: Paint) {
    if let Some(title) = &verdict.title {
        fit(text, title, "  ", "  ");
    }
    match verdict.reason.as_deref() {
        Some(reason) if reason.lines().count() == 1 => fit(text, reason, "  ", "  "),
        // A drawing: its lines stand where they must.
        Some(reason) => push(text, "  ", reason),
        None => {}
    }
    let findings = findings(verdict);
    let findings: Vec<&Finding> = findings.iter().filter(|finding| finding.kind != FindingKind::Reason).collect();
    few(text, &findings, |text, finding| found(text, finding, paint));
    push(text, "  ", &format!("{} {}", paint.bold("again:"), verdict.repeat));
    if let Some(records) = &verdict.provenance.records {
        push(text, "  ", &format!("{} {records}, beside the reports", paint.bold("journal and logs:")));
    }
}

/// Tells each; of an oracle that says the same of many things only the first.
fn few(text: &mut String, findings: &[&Finding], tell: impl Fn(&mut String, &Finding)) {
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate() {
        let label = label(finding);
        let times = told.entry(label.clone()).or_default();
        *times += 1;
        if finding.kind != FindingKind::Oracle || *times <= ALIKE {
            tell(text, finding);
        }
        // Findings of one oracle stand together.
        let is_last = findings.get(place + 1).is_none_or(|next| self::label(next) != label);
        if is_last && finding.kind == FindingKind::Oracle && *times > ALIKE {
            push(text, "  ", &format!("… and {} more of {}", *times - ALIKE, label.trim_end_matches(':')));
        }
    }
}

fn found(text: &mut String, finding: &Finding, paint: Paint) {
    head(text, finding, paint);
    if finding.kind == FindingKind::Oracle {
        why(text, &finding.why, paint);
        // Below its number and its time, the second line of an entry would be read as another entry.
        let entries = finding.body.iter().flat_map(|entry| wrap(entry, "    ", "            "));
        entries.for_each(|line| push(text, "", &paint.dim(&line)));
    } else {
        finding.body.iter().for_each(|line| fit(text, line, "    ", "    "));
        why(text, &finding.why, paint);
    }
}

/// What is in colour: an oracle's name belongs to it.
fn label(finding: &Finding) -> String {
    match finding.headline.split_once(": ").filter(|_| finding.kind == FindingKind::Oracle) {
        Some((name, _)) => format!("{} {name}:", finding.label),
        None => finding.label.to_owned(),
    }
}

fn head(text: &mut String, finding: &Finding, paint: Paint) {
    let (label, line) = (label(finding), format!("{} {}", finding.label, finding.headline));
    for (place, line) in wrap(&line, "  ", "    ").into_iter().enumerate() {
        let line = if place == 0 { line.replacen(&label, &paint.red(&label), 1) } else { line };
        push(text, "", &line);
    }
}

/// What explains a failure, below it.
fn why(text: &mut String, why: &[String], paint: Paint) {
    for line in why {
        let (kind, words) = line.split_at(line.find([',', ':']).unwrap_or(0));
        for (place, line) in wrap(&format!("{kind}{words}"), "    - ", "      ").into_iter().enumerate() {
            let line = if place == 0 { line.replacen(kind, &paint.bold(kind), 1) } else { line };
            push(text, "", &line);
        }
    }
}

/// Cases that did not pass, once more, where others stand between them and the end: in short.
fn repeated(text: &mut String, report: &RunReport, paint: Paint) {
    let bad: Vec<&Verdict> = report.cases.iter().filter(|verdict| !verdict.outcome.is_good()).collect();
    if report.cases.len() < 2 || bad.is_empty() {
        return;
    }
    push(text, "", &format!("\n{}", paint.bold("Did not pass:")));
    for verdict in bad.iter().take(REPEATED_MAX) {
        push(text, "", &headline(verdict, paint));
        let findings = findings(verdict);
        few(text, &findings.iter().collect::<Vec<&Finding>>(), |text, finding| {
            head(text, finding, paint);
            finding.body.iter().take(usize::from(finding.kind == FindingKind::Step)).for_each(|line| fit(text, line, "    ", "    "));
            why(text, &finding.why[..finding.why.len().min(1)], paint);
        });
        push(text, "  ", &format!("{} {}", paint.bold("again:"), verdict.repeat));
    }
    if bad.len() > REPEATED_MAX {
        push(text, "", &format!("… and {}, which report.txt tells", more(bad.len() - REPEATED_MAX)));
    }
    text.push('\n');
}

fn more(number: usize) -> String {
    format!("{number} more that did not pass")
}

/// Adds a line that fits the terminal.
fn fit(text: &mut String, line: &str, first: &str, hanging: &str) {
    wrap(line, first, hanging).iter().for_each(|line| push(text, "", line));
}

fn summary(report: &RunReport, paint: Paint) -> String {
    let counts = counts(report);
    let counts = if report.summary.outcome.is_good() { paint.green(&counts) } else { paint.red(&counts) };
    let head = paint.bold(&format!("{}:", cases(report.summary.cases)));
    format!("{head} {counts}; {}", spent(report))
}
