//! Invariants over the journal, one file each.
//!
//! An oracle is a fold: it is shown every entry in order, is told when the world has settled, and says what did not
//! hold. It sees nothing but the journal, so whatever it says of a live run it says of a recording, too.
//!
//! What changed between two entries is folded once, by the [`OracleSet`], and shown to all of them.
//!
//! | Oracle | When | What |
//! | --- | --- | --- |
//! | `orphans` | settled | no volume without an owner, no owner without a volume |
//! | `one-volume-per-claim` | always | at most one volume for a claim |
//! | `attach-truth` | settled | Kubernetes, vCenter and the VM's hardware agree on what is attached |
//! | `double-attach` | always | a volume for one writer is a disk of one running VM |
//! | `data-kept` | always | nothing that somebody owns is lost |
//! | `kept-when-found` | always | a driver that finds the volume of an earlier attempt does not delete it |
//! | `snapshots-agree` | settled | Kubernetes and vCenter know of the same snapshots |
//! | `restored-bytes` | always | a volume of a snapshot holds what was written by then |
//! | `released` | within 10 min | a released volume with policy Delete is gone |
//! | `reachable` | settled | volumes can be attached where their pods may run |
//! | `offered` | always | CNS is offered datastores of the zones that were asked for only |
//! | `sizes-agree` | settled | claim, PersistentVolume, volume, disk and file system are equally large |
//! | `policies` | settled | a volume carries the storage policy that its class names |
//! | `space-adds-up` | settled | what is free on a datastore and what its volumes take are its capacity |
//! | `keys` | always, settled | nothing in clear that must not be; keys as asked |
//! | `node-deletion` | always | no program deletes a Node whose VM exists |
//! | `addresses-kept` | always | no program takes the last address off a Node whose VM exists |
//! | `node-gone` | within 5 min | a Node whose VM is gone goes |
//! | `sessions-bounded` | always | no sessions left behind |
//! | `logins-bounded` | always | no account refused so often that it is locked |
//! | `tried-again` | within 7 min | what was asked for in vain is asked for again |
//! | `steady-state` | at rest | no write but heartbeats |
//! | `secrets` | always | no password, no session key in the open |
//! | `zones-differ` | settled | a finding: CCM, CSI and the tags disagree on a node's zone |
//!
//! Not judged yet: RWX volumes, unbounded retries, whether a pod that could run runs.

mod addresses_kept;
mod affinity;
mod asks;
mod attach_truth;
mod by_hand;
mod data_kept;
mod double_attach;
mod findings;
mod heartbeats;
mod homes;
mod kept_when_found;
mod keys;
mod labels;
mod logins;
mod moment;
mod node_deletion;
mod node_gone;
mod offered;
mod one_volume_per_claim;
mod oracle;
mod oracle_set;
mod orphans;
mod policies;
mod reachable;
mod released;
mod restored;
mod retained;
mod secrets;
mod sessions;
mod shut_out;
mod sizes;
mod sizes_agree;
mod snapshots;
mod space_adds_up;
mod steady_state;
mod tried_again;
mod view;
mod words;
mod zones_differ;

pub use addresses_kept::AddressesKept;
pub use asks::Asks;
pub use attach_truth::AttachTruth;
pub use data_kept::DataKept;
pub use double_attach::DoubleAttach;
pub use heartbeats::{Heartbeats, Routine};
pub use kept_when_found::KeptWhenFound;
pub use keys::{KEY_PROVIDER, Keys, RECRYPT_BEFORE_ATTACH};
pub use labels::{Labels, Meaning};
pub use logins::{LoginsBounded, REFUSALS_LOCK, REFUSALS_WITHIN};
pub use moment::{Calm, Moment};
pub use node_deletion::NodeDeletion;
pub use node_gone::{NODE_OUTLIVES_VM, NodeGone};
pub use offered::Offered;
pub use one_volume_per_claim::OneVolumePerClaim;
pub use oracle::{DRIVER, Oracle, Severity, Violation, When};
pub use oracle_set::OracleSet;
pub use orphans::Orphans;
pub use policies::Policies;
pub use reachable::Reachable;
pub use released::{Released, VOLUME_OUTLIVES_CLAIM};
pub use restored::RestoredBytes;
pub use secrets::SecretsKept;
pub use sessions::{SESSIONS_MAX, SessionsBounded};
pub use sizes::{Sizes, disk_of_claim};
pub use sizes_agree::SizesAgree;
pub use snapshots::SnapshotsAgree;
pub use space_adds_up::SpaceAddsUp;
pub use steady_state::SteadyState;
pub use tried_again::TriedAgain;
pub use view::{Seen, View};
pub use zones_differ::ZonesDiffer;

/// All oracles of a world in which labels mean this, in the order of reports.
pub fn all(labels: &Labels) -> Vec<Box<dyn Oracle>> {
    vec![
        Box::new(Orphans::default()),
        Box::new(OneVolumePerClaim::default()),
        Box::new(AttachTruth::default()),
        Box::new(DoubleAttach::default()),
        Box::new(DataKept::default()),
        Box::new(KeptWhenFound::default()),
        Box::new(SnapshotsAgree::default()),
        Box::new(RestoredBytes::default()),
        Box::new(Released::default()),
        Box::new(Reachable::new(labels)),
        Box::new(Offered::new(labels)),
        Box::new(SizesAgree::default()),
        Box::new(Policies::default()),
        Box::new(SpaceAddsUp::default()),
        Box::new(Keys::default()),
        Box::new(NodeDeletion::default()),
        Box::new(AddressesKept::default()),
        Box::new(NodeGone::default()),
        Box::new(SessionsBounded::default()),
        Box::new(LoginsBounded::default()),
        Box::new(TriedAgain::default()),
        Box::new(SteadyState::default()),
        Box::new(ZonesDiffer::new(labels)),
        Box::new(SecretsKept::default()),
    ]
}
