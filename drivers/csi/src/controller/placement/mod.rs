//! Where a new volume may lie: in which vCenter, on which of its datastores, under which policy.
//!
//! The terms of the request are tried in its order (preferred first), each in the vCenters that have its hosts. A term is
//! good when a datastore is mounted by all its hosts, is accessible, is the one that the class names and satisfies the
//! class's policy; where there is none, one that the hosts of the cluster's nodes in the term mount will do, since pods run
//! nowhere else. What stood in the way of each term is kept for the answer: that text is what people see in the claim's
//! events.
//!
//! Without zones a volume goes where all nodes reach it, as upstream has it, and there where every host of the inventory does,
//! if it can: a node that joins later reaches it too.
//!
//! Codes: `ResourceExhausted` has a claim that waits for its first consumer scheduled anew, so it is the answer where
//! another node might do better, a vCenter that is down among several included. Nothing has been sent by then. `Unavailable`
//! has the create repeated as it is, and is kept for the one vCenter, where nothing else can help.

mod common;
mod demand;
mod error;
mod search;
mod site;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use common::{Crowd, Machines};
pub(crate) use demand::{Demand, terms};
pub(crate) use error::PlacementError;
pub(crate) use search::Search;
pub(crate) use site::Target;
