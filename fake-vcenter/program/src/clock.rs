//! The wall clock, read once: from then on time goes at the pace of the runtime's clock, so that it never goes back.

use jiff::Timestamp;
use seatrial_journal::Elapsed;
use seatrial_seed::Clock;
use tokio::time::Instant;

/// The clock of a vCenter that others than our own programs talk to.
pub struct WallClock {
    began: Timestamp,
    start: Instant,
}

impl WallClock {
    /// A clock that begins now.
    pub fn start() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "clients compare this vCenter's calendar with their own; nothing here runs in virtual time"
        )]
        let began = Timestamp::now();
        Self { began, start: Instant::now() }
    }
}

impl Clock for WallClock {
    fn elapsed(&self) -> Elapsed {
        self.start.elapsed().into()
    }

    fn calendar(&self) -> Timestamp {
        self.began + self.start.elapsed()
    }
}
