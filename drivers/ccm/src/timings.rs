//! How often, and how patiently.

use std::time::Duration;

use driver_host::BackoffLimits;

/// The controller's times; the default is upstream's where upstream has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timings {
    /// Between two looks at the nodes that are not ready (`--node-monitor-period`).
    pub node_monitor: Duration,
    /// Between two reads of all nodes' addresses (`--node-status-update-frequency`).
    pub address_refresh: Duration,
    /// A node that could not be initialised is tried again.
    pub node_retry: BackoffLimits,
    /// A vCenter that did not answer is asked again.
    pub vcenter_retry: BackoffLimits,
    /// After a vCenter has refused the account, it is looked whether there is another by now. The same one is not tried
    /// again so soon, lest it be locked: the client sees to that.
    pub login_retry: BackoffLimits,
    /// How long one call to a vCenter may take.
    pub call: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            node_monitor: seconds(5),
            address_refresh: seconds(300),
            node_retry: BackoffLimits::seconds(1, 60),
            vcenter_retry: BackoffLimits::seconds(2, 60),
            login_retry: BackoffLimits::seconds(5, 30),
            call: seconds(30),
        }
    }
}
