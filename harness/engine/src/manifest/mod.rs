//! Manifests: the Kubernetes objects that a scenario applies, read before the run begins, and what is wrong with them.

mod beforehand;
mod classes;
mod file;
mod implied;
mod kinds;
mod manifests;
mod names;
mod programs;
mod refused;
mod shared;
mod snapshots;

use seatrial_scenario::{Scenario, ScenarioErrors};

use crate::mode::Mode;
use beforehand::Beforehand;

pub use file::ReadFile;
pub(crate) use file::{File, FileError, HOW_TO_SEE, Mark, items, text};
pub(crate) use implied::implied;
pub(crate) use kinds::{Unserved, unserved};
pub use manifests::Manifests;
pub(crate) use shared::file_volume;
pub(crate) use snapshots::uses_snapshots;

/// Checks the objects, and the names that steps have for them.
///
/// # Errors
/// What nothing makes; what the API server would refuse; what names what there is not: each at its place.
pub(crate) fn check(scenario: &Scenario, manifests: &Manifests, mode: &Mode) -> Result<(), ScenarioErrors> {
    let beforehand = Beforehand::of(scenario, mode);
    let mut errors = names::names_nothing(scenario, manifests);
    errors.extend(refused::refused(scenario, manifests, &beforehand));
    errors.extend(classes::nowhere(scenario, manifests, &beforehand));
    errors.extend(programs::unreadable(scenario, manifests));
    if errors.is_empty() { Ok(()) } else { Err(scenario.errors(errors)) }
}
