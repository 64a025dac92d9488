//! How large a claim, its volume and what lies on it are.

use seatrial_oracle::{Sizes, View};
use seatrial_scenario::{ExpectSizes, Size, SizedPart};

use crate::steps::StepFailure;

/// Looks at each size that is expected.
pub(super) fn expect(view: &View, step: &ExpectSizes) -> Result<(), StepFailure> {
    let claim = format!("default/{}", step.of);
    let Some(sizes) = Sizes::of_claim(view, &claim) else {
        return Err(StepFailure::new(format!("claim {} is not there, or not bound to a volume", step.of)));
    };
    let mut wrong = Vec::new();
    for (part, wanted) in &step.sizes {
        for (name, found) in found(&sizes, *part) {
            match found {
                Some(found) if found == wanted.bytes => {}
                Some(found) => wrong.push(format!("its {name} has {} instead of {wanted}", Size::of(found))),
                None => wrong.push(format!("there is no {name} of it to be {wanted}")),
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(StepFailure::new(format!("claim {}: {}", step.of, wrong.join(", and ")))) }
}

/// What is meant by a part, and its size.
fn found(sizes: &Sizes, part: SizedPart) -> Vec<(&'static str, Option<u64>)> {
    let all = [
        (SizedPart::Claim, "claim", sizes.claim),
        (SizedPart::PersistentVolume, "PersistentVolume", sizes.persistent_volume),
        (SizedPart::Disk, "disk", sizes.disk),
        (SizedPart::Filesystem, "file system", sizes.filesystem),
        (SizedPart::Device, "device", sizes.device),
    ];
    let lies_on_it = |part| matches!(part, SizedPart::Filesystem | SizedPart::Device);
    let meant = |(known, _, size): &(SizedPart, &str, Option<u64>)| match part {
        SizedPart::All => size.is_some() || !lies_on_it(*known),
        part => *known == part,
    };
    all.iter().filter(|one| meant(one)).map(|(_, name, size)| (*name, *size)).collect()
}
