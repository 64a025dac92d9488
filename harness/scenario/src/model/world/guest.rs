//! What the guest of a node's VM is like: its name, its network adapters, and what its firmware says.

use std::fmt;
use std::net::IpAddr;

use crate::model::lists::members;
use crate::span::Spanned;
use crate::yaml::{Content, Fields, Node, Problems};

/// A network adapter, as VMware Tools tell it.
///
/// ```yaml
/// {network: inside, addresses: [10.0.0.5, "fd00::5"]}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nic {
    /// Its network; the one that every VM is on, when not said.
    pub network: Option<Spanned<String>>,
    /// Its addresses; it may have none yet.
    pub addresses: Vec<Spanned<IpAddr>>,
    /// Whether the guest made it up (a bridge, a tunnel), and it is no card of the VM.
    pub guest_made: bool,
}

/// What kubelet is told of the node's address (`--node-ip`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NodeIp {
    /// When not said: the first that the VM has.
    #[default]
    First,
    /// `none`: nothing.
    Untold,
    /// This one.
    Told(IpAddr),
}

/// How the guest's firmware writes the VM's uuid, which kubelet tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SystemUuid {
    /// `as-written`: as vCenter does.
    #[default]
    AsWritten,
    /// `upper-case`
    UpperCase,
    /// `byte-swapped`: as guests of virtual hardware before version 13 read it, with the bytes of the first three groups turned round.
    ByteSwapped,
}

impl SystemUuid {
    pub(crate) const ALL: [Self; 3] = [Self::AsWritten, Self::UpperCase, Self::ByteSwapped];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::AsWritten => "as-written",
            Self::UpperCase => "upper-case",
            Self::ByteSwapped => "byte-swapped",
        }
    }
}

pub(crate) const NICS_EXAMPLE: &str = "[{network: inside, addresses: [10.0.0.5]}]";

/// Reads a list of adapters, at least one.
pub(crate) fn nics(node: &Node, problems: &mut Problems) -> Option<Vec<Nic>> {
    members(node, "nics", NICS_EXAMPLE, problems, nic)
}

fn nic(node: &Node, problems: &mut Problems) -> Option<Nic> {
    let mut fields = Fields::of(node, "nic", "{network: inside, addresses: [10.0.0.5]}", problems)?;
    let network = fields.maybe("network", problems, |node, problems| node.words("network", "inside", problems));
    let addresses = fields.required("addresses", problems).and_then(|node| addresses(node, problems));
    let guest_made = fields.maybe("guest-made", problems, |node, problems| node.truth("guest-made", problems));
    fields.finish(problems);
    Some(Nic { network: network?, addresses: addresses?, guest_made: guest_made?.unwrap_or_default() })
}

fn addresses(node: &Node, problems: &mut Problems) -> Option<Vec<Spanned<IpAddr>>> {
    let read: Vec<Option<Spanned<IpAddr>>> =
        node.list("addresses", "[10.0.0.5]", problems)?.iter().map(|member| address(member, problems)).collect();
    read.into_iter().collect()
}

/// An address.
pub(crate) fn address(node: &Node, problems: &mut Problems) -> Option<Spanned<IpAddr>> {
    let text = node.words("address", "10.0.0.5", problems)?;
    match text.parse() {
        Ok(address) => Some(Spanned::new(address, text.span)),
        Err(_) => {
            problems.at(text.span, format!("`{}` is no address", text.value), "write one such as `10.0.0.5`, or `\"fd00::5\"` in quotes")
        }
    }
}

/// A guest's name.
pub(crate) fn host_name(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let name = node.words("host-name", "worker-1.example.com", problems)?;
    if name.contains(char::is_whitespace) {
        return problems.at(name.span, format!("`{}` cannot be a host's name", name.value), "names have no blanks");
    }
    Some(name)
}

pub(super) fn node_ip(node: &Node, problems: &mut Problems) -> Option<NodeIp> {
    match &node.content {
        Content::Scalar(text) if text == "none" => Some(NodeIp::Untold),
        _ => address(node, problems).map(|address| NodeIp::Told(address.value)),
    }
}

pub(super) fn system_uuid(node: &Node, problems: &mut Problems) -> Option<SystemUuid> {
    let word = node.words("system-uuid", "byte-swapped", problems)?;
    match SystemUuid::ALL.into_iter().find(|form| form.word() == word.value) {
        Some(form) => Some(form),
        None => problems.unknown(&word, "form", "forms of a uuid", SystemUuid::ALL.map(SystemUuid::word)),
    }
}

impl fmt::Display for Nic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addresses: Vec<String> = self.addresses.iter().map(|address| address.value.to_string()).collect();
        let addresses = if addresses.is_empty() { "no address".to_owned() } else { addresses.join(", ") };
        match &self.network {
            Some(network) => write!(f, "{addresses} on {network}"),
            None => f.write_str(&addresses),
        }
    }
}
