//! The policy service (SPBM): storage policies, and which datastores satisfy them.
//!
//! Modelled: policies as rules that are judged whenever somebody asks: a tag rule by the tags that the datastore carries
//! now, the encryption rule as one of the hosts, which every datastore satisfies, vSAN rules by the kind of datastore.
//! Alternatives within a policy; its application to volumes; compliance, derived from the same rules; the policies that
//! every vCenter has. Not modelled: making and changing policies by clients, capability metadata, vendors' capabilities,
//! replication, storage pods as hubs, data services but encryption.
//! A client could notice that a change of tags is known to the policy service at once, without the delay of the real one,
//! and that compliance needs no check to be up to date.

mod associations;
mod builtin;
mod compliance;
mod constraints;
mod judge;
mod placement;
mod profiles;
mod service;

pub use builtin::{VSAN_DEFAULT_POLICY, add_policies};
pub use compliance::status;
pub use judge::{incompatible, wants_encryption};
