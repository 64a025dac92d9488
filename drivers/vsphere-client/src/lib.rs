//! A client of vCenter: sessions, property reads, task waits, CNS, storage policies, keys, tags.
//!
//! It speaks SOAP over any [`driver_host::HttpService`], so what belongs to HTTP lives here and not in the service:
//! the session's cookie, what a status means, time limits, and retries with a seeded jitter. Only calls that cannot
//! have had an effect are repeated: reads after 502 and 503, and any call once after a new login.
//!
//! Not modelled: login by token or certificate, the lookup service, and of VSLM all but finding a disk.

mod calls;
mod client;
mod cns;
mod cns_growth;
mod cns_snapshots;
mod compute;
mod crypto;
mod disks;
mod error;
mod inventory;
mod listener;
mod logins;
mod machine;
mod options;
mod policies;
mod privileges;
mod properties;
mod rest;
mod session;
mod tags;
mod tasks;
mod transport;
mod traversal;

pub use client::VsphereClient;
pub use cns::{attached_disk, created_volume, volume_result};
pub use cns_snapshots::{found_snapshots, taken_snapshot};
pub use compute::HostFacts;
pub use crypto::fresh_key;
pub use error::ClientError;
pub use inventory::Datastore;
pub use machine::MachineFacts;
pub use options::{ClientOptions, Credentials, Random, Renew, Report, RetryBudget, Spawn};
pub use privileges::{describe, describe_fault};
pub use properties::{ObjectProperties, Properties};
pub use rest::RestClient;
pub use tags::Tag;
pub use traversal::step;
