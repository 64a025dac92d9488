//! Which volumes somebody has attached behind the drivers' backs.
//!
//! The journal says so by the cause of the VM's change. A driver is not to blame for such a disk, but must not leave it
//! where it is for ever, and cannot delete a volume that hangs on a VM by it.

use std::collections::BTreeSet;

use seatrial_journal::ChangeKind;

use crate::attach_truth::volumes_in;
use crate::homes::MACHINES;
use crate::moment::Moment;

/// The cause of a change that an administrator made by hand.
const CAUSE: &str = "attach-by-hand";

/// Volumes that hang on a VM by an administrator's hand, as (vCenter, volume, VM).
#[derive(Default)]
pub(crate) struct ByHand(BTreeSet<(String, String, String)>);

impl ByHand {
    pub(crate) fn on(&mut self, moment: &Moment) {
        let Some((change, machine)) = moment.vcenter(MACHINES) else { return };
        if change.kind == ChangeKind::Changed && change.cause.as_deref() == Some(CAUSE) {
            let volumes = volumes_in(&change.patch).map(|volume| (change.store.clone(), volume.to_owned(), machine.to_owned()));
            self.0.extend(volumes);
        } else if !self.0.is_empty() {
            let seen = moment.view.get(&change.store, &change.object);
            let holds = |volume: &str| seen.is_some_and(|seen| volumes_in(&seen.state).any(|held| held == volume));
            self.0.retain(|(vcenter, volume, vm)| *vcenter != change.store || vm != machine || holds(volume));
        }
    }

    /// Whether somebody has attached the volume to this VM.
    pub(crate) fn attached(&self, vcenter: &str, volume: &str, machine: &str) -> bool {
        self.0.contains(&(vcenter.to_owned(), volume.to_owned(), machine.to_owned()))
    }

    /// Whether somebody has attached the volume anywhere.
    pub(crate) fn holds(&self, vcenter: &str, volume: &str) -> bool {
        self.0.iter().any(|(store, held, _)| store == vcenter && held == volume)
    }
}
