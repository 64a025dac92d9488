//! What the comparison's texts for people have in common.

use super::model::{CaseChange, Comparison, ComparisonOutcome, FindingChange, Operation, Standing, TimeChange};
use crate::model::CaseOutcome;
use crate::words::{cases, period};
use seatrial_journal::Border;

/// More seeds than this are counted, not named.
const SEEDS_MAX: usize = 6;

/// `passed → failed under 3 of 20 seeds (4, 7, 9)`.
pub(super) fn became(change: &CaseChange) -> String {
    match (&change.base, &change.new) {
        (Some(base), Some(new)) => format!("{} → {}", standing(base), standing(new)),
        (None, Some(new)) => standing(new),
        (Some(base), None) => format!("{} before", standing(base)),
        (None, None) => String::new(),
    }
}

/// What became of a case, and under which seeds when it was not the same under all.
pub(super) fn standing(of: &Standing) -> String {
    let seeds = if of.outcome.is_good() { &of.flaky_seeds } else { &of.failed_seeds };
    let word = if of.outcome == CaseOutcome::Passed && !seeds.is_empty() { "flaky" } else { of.outcome.word() };
    if of.seeds == 1 || seeds.is_empty() {
        return word.to_owned();
    }
    format!("{word} under {} of {} seeds ({})", seeds.len(), of.seeds, cut(seeds))
}

fn cut(seeds: &[u64]) -> String {
    let named: Vec<String> = seeds.iter().take(SEEDS_MAX).map(u64::to_string).collect();
    let more = seeds.len().saturating_sub(SEEDS_MAX);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", named.join(", "))
}

/// How many cases changed in which way: `3 cases compared: 1 regressed, 1 fixed`.
pub(super) fn head(comparison: &Comparison) -> String {
    let summary = &comparison.summary;
    let counts = [
        (summary.regressed, "regressed"),
        (summary.changed, "changed"),
        (summary.fixed, "fixed"),
        (summary.added, "new"),
        (summary.missing, "missing"),
    ];
    let mut told: Vec<String> = counts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    if told.is_empty() {
        let nothing = if summary.outcome == ComparisonOutcome::Same { "nothing changed" } else { "no verdict changed" };
        told.push(nothing.to_owned());
    }
    let told = told.join(", ");
    // Not only what was good once can be one: new cases that fail, and strictly what is missing.
    let regressions = match summary.regressions {
        number if number == summary.regressed => String::new(),
        1 => "; 1 counts as a regression".to_owned(),
        number => format!("; {number} count as regressions"),
    };
    format!("{} compared: {told}{regressions}", cases(summary.compared))
}

/// What calls over a border are called as a heading.
pub(super) fn border(border: Border) -> &'static str {
    match border {
        Border::VCenter => "Calls to vCenter",
        Border::Kubernetes => "Calls to Kubernetes",
        Border::Csi => "Calls to CSI drivers",
    }
}

/// `CnsAttachVolume by csi-controller`.
pub(super) fn operation(operation: &Operation) -> String {
    match &operation.caller {
        Some(caller) => format!("{} by {caller}", operation.method),
        None => operation.method.clone(),
    }
}

/// `12m34s → 25m`.
pub(super) fn times(change: &TimeChange) -> String {
    format!("{} → {}", period(change.base_us), period(change.new_us))
}

/// How a finding came or went, before its words.
pub(super) fn finding(change: &FindingChange) -> &'static str {
    if change.added { "new finding" } else { "finding gone" }
}

/// What stands in the place of rows that are not shown; empty where all are.
pub(super) fn more(all: usize, shown: usize) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        more => format!("and {more} more"),
    }
}
