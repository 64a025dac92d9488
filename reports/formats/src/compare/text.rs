//! The comparison for people: what changed case by case, then calls, times and findings, and what it comes to at the end.
//! Prose is broken to fit 80 columns.

use std::fmt::Write;

use seatrial_journal::Border;

use super::failure::Failure;
use super::model::{CaseChange, ChangeKind, Comparison, OperationChange};
use super::words::{became, border, finding, head, more, operation, times};
use crate::paint::Paint;
use crate::wrap::wrap;

/// More rows than this are counted, not shown.
const ROWS_MAX: usize = 12;
/// More calls of one case than this are counted, not shown.
const CALLS_MAX: usize = 4;
/// More cases that are gone or new without a fault than this are counted, not shown.
const QUIET_MAX: usize = 5;

/// The comparison as text; with terminal colours when asked.
pub fn comparison_text(comparison: &Comparison, colour: bool) -> String {
    let (paint, mut text) = (Paint(colour), String::new());
    cases(&mut text, comparison, paint);
    for over in [Border::VCenter, Border::Kubernetes, Border::Csi] {
        let changes: Vec<&OperationChange> = comparison.operations.iter().filter(|change| change.operation.border == over).collect();
        operations(&mut text, over, &changes, paint);
    }
    rows(
        &mut text,
        paint,
        "Virtual time",
        comparison.times.len(),
        comparison.times.iter().map(|change| format!("{}: {}", change.name, times(change))),
    );
    for change in &comparison.findings {
        let label = format!("{} {}", finding(change), change.oracle);
        fit(&mut text, "", &label, &paint.cyan(&label), &format!(" in {}: {}", change.name, change.message));
    }
    let head = head(comparison);
    push(&mut text, "", &if comparison.is_regressed() { paint.red(&head) } else { paint.green(&head) });
    text
}

fn push(text: &mut String, indentation: &str, line: &str) {
    writeln!(text, "{}", format!("{indentation}{line}").trim_end()).expect("a string takes every line");
}

/// Adds prose, broken so that it fits; it begins with a word that is painted.
fn fit(text: &mut String, indentation: &str, word: &str, painted: &str, rest: &str) {
    let lines = wrap(&format!("{word}{rest}"), indentation, &format!("{indentation}  "));
    for (place, line) in lines.into_iter().enumerate() {
        push(text, "", &if place == 0 { line.replacen(word, painted, 1) } else { line });
    }
}

fn cases(text: &mut String, comparison: &Comparison, paint: Paint) {
    let mut quiet = [0, 0];
    for case in &comparison.cases {
        let place = match case.change {
            ChangeKind::Added if !case.regression => Some(0),
            ChangeKind::Missing => Some(1),
            _ => None,
        };
        if let Some(place) = place {
            quiet[place] += 1;
            if quiet[place] > QUIET_MAX {
                continue;
            }
        }
        of_case(text, comparison, case, paint);
    }
    for (number, word) in quiet.into_iter().zip(["new", "missing"]) {
        if number > QUIET_MAX {
            push(text, "", &format!("and {} more {word}", number - QUIET_MAX));
        }
    }
}

fn of_case(text: &mut String, comparison: &Comparison, case: &CaseChange, paint: Paint) {
    let word = match (case.regression, case.change) {
        (true, _) => paint.red(case.change.word()),
        (false, ChangeKind::Fixed) => paint.green(case.change.word()),
        (false, _) => paint.yellow(case.change.word()),
    };
    push(text, "", &format!("{word} {}: {}", paint.bold(&case.name.to_string()), became(case)));
    for failure in &case.failures_added {
        let word = failure.kind.word();
        fit(text, "  ", word, &paint.red(word), &format!(" {}", told(failure)));
    }
    for failure in &case.failures_gone {
        let word = "no longer:";
        fit(text, "  ", word, &paint.green(word), &format!(" {} {}", failure.kind.word(), failure.what));
    }
    if matches!(case.change, ChangeKind::Regressed | ChangeKind::Changed) {
        calls(text, comparison, case);
    }
    if let Some(repeat) = case.repeat.as_ref().filter(|_| !matches!(case.change, ChangeKind::Fixed | ChangeKind::Missing)) {
        push(text, "  ", &format!("{} {repeat}", paint.bold("again:")));
    }
}

fn told(failure: &Failure) -> String {
    if failure.message.is_empty() { failure.what.clone() } else { format!("{}: {}", failure.what, failure.message) }
}

/// The calls of one case that changed most.
fn calls(text: &mut String, comparison: &Comparison, case: &CaseChange) {
    let changed: Vec<_> =
        comparison.calls.iter().filter(|change| change.name == case.name && change.operation.border == Border::VCenter).collect();
    for change in changed.iter().take(CALLS_MAX) {
        let amounts = change.amounts;
        push(text, "  ", &format!("{}: {} → {} ({})", operation(&change.operation), amounts.base, amounts.new, amounts.difference()));
    }
    let more = more(changed.len(), CALLS_MAX);
    if !more.is_empty() {
        push(text, "  ", &format!("{more} calls to vCenter changed in number"));
    }
}

fn rows(text: &mut String, paint: Paint, heading: &str, all: usize, rows: impl Iterator<Item = String>) {
    if all == 0 {
        return;
    }
    push(text, "", &paint.bold(heading));
    rows.take(ROWS_MAX).for_each(|row| push(text, "  ", &row));
    let more = more(all, ROWS_MAX);
    if !more.is_empty() {
        push(text, "  ", &more);
    }
}

/// One border's operations over all cases, in columns.
fn operations(text: &mut String, over: Border, changes: &[&OperationChange], paint: Paint) {
    let cells: Vec<[String; 5]> = changes.iter().take(ROWS_MAX).map(|change| columns(change)).collect();
    let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (method, caller, amounts, difference) = (width(0), width(1), width(2), width(3));
    let lines = cells.iter().map(|[a, b, c, d, e]| {
        let caller = if caller == 0 { String::new() } else { format!("{b:caller$}  ") };
        format!("{a:method$}  {caller}{c:>amounts$}  {d:>difference$}  {e}")
    });
    let lines: Vec<String> = lines.collect();
    rows(text, paint, border(over), changes.len(), lines.into_iter());
}

fn columns(change: &OperationChange) -> [String; 5] {
    let amounts = change.amounts;
    let cases = if change.cases == 1 { change.most.to_string() } else { crate::words::cases(change.cases) };
    [
        change.operation.method.clone(),
        change.operation.caller.clone().unwrap_or_default(),
        format!("{} → {}", amounts.base, amounts.new),
        amounts.difference(),
        format!("in {cases}"),
    ]
}
