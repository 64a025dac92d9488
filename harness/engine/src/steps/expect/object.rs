//! Parts of a Kubernetes object.

use seatrial_oracle::View;
use seatrial_scenario::ExpectObject;

use crate::steps::StepFailure;

/// Looks at each part that the step names; all that is wrong is told at once.
pub(super) fn expect(view: &View, step: &ExpectObject) -> Result<(), StepFailure> {
    let Some(object) = view.get("kubernetes", &step.object.path()) else {
        return Err(StepFailure::new(format!("there is no {}", step.object)));
    };
    let mut wrong = Vec::new();
    for (pointer, wanted) in &step.has {
        let found = object.state.pointer(pointer);
        if !wanted.holds(found) {
            let found = found.map_or_else(|| "absent".to_owned(), ToString::to_string);
            wrong.push(format!("{pointer} is {found} instead of {}", wanted.value));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(StepFailure::new(format!("{}: {}", step.object, wrong.join(", ")))) }
}
