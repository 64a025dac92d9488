//! What can fail and be healed again: hosts, zones, vCenters and their services, networks, kubelets, processes.

use std::fmt;

use crate::error::ScenarioError;
use crate::span::{Span, Spanned};
use crate::yaml::{Fields, Node, Problems};

/// Something that `fail` takes away and `heal` brings back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `{host-of: worker-1}`: the ESXi host that the node's VM is on at that moment, with all VMs on it.
    HostOf(Spanned<String>),
    /// `{maintenance-of: worker-1}`: that host is in maintenance mode; what ran on it has moved to other hosts of its cluster.
    MaintenanceOf(Spanned<String>),
    /// `{mount: shared, host-of: worker-1}`: that host does not mount a datastore any more.
    Mount {
        /// Which datastore.
        datastore: Spanned<String>,
        /// The node whose host it is.
        node: Spanned<String>,
    },
    /// `{zone: zone-a}`: all hosts of the clusters that lie in the zone.
    Zone(Spanned<String>),
    /// `{vcenter: vc-a}`: the whole appliance; hosts and VMs go on.
    VCenter(Spanned<String>),
    /// `{service: cns, vcenter: vc-a}`: one service of the appliance.
    Service {
        /// Which.
        service: Spanned<Service>,
        /// Whose.
        vcenter: Spanned<String>,
    },
    /// `{key-provider: kp-1, vcenter: vc-a}`: a key provider cannot be reached.
    KeyProvider {
        /// Which.
        provider: Spanned<String>,
        /// Whose.
        vcenter: Spanned<String>,
    },
    /// `{datastore: vsan-a, vcenter: vc-a}`: a datastore cannot be reached by any host.
    Datastore {
        /// Which.
        datastore: Spanned<String>,
        /// Whose.
        vcenter: Spanned<String>,
    },
    /// `{space-on: vsan-a, vcenter: vc-a}`: something else has taken all that is free on a datastore.
    SpaceOn {
        /// Which.
        datastore: Spanned<String>,
        /// Whose.
        vcenter: Spanned<String>,
    },
    /// `{network-of: worker-1}`: the node's kubelet and node plugin cannot reach the API server; the VM lives.
    NetworkOf(Spanned<String>),
    /// `{network-from: csi-controller, vcenter: vc-a}`: a process cannot reach a vCenter; both live, and others reach it.
    NetworkFrom {
        /// Who cannot.
        process: Spanned<String>,
        /// Whom.
        vcenter: Spanned<String>,
    },
    /// `{kubelet: worker-1}`: the node's kubelet stops; its pods and mounts stay.
    Kubelet(Spanned<String>),
    /// `{sessions: vc-a}`: all sessions of a vCenter end. There is nothing to heal.
    Sessions(Spanned<String>),
    /// `{tasks-of-cns: vc-a}`: whatever CNS works on fails, as when it is started anew. There is nothing to heal.
    TasksOfCns(Spanned<String>),
    /// `{password: vc-a}`: the account of the drivers has another password than they are told, and its sessions have ended.
    Password(Spanned<String>),
    /// `{guest-tools: worker-1}`: the VM's guest tools stop, so vCenter knows neither its name nor its addresses.
    GuestTools(Spanned<String>),
    /// `{process: csi-controller}`: a process stays down until it is healed.
    Process(Spanned<String>),
}

/// A service of a vCenter appliance that can stop alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// `vpxd`: the inventory, sessions and tasks.
    Vpxd,
    /// `cns`: cloud native storage (vsan-health).
    Cns,
    /// `sps`: storage policies.
    Sps,
    /// `vapi`: REST, with it tags.
    Vapi,
}

impl Service {
    /// All services.
    pub const ALL: [Self; 4] = [Self::Vpxd, Self::Cns, Self::Sps, Self::Vapi];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::Vpxd => "vpxd",
            Self::Cns => "cns",
            Self::Sps => "sps",
            Self::Vapi => "vapi",
        }
    }
}

impl Target {
    /// Whether it can be brought back: sessions that have ended cannot, nor tasks that have failed.
    pub fn can_heal(&self) -> bool {
        !matches!(self, Self::Sessions(_) | Self::TasksOfCns(_))
    }

