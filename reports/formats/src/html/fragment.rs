//! What stands behind the `#` of the page's addresses, so that a moment of a case can be sent to others:
//! `#statefulset-scale-crash.9.1.0.seed-7` is a case, and behind a `/` stands a place in its journal: the number of an
//! entry, `step-2` or `step-2-end` for the beginning or the end of a step, `end`, or `timeline` for where it shows by itself.

use std::collections::BTreeSet;

use crate::model::{RunReport, StepOutcome, Verdict};
use crate::unique::unique;

/// The names of the cases in addresses, by their places in the report; no two are equal.
pub(super) fn names(report: &RunReport) -> Vec<String> {
    let mut taken = BTreeSet::new();
    report.cases.iter().map(|verdict| unique(&name(verdict), '~', &mut taken)).collect()
}

/// A case in letters that an address and an element's id take as they are.
fn name(verdict: &Verdict) -> String {
    let file = verdict.scenario.trim_start_matches(['.', '/']);
    let file = file.strip_prefix("scenarios/").unwrap_or(file);
    let file = file.strip_suffix(".yaml").or_else(|| file.strip_suffix(".yml")).unwrap_or(file);
    let case = verdict.case.as_ref().map_or(String::new(), |case| format!(".{case}"));
    let plain = |character: char| if character.is_ascii_alphanumeric() || "._-".contains(character) { character } else { '-' };
    format!("{file}{case}.seed-{}", verdict.seed).chars().map(plain).collect()
}

/// Where in its journal a case failed, by the first that is told of it: the last entry of what an oracle found, the end of the
/// step that failed; without either, the journal's end.
pub(super) fn moment(verdict: &Verdict) -> String {
    let found = |symptom: bool| {
        let violations = verdict.violations.iter().filter(move |violation| violation.symptom == symptom);
        violations.filter_map(|violation| violation.entries.iter().max()).map(u64::to_string).next()
    };
    let step = || verdict.steps.iter().find(|step| step.outcome == StepOutcome::Failed);
    let ended = || step().map(|step| format!("step-{}-end", step.number));
    found(false).or_else(ended).or_else(|| found(true)).unwrap_or_else(|| "end".to_owned())
}
