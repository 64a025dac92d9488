//! How often, and how patiently.

use std::time::Duration;

/// Delays that double from `first` to `longest`; a random half of each is waited less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The first delay.
    pub first: Duration,
    /// What it does not grow beyond.
    pub longest: Duration,
}

impl Backoff {
    /// The delay after this many failures before; `random` is any number.
    pub(crate) fn delay(self, failures: u32, random: u64) -> Duration {
        let whole = self.first.saturating_mul(2_u32.saturating_pow(failures)).min(self.longest);
        let half = whole / 2;
        let millis = u64::try_from(half.as_millis()).unwrap_or(u64::MAX);
        half + Duration::from_millis(random % millis.saturating_add(1))
    }
}

/// The controller's times; the default is upstream's where upstream has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timings {
    /// Between two looks at the nodes that are not ready (`--node-monitor-period`).
    pub node_monitor: Duration,
    /// Between two reads of all nodes' addresses (`--node-status-update-frequency`).
    pub address_refresh: Duration,
    /// A node that could not be initialised is tried again.
    pub node_retry: Backoff,
    /// A vCenter that did not answer is asked again.
    pub vcenter_retry: Backoff,
    /// After a vCenter has refused the account, it is looked whether there is another by now. The same one is not tried
    /// again so soon, lest it be locked: the client sees to that.
    pub login_retry: Backoff,
    /// How long one call to a vCenter may take.
    pub call: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            node_monitor: seconds(5),
            address_refresh: seconds(300),
            node_retry: Backoff { first: seconds(1), longest: seconds(60) },
            vcenter_retry: Backoff { first: seconds(2), longest: seconds(60) },
            login_retry: Backoff { first: seconds(5), longest: seconds(30) },
            call: seconds(30),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_doubles_up_to_its_limit_and_is_never_less_than_half() {
        let backoff = Backoff { first: Duration::from_secs(2), longest: Duration::from_secs(10) };
        let least: Vec<u64> = (0..5).map(|failures| backoff.delay(failures, 0).as_secs()).collect();
        assert_eq!(least, [1, 2, 4, 5, 5]);
        let most = (0..5).map(|failures| backoff.delay(failures, u64::from(1_000_u32 << failures)));
        assert!(most.into_iter().all(|delay| delay <= Duration::from_secs(10)));
        assert!(backoff.delay(u32::MAX, u64::MAX) <= Duration::from_secs(10));
    }
}
