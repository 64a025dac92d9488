//! Who sets the pace of a live world: slow where drivers are at work, fast where nothing happens but waiting.
//!
//! Six minutes until a volume may be detached by force, or three of quiet until the world counts as settled, need not take
//! a driver's time: nobody asks it anything. As soon as anything but a heartbeat is seen, or a call is on its way, the
//! world goes at its own pace again.

use std::time::Duration;

use seatrial_wires::{Pace, Throttle};

use crate::world::WorldHandle;

/// How many times as fast as the wall a calm world runs.
pub(crate) const CALM: u32 = 150;
/// How long nothing but heartbeats must have been seen until the world is calm.
const CALM_AFTER: Duration = Duration::from_secs(10);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(500);

/// Sets the pace of one world.
pub(crate) struct Helmsman {
    pub(crate) world: WorldHandle,
    pub(crate) throttle: Throttle,
    /// The pace where drivers are at work.
    pub(crate) pace: Pace,
    /// The pace where they are not.
    pub(crate) calm: Pace,
}

impl Helmsman {
    /// Looks and sets, for as long as the world lasts.
    pub(crate) async fn steer(self) {
        let clock = self.world.network.clock();
        loop {
            let since = clock.elapsed().duration().saturating_sub(self.world.activity.last().duration());
            let calm = since >= CALM_AFTER && !self.world.is_busy();
            self.throttle.set(if calm { self.calm } else { self.pace });
            tokio::time::sleep(LOOK).await;
        }
    }
}
