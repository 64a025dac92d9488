//! Which of a machine's addresses its Node gets, and in which order.
//!
//! For each configured family: addresses that mean something only on their own link or machine are left out; of the rest,
//! an address in a configured subnet comes first, then one on a configured network, for the internal and for the external
//! side each, never one from the ranges excluded there. Where neither side has one, the first address is both. Addresses
//! that cloud-init was told to set up come before those that the guest has besides.

use std::net::IpAddr;

use k8s_openapi::api::core::v1::NodeAddress;

use crate::config::{Family, NodesConfig, SideConfig};
use crate::metadata;
use crate::vcenter::Machine;

/// Why a machine has no address for its Node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AddressError {
    /// Both networks are configured, and the machine is on neither.
    #[error("{machine} is on none of the configured networks {internal} and {external}, but on {}; correct `nodes`", networks(.found))]
    Networks { machine: String, internal: String, external: String, found: Vec<String> },
    /// A family has no address.
    #[error("{machine} has no {family} address for its node among {}; check the guest's network, `ipFamily` and `nodes`", networks(.found))]
    Family { machine: String, family: &'static str, found: Vec<String> },
}

fn networks(found: &[String]) -> String {
    if found.is_empty() { "none at all".to_owned() } else { found.join(", ") }
}

/// An address and the network that its adapter is on.
struct Candidate<'a> {
    address: IpAddr,
    network: &'a str,
}

/// The addresses of a machine's Node, its name first; `no_local` leaves out what means something only on its own link.
pub(crate) fn addresses(
    machine: &Machine,
    families: &[Family],
    config: &NodesConfig,
    no_local: bool,
) -> Result<Vec<NodeAddress>, AddressError> {
    let cards = machine.cards.iter().filter(|card| card.virtual_hardware);
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    let mut found_networks: Vec<String> = Vec::new();
    for card in cards {
        if !found_networks.contains(&card.network) {
            found_networks.push(card.network.clone());
        }
        let told = card.addresses.iter().filter_map(|text| text.parse().ok());
        candidates
            .extend(told.filter(|address| !no_local || !is_local(*address)).map(|address| Candidate { address, network: &card.network }));
    }
    if let (Some(internal), Some(external)) = (&config.internal.network, &config.external.network) {
        let is_there = |name: &String| found_networks.iter().any(|found| found.eq_ignore_ascii_case(name));
        if !is_there(internal) && !is_there(external) {
            let (machine, internal, external) = (machine.name.clone(), internal.clone(), external.clone());
            return Err(AddressError::Networks { machine, internal, external, found: found_networks });
        }
    }
    let configured = metadata::configured_addresses(machine.metadata.as_ref());
    // A stable sort: the guest's own order stays where cloud-init has said nothing.
    candidates.sort_by_key(|candidate| !configured.contains(&candidate.address));
    let mut addresses = vec![address("Hostname", &machine.host_name)];
    for family in families {
        let of_family: Vec<&Candidate<'_>> = candidates.iter().filter(|candidate| is_of(candidate.address, *family)).collect();
        let (internal, external) = choose(&of_family, config);
        if internal.is_none() && external.is_none() {
            let name = if *family == Family::V4 { "IPv4" } else { "IPv6" };
            let found = candidates.iter().map(|candidate| candidate.address.to_string()).collect();
            return Err(AddressError::Family { machine: machine.name.clone(), family: name, found });
        }
        addresses.extend(internal.map(|chosen| address("InternalIP", &chosen.to_string())));
        addresses.extend(external.map(|chosen| address("ExternalIP", &chosen.to_string())));
    }
    Ok(addresses)
}

fn address(type_: &str, address: &str) -> NodeAddress {
    NodeAddress { type_: type_.to_owned(), address: address.to_owned() }
}

/// The internal and the external address of one family.
fn choose(candidates: &[&Candidate<'_>], config: &NodesConfig) -> (Option<IpAddr>, Option<IpAddr>) {
    let internal = chosen(candidates, &config.internal);
    let external = chosen(candidates, &config.external);
    if internal.is_some() || external.is_some() {
        return (internal, external);
    }
    let first = |side: &SideConfig| allowed(candidates, side).next().map(|candidate| candidate.address);
    (first(&config.internal), first(&config.external))
}

fn chosen(candidates: &[&Candidate<'_>], side: &SideConfig) -> Option<IpAddr> {
    let in_subnet = |candidate: &&Candidate<'_>| side.subnets.iter().any(|subnet| subnet.contains(candidate.address));
    let on_network =
        |candidate: &&Candidate<'_>| side.network.as_ref().is_some_and(|network| candidate.network.eq_ignore_ascii_case(network));
    let found = allowed(candidates, side).find(in_subnet).or_else(|| allowed(candidates, side).find(on_network));
    found.map(|candidate| candidate.address)
}

fn allowed<'a>(candidates: &'a [&'a Candidate<'a>], side: &'a SideConfig) -> impl Iterator<Item = &'a Candidate<'a>> {
    let excluded = |candidate: &Candidate<'_>| side.excluded.iter().any(|range| range.contains(candidate.address));
    candidates.iter().copied().filter(move |candidate| !excluded(candidate))
}

fn is_of(address: IpAddr, family: Family) -> bool {
    address.is_ipv4() == (family == Family::V4)
}

/// Whether an address means nothing to other machines.
fn is_local(address: IpAddr) -> bool {
    let link_local = match address {
        IpAddr::V4(address) => address.is_link_local() || address.is_broadcast(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    link_local || address.is_loopback() || address.is_multicast() || address.is_unspecified()
}

/// What kubelet was told of its node's address (`--node-ip`): it must be among the machine's, and is then the only one
/// of its types. `None` when it is not among them.
pub(crate) fn prefer(provided: &str, addresses: Vec<NodeAddress>) -> Option<Vec<NodeAddress>> {
    let mut kept = Vec::new();
    for wanted in provided.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let wanted: IpAddr = wanted.parse().ok()?;
        let same = |found: &&NodeAddress| found.address.parse() == Ok(wanted);
        let before = kept.len();
        kept.extend(addresses.iter().filter(same).cloned());
        if kept.len() == before {
            return None;
        }
    }
    if kept.is_empty() {
        return Some(addresses);
    }
    let types: Vec<String> = kept.iter().map(|address| address.type_.clone()).collect();
    kept.extend(addresses.into_iter().filter(|address| !types.contains(&address.type_)));
    Some(kept)
}

#[cfg(test)]
mod tests;
