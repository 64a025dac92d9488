//! Where nodes are and where volumes can be reached from, as tags in vCenter say.
//!
//! # How a node learns its zone
//!
//! The node plugin never talks to vCenter. In NodeGetInfo it makes a `CSINodeTopology` object that names its virtual
//! machine, and waits; a task beside the controller's RPCs finds the machine, reads the tags on what its host lies in, and
//! writes the segments into the object's status. Kubelet then puts them on CSINode and Node. This is upstream's way, with
//! upstream's object.
//!
//! # Which tag counts
//!
//! Tags are looked for on the host and on what it lies in, up to the root; of two tags of one category on two of them the
//! outer one counts, as upstream has it. Tags on the machine itself, on its folder or its resource pool do not count: what
//! decides whether a volume can be reached is the host. Several tags of one category on one object, or none on any, are
//! told in the object's status and in an event, with what to do about it.
//!
//! # What it costs
//!
//! Hosts and their tags are read together and kept for five minutes ([`TopologyViews`]); what is not found in a view that was
//! kept has the view read anew once. Datastores are read for each create, because room and reachability change.

mod fill;
mod resource;
mod segments;
#[cfg(test)]
pub(crate) mod tests;
mod view;
mod views;
mod wait;

pub(crate) use fill::Filler;
pub(crate) use resource::ensure_resource;
pub(crate) use segments::{Segments, show};
pub(crate) use view::TopologyView;
pub(crate) use views::{KEPT, RECENT, TopologyViews};
pub(crate) use wait::NodeTopology;
