//! The record of an adapter that a guest tells of.

/// A network adapter as VMware Tools tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestAdapter {
    /// The network's name.
    pub network: String,
    /// Its addresses.
    pub addresses: Vec<String>,
    /// Whether it is one of the machine's own cards, and not one that the guest made up: a bridge, a tunnel.
    pub hardware: bool,
}
