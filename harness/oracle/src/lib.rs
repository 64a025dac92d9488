//! Invariants over the journal, one file each.
//!
//! An oracle is a fold: it is shown every entry in order, is told when the world has settled, and says what did not
//! hold. It sees nothing but the journal, so whatever it says of a live run it says of a recording, too.
//!
//! Not judged yet: zones, policies and keys, RWX volumes, snapshots, secrets in logs, unbounded retries.

mod attach_truth;
mod bench;
mod data_kept;
mod findings;
mod heartbeats;
mod one_volume_per_claim;
mod orphans;
mod sessions;
mod view;

pub use attach_truth::AttachTruth;
pub use bench::Bench;
pub use data_kept::DataKept;
pub use heartbeats::Heartbeats;
pub use one_volume_per_claim::OneVolumePerClaim;
pub use orphans::Orphans;
pub use sessions::SessionsBounded;
pub use view::{Seen, View};

use seatrial_journal::Entry;

/// The CSI driver's name in Kubernetes, whose volumes are judged.
pub const DRIVER: &str = "csi.vsphere.vmware.com";

/// When an invariant must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At every moment.
    Always,
    /// When the world has settled: faults healed, processes up, nothing on its way, no write but heartbeats.
    Settled,
}

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// Which oracle says so.
    pub oracle: String,
    /// What is wrong, in a maintainer's words.
    pub message: String,
    /// Sequence numbers of the entries that show it, in order.
    pub entries: Vec<u64>,
}

/// An invariant.
pub trait Oracle: Send {
    /// Its name in reports.
    fn name(&self) -> &'static str;

    /// When it must hold.
    fn when(&self) -> When;

    /// The next entry of the journal.
    fn on(&mut self, entry: &Entry);

    /// The world has settled, as of the entries seen so far.
    fn settled(&mut self) {}

    /// What did not hold so far, each thing once.
    fn findings(&self) -> Vec<Violation>;
}

/// All oracles, in the order of reports.
pub fn all() -> Vec<Box<dyn Oracle>> {
    vec![
        Box::new(Orphans::default()),
        Box::new(OneVolumePerClaim::default()),
        Box::new(AttachTruth::default()),
        Box::new(DataKept::default()),
        Box::new(SessionsBounded::default()),
    ]
}
