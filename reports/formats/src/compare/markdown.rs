//! The comparison as Markdown, for a comment on a pull request or the summary of a run.

use seatrial_journal::Border;

use super::model::{CallChange, CaseChange, ChangeKind, Comparison, OperationChange};
use super::words::{border, finding, head, more, operation, standing, times};
use crate::markdown::{escape, fence, line};

/// More rows of a table than this are counted, not shown: nobody reads them, and comments have a size limit.
const ROWS_MAX: usize = 20;
/// More calls of one case than this are counted, not shown.
const CALLS_MAX: usize = 8;

/// The comparison as GitHub-flavoured Markdown.
pub fn comparison_markdown(comparison: &Comparison) -> String {
    let mut text = String::new();
    let mark = if comparison.is_regressed() { "❌" } else { "✅" };
    line(&mut text, &format!("## {mark} {}\n", head(comparison)));
    cases(&mut text, &comparison.cases);
    for case in comparison.cases.iter().filter(|case| !case.failures_added.is_empty()).take(ROWS_MAX) {
        details(&mut text, comparison, case);
    }
    for over in [Border::VCenter, Border::Kubernetes, Border::Csi] {
        let changes: Vec<&OperationChange> = comparison.operations.iter().filter(|change| change.operation.border == over).collect();
        operations(&mut text, over, &changes);
    }
    if !comparison.times.is_empty() {
        line(&mut text, "### Virtual time\n");
        for change in comparison.times.iter().take(ROWS_MAX) {
            line(&mut text, &format!("- {}: {}", escape(&change.name.to_string()), times(change)));
        }
        rest(&mut text, comparison.times.len());
    }
    if !comparison.findings.is_empty() {
        line(&mut text, "### Findings\n");
        for change in comparison.findings.iter().take(ROWS_MAX) {
            let (name, message) = (escape(&change.name.to_string()), escape(&change.message));
            line(&mut text, &format!("- {} **{}** in {name}: {message}", finding(change), escape(&change.oracle)));
        }
        rest(&mut text, comparison.findings.len());
    }
    line(&mut text, &sides(comparison));
    text
}

/// Ends a list or table: what is not shown, and an empty line.
fn rest(text: &mut String, all: usize) {
    let more = more(all, ROWS_MAX);
    line(text, "");
    if !more.is_empty() {
        line(text, &format!("… {more}\n"));
    }
}

fn sides(comparison: &Comparison) -> String {
    let (base, new) = (&comparison.base, &comparison.new);
    let versions = if base.seatrial == new.seatrial {
        format!("seatrial {}", escape(&base.seatrial))
    } else {
        format!("seatrial {} → {}", escape(&base.seatrial), escape(&new.seatrial))
    };
    format!("{versions}, {} → {} runs; calls and times are medians over the seeds", base.runs, new.runs)
}

fn cases(text: &mut String, cases: &[CaseChange]) {
    if cases.is_empty() {
        return;
    }
    line(text, "| | Case | Before | Now |\n| --- | --- | --- | --- |");
    for case in cases.iter().take(ROWS_MAX) {
        let mark = match (case.regression, case.change) {
            (true, _) => "❌",
            (false, ChangeKind::Fixed) => "✅",
            (false, _) => "➖",
        };
        let side = |side: &Option<super::Standing>| side.as_ref().map_or("–".to_owned(), standing);
        let cells =
            [format!("{mark} {}", case.change.word()), escape(&case.name.to_string()), escape(&side(&case.base)), escape(&side(&case.new))];
        line(text, &format!("| {} |", cells.join(" | ")));
    }
    rest(text, cases.len());
}

fn details(text: &mut String, comparison: &Comparison, case: &CaseChange) {
    line(text, &format!("<details><summary>{}: {}</summary>\n", case.change.word(), escape(&case.name.to_string())));
    for failure in &case.failures_added {
        let message = if failure.message.is_empty() { String::new() } else { format!(": {}", escape(&failure.message)) };
        line(text, &format!("**{}** {}{message}\n", failure.kind.word(), escape(&failure.what)));
    }
    for failure in &case.failures_gone {
        line(text, &format!("no longer: **{}** {}\n", failure.kind.word(), escape(&failure.what)));
    }
    let calls: Vec<&CallChange> = comparison.calls.iter().filter(|change| change.name == case.name).collect();
    if !calls.is_empty() {
        calls.iter().take(CALLS_MAX).for_each(|change| {
            let amounts = change.amounts;
            let said = format!("{}: {} → {} ({})", operation(&change.operation), amounts.base, amounts.new, amounts.difference());
            line(text, &format!("- {}", escape(&said)));
        });
        let more = more(calls.len(), CALLS_MAX);
        line(text, &if more.is_empty() { String::new() } else { format!("- {more} calls changed in number\n") });
    }
    if let Some(repeat) = &case.repeat {
        line(text, "Again:\n");
        fence(text, "sh", &[repeat.as_str()]);
    }
    line(text, "</details>\n");
}

fn operations(text: &mut String, over: Border, changes: &[&OperationChange]) {
    if changes.is_empty() {
        return;
    }
    line(text, &format!("### {}\n", border(over)));
    line(text, "| Operation | Before | Now | Difference | | Cases | Most in |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |");
    for change in changes.iter().take(ROWS_MAX) {
        let amounts = change.amounts;
        let cells = [
            escape(&operation(&change.operation)),
            amounts.base.to_string(),
            amounts.new.to_string(),
            amounts.difference(),
            amounts.ratio_in_words(),
            change.cases.to_string(),
            escape(&change.most.to_string()),
        ];
        line(text, &format!("| {} |", cells.join(" | ")));
    }
    rest(text, changes.len());
}
