//! Cases whose verdicts changed, and which of the changes are regressions.

use super::failure::{Failure, Failures, failures};
use super::model::{CaseChange, ChangeKind, Standing};
use super::pairs::{Pair, Runs};
use crate::model::{CaseOutcome, Verdict};

/// How the case changed; `None` where it did not.
pub(super) fn change(pair: &Pair<'_>, strict: bool) -> Option<CaseChange> {
    let (before, after) = (failures(&pair.base), failures(&pair.new));
    // What is missing has not stopped failing.
    let gone = if pair.is_in_both() { without(&before, &after) } else { Vec::new() };
    let added = without(&after, &before);
    let change = kind(pair, &added, &gone)?;
    let lost = |pair: &Pair<'_>| is_supported(&pair.base) && !is_supported(&pair.new);
    let regression = match change {
        ChangeKind::Regressed => true,
        // Whoever adds a case that fails must not find a green light.
        ChangeKind::Added => !all_good(&pair.new),
        ChangeKind::Missing => strict,
        ChangeKind::Changed | ChangeKind::Fixed => strict && lost(pair),
    };
    let failing = || pair.new.values().find(|verdict| !verdict.outcome.is_good());
    let shown = added.first().and_then(|failure| pair.new.get(&failure.seed)).or_else(failing);
    Some(CaseChange {
        name: pair.name.clone(),
        change,
        regression,
        base: standing(&pair.base),
        new: standing(&pair.new),
        repeat: shown.map(|verdict| verdict.repeat.clone()),
        failures_added: added,
        failures_gone: gone,
    })
}

fn kind(pair: &Pair<'_>, added: &[Failure], gone: &[Failure]) -> Option<ChangeKind> {
    if pair.base.is_empty() {
        return Some(ChangeKind::Added);
    }
    if pair.new.is_empty() {
        return Some(ChangeKind::Missing);
    }
    let shared: Vec<(&Verdict, &Verdict)> = pair.base.iter().filter_map(|(seed, before)| Some((*before, *pair.new.get(seed)?))).collect();
    let turned =
        |from: bool, to: bool| shared.iter().any(|(before, after)| (before.outcome.is_good(), after.outcome.is_good()) == (from, to));
    let (was_good, is_good) = (all_good(&pair.base), all_good(&pair.new));
    if turned(true, false) || (was_good && !is_good) || !added.is_empty() {
        return Some(ChangeKind::Regressed);
    }
    if !was_good && is_good {
        return Some(ChangeKind::Fixed);
    }
    let otherwise = shared.iter().any(|(before, after)| before.outcome != after.outcome || before.is_flaky() != after.is_flaky());
    (otherwise || !gone.is_empty() || is_supported(&pair.base) != is_supported(&pair.new)).then_some(ChangeKind::Changed)
}

fn without(these: &Failures, those: &Failures) -> Vec<Failure> {
    these.iter().filter(|(what, _)| !those.contains_key(*what)).map(|(_, failure)| failure.clone()).collect()
}

fn all_good(runs: &Runs<'_>) -> bool {
    runs.values().all(|verdict| verdict.outcome.is_good())
}

/// Whether some run got to see what the scenario is about.
fn is_supported(runs: &Runs<'_>) -> bool {
    runs.values().any(|verdict| verdict.outcome != CaseOutcome::Unsupported)
}

fn standing(runs: &Runs<'_>) -> Option<Standing> {
    let outcome = runs.values().map(|verdict| verdict.outcome).max()?;
    let failed = runs.iter().filter(|(_, verdict)| !verdict.outcome.is_good());
    let flaky = runs.iter().filter(|(_, verdict)| verdict.is_flaky());
    Some(Standing {
        outcome,
        seeds: runs.len(),
        failed_seeds: failed.map(|(seed, _)| *seed).collect(),
        flaky_seeds: flaky.map(|(seed, _)| *seed).collect(),
    })
}
