//! The file as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::Spanned;

/// A name that others refer to, or that refers to another, with its place.
pub type Name = Spanned<String>;

/// Tags by category.
pub type Tags = BTreeMap<String, String>;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Inventory {
    #[serde(default = "name")]
    pub name: String,
    pub version: Option<Name>,
    pub instance_uuid: Option<String>,
    #[serde(default)]
    pub users: Vec<User>,
    pub datacenters: Vec<Datacenter>,
    #[serde(default)]
    pub policies: Vec<Policy>,
    #[serde(default)]
    pub key_providers: Vec<KeyProvider>,
}

/// An administrator, less what it lacks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct User {
    pub name: Name,
    pub password: String,
    #[serde(default)]
    pub lacks: Vec<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Datacenter {
    pub name: Name,
    #[serde(default)]
    pub tags: Tags,
    #[serde(default)]
    pub datastores: Vec<Datastore>,
    #[serde(default)]
    pub networks: Vec<String>,
    #[serde(default)]
    pub clusters: Vec<Cluster>,
    #[serde(default)]
    pub vms: Vec<Vm>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoreKind {
    Vsan,
    Vmfs,
    Nfs,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Datastore {
    pub name: Name,
    #[serde(default = "kind")]
    pub kind: StoreKind,
    #[serde(default = "capacity")]
    pub capacity_gib: u64,
    #[serde(default)]
    pub used_gib: u64,
    #[serde(default)]
    pub tags: Tags,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cluster {
    pub name: Name,
    pub hosts: usize,
    pub datastores: Vec<Name>,
    #[serde(default = "yes")]
    pub ha: bool,
    #[serde(default)]
    pub tags: Tags,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Vm {
    pub name: Name,
    pub cluster: Option<Name>,
    pub datastore: Option<Name>,
    pub addresses: Option<Vec<String>>,
    pub scsi_controllers: Option<Spanned<usize>>,
    pub bios_uuid: Option<String>,
    pub encrypted_with: Option<Name>,
    #[serde(default = "yes")]
    pub powered_on: bool,
    #[serde(default)]
    pub tags: Tags,
}

/// A storage policy: the datastores that it admits (all when none is named), and whether its disks are encrypted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    pub name: Name,
    #[serde(default)]
    pub datastores: Vec<Name>,
    #[serde(default)]
    pub encryption: bool,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProviderKind {
    Standard,
    Native,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KeyProvider {
    pub name: Name,
    #[serde(default = "standard")]
    pub kind: ProviderKind,
    #[serde(default)]
    pub default: bool,
}

fn name() -> String {
    "fake-vcenter".to_owned()
}

fn kind() -> StoreKind {
    StoreKind::Vsan
}

fn capacity() -> u64 {
    1024
}

fn standard() -> ProviderKind {
    ProviderKind::Standard
}

fn yes() -> bool {
    true
}
