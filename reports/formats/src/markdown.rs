//! The report as Markdown, for the summary that continuous integration shows under a run.
//!
//! Whatever comes from outside is escaped or fenced, so that a message is never read as markup. Summaries have a size
//! limit (GitHub: 1 MiB): of the cases that passed only the first are listed, of those that did not, all.

use std::collections::BTreeSet;
use std::fmt::{Display, Write};

use crate::findings::{Finding, FindingKind, asides, findings};
use crate::model::{CaseOutcome, RunReport, Verdict};
use crate::words::{cases, counts, interrupted, made_in, period, steps, wall, word};

/// More cases that passed than this are counted, not listed.
const PASSED_MAX: usize = 100;

/// The report as GitHub-flavoured Markdown.
pub fn markdown(report: &RunReport) -> String {
    let mut text = String::new();
    let head = format!("{}: {}", cases(report.summary.cases), counts(report));
    // A part that passed says nothing of the whole.
    let sign = if report.interrupted { mark(CaseOutcome::Environment) } else { mark(report.summary.outcome) };
    line(&mut text, &format!("## {sign} {head}\n"));
    if let Some(words) = interrupted(report) {
        line(&mut text, &format!("⚠️ **{}**\n", escape(&words)));
    }
    if !report.cases.is_empty() {
        table(&mut text, &report.cases);
    }
    for verdict in report.cases.iter().filter(|verdict| needs_details(verdict)) {
        details(&mut text, verdict);
    }
    worth_knowing(&mut text, &report.cases);
    shortened(&mut text, &report.cases);
    line(&mut text, &escape(&made_in(report)));
    text
}

pub(crate) fn line(text: &mut String, words: &(impl Display + ?Sized)) {
    writeln!(text, "{words}").expect("a string takes every line");
}

fn mark(outcome: CaseOutcome) -> &'static str {
    match outcome {
        CaseOutcome::Passed => "✅",
        CaseOutcome::Unsupported => "➖",
        CaseOutcome::Failed | CaseOutcome::Livelock => "❌",
        CaseOutcome::BadInput | CaseOutcome::Environment | CaseOutcome::Internal => "⚠️",
    }
}

fn table(text: &mut String, verdicts: &[Verdict]) {
    line(text, "| | Scenario | Case | Seed | Steps | Virtual time | Wall time |");
    line(text, "| --- | --- | --- | ---: | --- | ---: | ---: |");
    let mut passed = 0;
    for verdict in verdicts {
        passed += usize::from(!needs_details(verdict));
        if needs_details(verdict) || passed <= PASSED_MAX {
            row(text, verdict);
        }
    }
    text.push('\n');
    if passed > PASSED_MAX {
        line(text, &format!("… and {} more that passed\n", passed - PASSED_MAX));
    }
}

/// Whether there is more to say of a case than its row.
fn needs_details(verdict: &Verdict) -> bool {
    verdict.outcome != CaseOutcome::Passed || verdict.is_flaky()
}

fn row(text: &mut String, verdict: &Verdict) {
    let cells = [
        format!("{} {}", if verdict.is_flaky() { "🔁" } else { mark(verdict.outcome) }, word(verdict)),
        escape(&verdict.scenario),
        escape(verdict.case.as_deref().unwrap_or("–")),
        verdict.seed.to_string(),
        if verdict.steps.is_empty() { "–".to_owned() } else { steps(verdict) },
        period(verdict.virtual_time_us),
        wall(verdict.volatile.wall_time_ms),
    ];
    line(text, &format!("| {} |", cells.join(" | ")));
}

fn details(text: &mut String, verdict: &Verdict) {
    let name = verdict.case.as_ref().map_or(String::new(), |case| format!(" [{case}]"));
    let name = format!("{}{name} seed {}", verdict.scenario, verdict.seed);
    line(text, &format!("<details><summary>{} {}: {}</summary>\n", mark(verdict.outcome), word(verdict), escape(&name)));
    if let Some(title) = &verdict.title {
        line(text, &format!("{}\n", escape(title)));
    }
    for finding in findings(verdict) {
        found(text, &finding);
    }
    for (number, attempt) in (1..).zip(&verdict.attempts) {
        line(text, &format!("**try {number} {}:** {}\n", attempt.outcome.word(), escape(&attempt.message)));
        fence(text, "text", &attempt.text);
    }
    line(text, "Again:\n");
    fence(text, "sh", &[verdict.repeat.as_str()]);
    line(text, "</details>\n");
}

/// What ran otherwise than scenarios say, each once.
fn shortened(text: &mut String, cases: &[Verdict]) {
    let told: BTreeSet<&String> = cases.iter().flat_map(|verdict| &verdict.shortened).collect();
    for words in told {
        line(text, &format!("- live: {}", escape(words)));
    }
}

/// Findings fail nothing, so they come last, each with the first case that shows it.
fn worth_knowing(text: &mut String, cases: &[Verdict]) {
    let mut told: BTreeSet<String> = BTreeSet::new();
    for (verdict, finding) in cases.iter().flat_map(|verdict| asides(verdict).into_iter().map(move |finding| (verdict, finding))) {
        if told.contains(&finding.headline) {
            continue;
        }
        if told.is_empty() {
            line(text, "### Worth knowing\n");
        }
        line(text, &format!("- {} ({})", escape(&finding.headline), escape(&verdict.scenario)));
        told.insert(finding.headline);
    }
    if !told.is_empty() {
        text.push('\n');
    }
}

fn found(text: &mut String, finding: &Finding) {
    line(text, &format!("**{}:** {}\n", finding.label, escape(&finding.headline)));
    // Prose is broken by the page; an excerpt of the journal stands in columns.
    if finding.kind == FindingKind::Oracle {
        why(text, &finding.why);
    }
    if !finding.body.is_empty() {
        fence(text, "text", &finding.body);
    }
    if finding.kind != FindingKind::Oracle {
        why(text, &finding.why);
    }
}

fn why(text: &mut String, why: &[String]) {
    why.iter().for_each(|reason| line(text, &format!("- {}", escape(reason))));
    if !why.is_empty() {
        text.push('\n');
    }
}

/// A fenced block; the fence is longer than any run of backticks within.
pub(crate) fn fence(text: &mut String, language: &str, lines: &[impl AsRef<str>]) {
    let inside = lines.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join("\n");
    let longest = inside.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    line(text, &format!("{fence}{language}\n{inside}\n{fence}\n"));
}

/// Text that is shown as it is, on one line: in a paragraph, in a table's cell, in a summary.
///
/// Everything that means something in Markdown becomes a character reference: unlike a backslash, that also holds
/// within HTML. A reference for `@` keeps a message from calling people.
pub(crate) fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        match character {
            '&' | '<' | '>' | '`' | '|' | '*' | '_' | '~' | '[' | ']' | '\\' | '#' | '@' | '$' | '!' => {
                write!(escaped, "&#{};", u32::from(character)).expect("a string takes every character");
            }
            character if character.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pipes_and_backticks_are_not_markup() {
        assert_eq!(escape("a|b `c`\n<d>"), "a&#124;b &#96;c&#96; &#60;d&#62;");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_fences() {
        let mut text = String::new();
        fence(&mut text, "text", &["```` and ``", "`"]);
        assert!(text.starts_with("`````text\n") && text.ends_with("\n`````\n\n"), "{text}");
    }
}