    /// The node that it is named by.
    pub fn node(&self) -> Option<&str> {
        match self {
            Self::HostOf(node)
            | Self::MaintenanceOf(node)
            | Self::Mount { node, .. }
            | Self::NetworkOf(node)
            | Self::Kubelet(node)
            | Self::GuestTools(node) => Some(&node.value),
            _ => None,
        }
    }

    /// Where its name stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Service { service, .. } => service.span,
            Self::KeyProvider { provider: name, .. }
            | Self::Datastore { datastore: name, .. }
            | Self::SpaceOn { datastore: name, .. }
            | Self::NetworkFrom { process: name, .. }
            | Self::HostOf(name)
            | Self::MaintenanceOf(name)
            | Self::Mount { datastore: name, .. }
            | Self::TasksOfCns(name)
            | Self::Zone(name)
            | Self::VCenter(name)
            | Self::NetworkOf(name)
            | Self::Kubelet(name)
            | Self::Sessions(name)
            | Self::Password(name)
            | Self::GuestTools(name)
            | Self::Process(name) => name.span,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HostOf(node) => write!(f, "the host of {node}"),
            Self::MaintenanceOf(node) => write!(f, "the host of {node}, for maintenance,"),
            Self::Mount { datastore, node } => write!(f, "datastore {datastore} at the host of {node}"),
            Self::Zone(zone) => write!(f, "zone {zone}"),
            Self::VCenter(vcenter) => write!(f, "vCenter {vcenter}"),
            Self::Service { service, vcenter } => write!(f, "service {} of {vcenter}", service.word()),
            Self::KeyProvider { provider, vcenter } => write!(f, "key provider {provider} of {vcenter}"),
            Self::Datastore { datastore, vcenter } => write!(f, "datastore {datastore} of {vcenter}"),
            Self::SpaceOn { datastore, vcenter } => write!(f, "the free space on {datastore} of {vcenter}"),
            Self::NetworkFrom { process, vcenter } => write!(f, "the network from {process} to {vcenter}"),
            Self::NetworkOf(node) => write!(f, "the network of {node}"),
            Self::Kubelet(node) => write!(f, "the kubelet of {node}"),
            Self::Sessions(vcenter) => write!(f, "the sessions of {vcenter}"),
            Self::TasksOfCns(vcenter) => write!(f, "the tasks of CNS at {vcenter}"),
            Self::Password(vcenter) => write!(f, "the password of the drivers at {vcenter}"),
            Self::GuestTools(node) => write!(f, "the guest tools of {node}"),
            Self::Process(process) => write!(f, "process {process}"),
        }
    }
}

pub(crate) const EXAMPLE: &str = "{host-of: worker-1}";

/// Targets that belong to a vCenter, which stands beside them.
pub(crate) const OWNED: [&str; 5] = ["service", "key-provider", "datastore", "space-on", "network-from"];

/// A datastore at the host of a node, which stands beside it.
pub(crate) const MOUNT: &str = "mount";
/// The host that a node's VM is on.
pub(crate) const HOST_OF: &str = "host-of";

/// The keys of targets. `vcenter` alone is a target; beside one of [`OWNED`] it says whose.
pub(crate) const WORDS: [&str; 17] = [
    "host-of",
    "maintenance-of",
    "mount",
    "zone",
    "service",
    "key-provider",
    "datastore",
    "space-on",
    "network-from",
    "network-of",
    "kubelet",
    "sessions",
    "tasks-of-cns",
    "password",
    "guest-tools",
    "process",
    "vcenter",
];

