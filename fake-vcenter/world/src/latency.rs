//! How long tasks take.
//!
//! The ranges follow what was measured on real vCenters with one client at work; a vCenter under load takes longer,
//! which is had by [`LatencyProfile::scaled`]. Draws are even over the range; real distributions have a tail.

use std::time::Duration;

use seatrial_seed::Generator;

/// From the shortest to the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The shortest.
    pub low: Duration,
    /// The longest.
    pub high: Duration,
}

impl Range {
    /// A range of milliseconds.
    pub const fn milliseconds(low: u64, high: u64) -> Self {
        Self { low: Duration::from_millis(low), high: Duration::from_millis(high) }
    }

    /// One draw.
    pub fn draw(self, generator: &mut Generator) -> Duration {
        generator.between(self.low, self.high)
    }

    fn scaled(self, numerator: u32, denominator: u32) -> Self {
        let denominator = denominator.max(1);
        Self { low: self.low * numerator / denominator, high: self.high * numerator / denominator }
    }
}

/// The durations of each kind of task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatencyProfile {
    /// From a task's creation to its start.
    pub queue: Range,
    /// CnsCreateVolume.
    pub create: Range,
    /// CnsDeleteVolume.
    pub delete: Range,
    /// CnsAttachVolume.
    pub attach: Range,
    /// CnsDetachVolume.
    pub detach: Range,
    /// CnsQueryAsync.
    pub query: Range,
    /// CnsCreateSnapshots, CnsDeleteSnapshots.
    pub snapshot: Range,
    /// CnsUpdateVolumeMetadata.
    pub metadata: Range,
    /// CnsExtendVolume.
    pub extend: Range,
    /// Powering a VM on or off, or deleting it.
    pub power: Range,
    /// Reconfiguring a VM.
    pub reconfigure: Range,
    /// Changing the key of a volume that is not attached, without writing its data anew.
    pub recrypt: Range,
    /// From a host's failure until vCenter knows.
    pub failure_detection: Range,
    /// From a host's failure until HA has restarted a machine elsewhere, guest not yet booted (unverified).
    pub ha_restart: Range,
}

impl Default for LatencyProfile {
    fn default() -> Self {
        Self {
            queue: Range::milliseconds(10, 31),
            create: Range::milliseconds(400, 3_500),
            delete: Range::milliseconds(300, 2_500),
            attach: Range::milliseconds(1_000, 7_000),
            detach: Range::milliseconds(800, 5_000),
            query: Range::milliseconds(50, 400),
            snapshot: Range::milliseconds(5_000, 21_000),
            metadata: Range::milliseconds(200, 1_000),
            extend: Range::milliseconds(2_000, 6_000),
            power: Range::milliseconds(700, 3_000),
            reconfigure: Range::milliseconds(800, 4_000),
            recrypt: Range::milliseconds(3_000, 5_000),
            failure_detection: Range::milliseconds(15_000, 18_000),
            ha_restart: Range::milliseconds(60_000, 180_000),
        }
    }
}

impl LatencyProfile {
    /// The same profile, `numerator / denominator` times as long.
    #[must_use]
    pub fn scaled(&self, numerator: u32, denominator: u32) -> Self {
        let scale = |range: Range| range.scaled(numerator, denominator);
        Self {
            queue: scale(self.queue),
            create: scale(self.create),
            delete: scale(self.delete),
            attach: scale(self.attach),
            detach: scale(self.detach),
            query: scale(self.query),
            snapshot: scale(self.snapshot),
            metadata: scale(self.metadata),
            extend: scale(self.extend),
            power: scale(self.power),
            reconfigure: scale(self.reconfigure),
            recrypt: scale(self.recrypt),
            failure_detection: scale(self.failure_detection),
            ha_restart: scale(self.ha_restart),
        }
    }
}
