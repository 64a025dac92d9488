//! Categories and tags that are there at first, and what they are attached to.

/// All categories and tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagsConfig {
    /// Categories.
    pub categories: Vec<CategoryConfig>,
    /// Tags.
    pub tags: Vec<TagConfig>,
}

/// How many tags of a category one object may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cardinality {
    /// One at most.
    Single,
    /// Any number.
    Multiple,
}

impl Cardinality {
    /// `SINGLE`, `MULTIPLE`.
    pub fn wire_name(self) -> &'static str {
        match self {
            Self::Single => "SINGLE",
            Self::Multiple => "MULTIPLE",
        }
    }

    /// The cardinality of this name.
    pub fn from_wire(name: &str) -> Option<Self> {
        match name {
            "SINGLE" => Some(Self::Single),
            "MULTIPLE" => Some(Self::Multiple),
            _ => None,
        }
    }
}

/// A category of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryConfig {
    /// Its name.
    pub name: String,
    /// How many of its tags one object may carry.
    pub cardinality: Cardinality,
    /// Types of the objects that may carry its tags (`Datastore`, `ClusterComputeResource`); any when empty.
    pub associable: Vec<String>,
}

impl CategoryConfig {
    /// A category whose tags go onto anything, one to an object.
    pub fn single(name: &str) -> Self {
        Self { name: name.to_owned(), cardinality: Cardinality::Single, associable: Vec::new() }
    }

    /// A category whose tags go onto anything, any number of them.
    pub fn multiple(name: &str) -> Self {
        Self { name: name.to_owned(), cardinality: Cardinality::Multiple, associable: Vec::new() }
    }
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagConfig {
    /// The name of its category.
    pub category: String,
    /// Its name.
    pub name: String,
    /// What it is attached to.
    pub on: Vec<TagTarget>,
}

impl TagConfig {
    /// A tag and what it is attached to.
    pub fn new(category: &str, name: &str, on: Vec<TagTarget>) -> Self {
        Self { category: category.to_owned(), name: name.to_owned(), on }
    }
}

/// An object of the inventory, by name. A name that several objects have means the one that was made first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagTarget {
    /// A datacenter.
    Datacenter(String),
    /// A cluster.
    Cluster(String),
    /// A host of a cluster.
    Host {
        /// The cluster's name.
        cluster: String,
        /// Which of its hosts, counted from 0.
        index: usize,
    },
    /// A datastore.
    Datastore(String),
    /// A virtual machine.
    Vm(String),
    /// A folder.
    Folder(String),
    /// The root resource pool of the cluster of this name.
    ResourcePool(String),
}

impl std::fmt::Display for TagTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Datacenter(name) => write!(f, "datacenter {name}"),
            Self::Cluster(name) => write!(f, "cluster {name}"),
            Self::Host { cluster, index } => write!(f, "host {index} of cluster {cluster}"),
            Self::Datastore(name) => write!(f, "datastore {name}"),
            Self::Vm(name) => write!(f, "virtual machine {name}"),
            Self::Folder(name) => write!(f, "folder {name}"),
            Self::ResourcePool(cluster) => write!(f, "resource pool of cluster {cluster}"),
        }
    }
}