pub(crate) fn decode(node: &Node, what: &'static str, problems: &mut Problems) -> Option<Target> {
    let mut fields = Fields::of(node, what, EXAMPLE, problems)?;
    let mut things: Vec<(&'static str, &Node)> = Vec::new();
    for word in WORDS {
        things.extend(fields.optional(word).map(|value| (word, value)));
    }
    let nothing = things.is_empty() && node.map(what, EXAMPLE, problems)?.is_empty();
    fields.finish(problems);
    if let Some(mount) = things.iter().find(|(word, _)| *word == MOUNT).map(|(_, value)| *value) {
        return mounted(mount, &things, what, problems);
    }
    let owner = things.iter().find(|(word, _)| *word == "vcenter").map(|(_, value)| *value);
    things.retain(|(word, _)| *word != "vcenter");
    match (things.as_slice(), owner) {
        ([], Some(vcenter)) => vcenter.words("vcenter", "vc-a", problems).map(Target::VCenter),
        ([], None) if nothing => problems.at(node.span, format!("`{what}` names nothing"), format!("write it like this: {EXAMPLE}")),
        ([], None) => None,
        ([(word, value)], owner) if OWNED.contains(word) => owned(word, value, owner, problems),
        ([(word, value)], None) => alone(word, value, problems),
        ([(first, _)], Some(second)) => two(first, "vcenter", second, what, problems),
        ([(first, _), (second, value), ..], _) => two(first, second, value, what, problems),
    }
}

/// A datastore at the host of a node, which stands beside it.
fn mounted(mount: &Node, things: &[(&'static str, &Node)], what: &str, problems: &mut Problems) -> Option<Target> {
    if let Some((word, value)) = things.iter().find(|(word, _)| ![MOUNT, HOST_OF].contains(word)) {
        return two(MOUNT, word, value, what, problems);
    }
    let datastore = mount.words(MOUNT, example(MOUNT), problems);
    let Some((_, host)) = things.iter().find(|(word, _)| *word == HOST_OF) else {
        return problems.at(mount.span, "`mount` does not say at which host", "add `host-of:` beside it, with a node whose VM is on it");
    };
    let node = host.words(HOST_OF, example(HOST_OF), problems);
    Some(Target::Mount { datastore: datastore?, node: node? })
}

fn two(first: &str, second: &str, place: &Node, what: &str, problems: &mut Problems) -> Option<Target> {
    problems.at(place.span, format!("`{first}` and `{second}` are two things: `{what}` takes one"), format!("write a `{what}` for each"))
}

fn alone(word: &str, value: &Node, problems: &mut Problems) -> Option<Target> {
    let name = value.words(word, example(word), problems)?;
    Some(match word {
        "host-of" => Target::HostOf(name),
        "zone" => Target::Zone(name),
        "network-of" => Target::NetworkOf(name),
        "kubelet" => Target::Kubelet(name),
        "maintenance-of" => Target::MaintenanceOf(name),
        "sessions" => Target::Sessions(name),
        "tasks-of-cns" => Target::TasksOfCns(name),
        "password" => Target::Password(name),
        "guest-tools" => Target::GuestTools(name),
        _ => Target::Process(name),
    })
}

/// What belongs to a vCenter.
fn owned(word: &str, value: &Node, owner: Option<&Node>, problems: &mut Problems) -> Option<Target> {
    let name = value.words(word, example(word), problems);
    let vcenter = match owner {
        Some(owner) => owner.words("vcenter", "vc-a", problems),
        None => problems.at(value.span, format!("`{word}` does not say whose"), "add `vcenter:` beside it"),
    };
    let name = name?;
    if word == "service" {
        let Some(service) = Service::ALL.into_iter().find(|service| service.word() == name.value) else {
            return problems.unknown(&name, "service", "services of a vCenter", Service::ALL.map(Service::word));
        };
        return Some(Target::Service { service: name.map(|_| service), vcenter: vcenter? });
    }
    let vcenter = vcenter?;
    Some(match word {
        "key-provider" => Target::KeyProvider { provider: name, vcenter },
        "space-on" => Target::SpaceOn { datastore: name, vcenter },
        "network-from" => Target::NetworkFrom { process: name, vcenter },
        _ => Target::Datastore { datastore: name, vcenter },
    })
}

fn example(word: &str) -> &'static str {
    match word {
        "zone" => "zone-a",
        "vcenter" | "sessions" | "tasks-of-cns" | "password" => "vc-a",
        "service" => "cns",
        "key-provider" => "kp-1",
        "datastore" | "space-on" | MOUNT => "vsan-a",
        "process" | "network-from" => "csi-controller",
        _ => "worker-1",
    }
}

/// What cannot come back cannot be healed.
pub(crate) fn healable(target: &Target, span: Span, problems: &mut Problems) {
    if !target.can_heal() {
        let help = "clients log in again by themselves; leave it out";
        problems.add(ScenarioError::at(span, format!("{target} cannot be healed: there is nothing to bring back"), help));
    }
}
