//! Disks that are there at first.

/// A disk that somebody made by hand, on a datastore of the first inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskConfig {
    /// Its name, by which a harness finds it again, whatever becomes of it.
    pub name: String,
    /// The datastore's name.
    pub datastore: String,
    /// Its size.
    pub capacity_mb: u64,
    /// Its id; grown from the seed when not given.
    pub id: Option<String>,
    /// The path of its file within the datastore, where it is no disk of the first class yet.
    pub file: Option<String>,
}
