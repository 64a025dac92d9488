//! A vCenter: its version, what it holds, and what the drivers may do there.

use crate::model::object::is_name;
use crate::model::version::{self, Version};
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

use super::cluster::{self, Cluster};
use super::disk::{self, Disk};
use super::habits::{self, Habits};
use super::key_provider::{self, KeyProvider};
use super::policy::{self, StoragePolicy};
use super::tags::{self, ObjectTag};
use crate::model::lists::{different, members};

/// A vCenter.
///
/// ```yaml
/// - name: vc-a
///   version: 8.0.3
///   ids: colliding
///   lacks: [Cns.Searchable]
///   configured-datacenters: [dc-1]
///   tags: {k8s-region: west}
///   clusters:
///     - {name: prod, hosts: 3, datastores: [vsan-a], tags: {k8s-zone: zone-a}}
///   policies:
///     - {name: gold, datastores: [vsan-a]}
///   key-providers: [{name: kp-1}]
///   disks: [{name: ledger, datastore: vsan-a, size: 1Gi}]
///   task-times: {CnsCreateVolume: 2m}
///   session-idle: 10m
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VCenter {
    /// Its name: a DNS label, because it becomes part of its address.
    pub name: Spanned<String>,
    /// Its version; with several, the scenario runs once for each.
    pub versions: Vec<Spanned<Version>>,
    /// Whether its managed object ids repeat those of other vCenters.
    pub ids: Ids,
    /// Privileges that the drivers' account does not hold, by their ids, nowhere or with `@NAME` on the object of that name and what is
    /// inside of it; none when not said: an administrator.
    pub lacks: Vec<Spanned<String>>,
    /// What the drivers' configuration calls its datacenters; when none is said, by the name of the one that there is.
    pub configured_datacenters: Vec<Spanned<String>>,
    /// Tags on its datacenter.
    pub tags: Vec<ObjectTag>,
    /// Its clusters of hosts, at least one.
    pub clusters: Vec<Cluster>,
    /// Its storage policies.
    pub policies: Vec<StoragePolicy>,
    /// Its key providers.
    pub key_providers: Vec<KeyProvider>,
    /// Disks that somebody made by hand.
    pub disks: Vec<Disk>,
    /// How it goes about its work.
    pub habits: Habits,
}

impl VCenter {
    /// The names of its datastores, each once, in the order of the file.
    pub fn datastore_names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for datastore in self.clusters.iter().flat_map(|cluster| &cluster.datastores) {
            if !names.contains(&datastore.value) {
                names.push(datastore.value.clone());
            }
        }
        names
    }

    /// The cluster of this name.
    pub fn cluster(&self, name: &str) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.name.value == name)
    }
}

/// How a vCenter numbers its managed objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ids {
    /// `distinct`: no id is one of another vCenter.
    #[default]
    Distinct,
    /// `colliding`: from the same number as every other colliding vCenter, as two fresh installations do.
    Colliding,
}

impl Ids {
    pub(crate) const ALL: [Self; 2] = [Self::Distinct, Self::Colliding];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::Distinct => "distinct",
            Self::Colliding => "colliding",
        }
    }
}

pub(crate) const EXAMPLE: &str = "{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 3, datastores: [vsan-a]}]}";

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Vec<VCenter>> {
    let vcenters = members(node, "vcenters", EXAMPLE, problems, one)?;
    different("vCenter", vcenters.iter().map(|vcenter| &vcenter.name), problems);
    Some(vcenters)
}

fn one(node: &Node, problems: &mut Problems) -> Option<VCenter> {
    let mut fields = Fields::of(node, "vcenter", EXAMPLE, problems)?;
    let name = fields.required("name", problems).and_then(|node| host_name(node, problems));
    let versions = fields.required("version", problems).and_then(|node| version::decode(node, problems));
    let ids = fields.optional("ids").map_or(Some(Ids::default()), |node| ids(node, problems));
    let lacks = fields.optional("lacks").map_or(Some(Vec::new()), |node| lacks(node, problems));
    let configured = fields.optional("configured-datacenters").map_or(Some(Vec::new()), |node| datacenters(node, problems));
    let tags = fields.optional("tags").map_or(Some(Vec::new()), |node| tags::decode(node, problems));
    let clusters = fields.required("clusters", problems).and_then(|node| cluster::decode(node, problems));
    let policies = fields.optional("policies").map_or(Some(Vec::new()), |node| policy::decode(node, problems));
    let key_providers = fields.optional("key-providers").map_or(Some(Vec::new()), |node| key_provider::decode(node, problems));
    let disks = fields.optional("disks").map_or(Some(Vec::new()), |node| disk::decode(node, problems));
    let habits = habits::decode(&mut fields, problems);
    fields.finish(problems);
    Some(VCenter {
        name: name?,
        versions: versions?,
        ids: ids?,
        lacks: lacks?,
        configured_datacenters: configured?,
        tags: tags?,
        clusters: clusters?,
        policies: policies?,
        key_providers: key_providers?,
        disks: disks?,
        habits: habits?,
    })
}

fn host_name(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let name = node.words("name", "vc-a", problems)?;
    if !is_name(&name) || name.contains('.') || name.len() > 63 {
        let help = "it becomes part of an address: lower-case letters, digits and `-`, such as `vc-a`";
        return problems.at(name.span, format!("`{}` cannot be a vCenter's name", name.value), help);
    }
    Some(name)
}

fn ids(node: &Node, problems: &mut Problems) -> Option<Ids> {
    let word = node.words("ids", "colliding", problems)?;
    match Ids::ALL.into_iter().find(|ids| ids.word() == word.value) {
        Some(ids) => Some(ids),
        None => problems.unknown(&word, "numbering", "numberings", Ids::ALL.map(Ids::word)),
    }
}

fn lacks(node: &Node, problems: &mut Problems) -> Option<Vec<Spanned<String>>> {
    let privileges = members(node, "lacks", "[Cns.Searchable]", problems, privilege)?;
    different("privilege", privileges.iter(), problems);
    Some(privileges)
}

fn datacenters(node: &Node, problems: &mut Problems) -> Option<Vec<Spanned<String>>> {
    let names = members(node, "configured-datacenters", "[dc-1]", problems, |node, problems| {
        let name = node.words("datacenter", "dc-1", problems)?;
        if name.contains([',', '"', '\\', ']', '\n']) {
            let help = "it is written into the drivers' configuration: no commas, quotes, brackets or backslashes";
            return problems.at(name.span, format!("`{}` cannot be a datacenter's name", name.value), help);
        }
        Some(name)
    })?;
    different("datacenter", names.iter(), problems);
    Some(names)
}

/// A privilege's id has a group: `Cns.Searchable`. Which there are is the fake vCenter's to say.
fn privilege(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let id = node.words("privilege", "Cns.Searchable", problems)?;
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let (name, object) = id.split_once('@').map_or((id.as_str(), None), |(name, object)| (name, Some(object)));
    if object == Some("") {
        let help =
            "name an object: the datacenter `dc-1`, a cluster, a datastore or a node's VM, such as `Datastore.FileManagement@vsan-a`";
        return problems.at(id.span, format!("`{}` does not say on which object", id.value), help);
    }
    if !name.contains('.') || !name.split('.').all(letters) {
        let help = "privilege ids have a group and a name, such as `Cns.Searchable` or `VirtualMachine.Config.AddExistingDisk`";
        return problems.at(id.span, format!("`{}` cannot be a privilege", id.value), help);
    }
    Some(id)
}
