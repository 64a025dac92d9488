//! The drivers that `rollout` steps put into the place of others: found before anything runs, and held against those that they follow.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use seatrial_scenario::{Action, DriverName, Rollout, Scenario, ScenarioError, ScenarioErrors, Spanned};

use crate::external::{External, Search, Subject};
use crate::mode::{Mode, Successor};

/// The mode with the drivers that a scenario's steps name; paths are relative to `folder`. Where drivers live in this process there are none:
/// such a scenario does not run there.
///
/// # Errors
/// A driver that there is not, or that cannot follow the one before it: at the step.
pub(crate) fn with_successors(scenario: &Scenario, folder: &Path, mode: &Mode) -> Result<Mode, ScenarioErrors> {
    let Mode::Processes(processes) = mode else { return Ok(mode.clone()) };
    let mut processes = processes.clone();
    let mut errors = Vec::new();
    let mut present = [(DriverName::Csi, processes.subjects.csi.clone()), (DriverName::Ccm, processes.subjects.ccm.clone())];
    for (rollout, to) in rollouts(scenario) {
        let driver = rollout.driver.value;
        let next = match rollout.to_program().map(|to| find(driver, to, folder, &processes.subjects.search)).transpose() {
            Ok(next) => next.map(Arc::new),
            Err(error) => {
                errors.push(*error);
                continue;
            }
        };
        for (_, before) in present.iter_mut().filter(|(of, _)| *of == driver) {
            errors.extend(cannot_follow(before.as_deref(), next.as_deref(), to));
            before.clone_from(&next);
        }
        if let Some(external) = next {
            processes.subjects.successors.push(Successor { driver, name: to.value.clone(), external });
        }
    }
    if errors.is_empty() { Ok(Mode::Processes(processes)) } else { Err(scenario.errors(errors)) }
}

/// The steps that put another driver into the place of one, each with the name of that.
pub(crate) fn rollouts(scenario: &Scenario) -> impl Iterator<Item = (&Rollout, &Spanned<String>)> {
    scenario.steps.iter().filter_map(|step| match &step.action {
        Action::Rollout(rollout) => Some((rollout, rollout.to.as_ref()?)),
        _ => None,
    })
}

fn find(driver: DriverName, to: &Spanned<String>, folder: &Path, search: &Search) -> Result<External, Box<ScenarioError>> {
    let subject = match driver {
        DriverName::Csi => Subject::Csi,
        DriverName::Ccm => Subject::Ccm,
    };
    let name = if External::is_path(to) { folder.join(&to.value).display().to_string() } else { to.value.clone() };
    External::find(subject, &name, search).map_err(|error| {
        let help = "`driver` is `ours`, the name of a descriptor, or the path of one from the scenario's folder";
        Box::new(ScenarioError::at(to.span, format!("driver `{to}` cannot be rolled out: {error}"), help))
    })
}

/// Why a driver cannot take the place of another in a world that runs: the harness's sidecars are there, or not, from its beginning on.
fn cannot_follow(before: Option<&External>, next: Option<&External>, to: &Spanned<String>) -> Option<ScenarioError> {
    let replaced = |external: Option<&External>| -> BTreeSet<String> {
        external.iter().flat_map(|external| &external.descriptor.replaces).map(ToString::to_string).collect()
    };
    let (before, next) = (replaced(before), replaced(next));
    let different: Vec<&str> = before.symmetric_difference(&next).map(String::as_str).collect();
    (!different.is_empty()).then(|| {
        let message =
            format!("`{to}` cannot follow the driver before it: one of the two brings {} itself, the other does not", different.join(", "));
        ScenarioError::at(to.span, message, "roll out between descriptors that say the same in `replaces`")
    })
}
