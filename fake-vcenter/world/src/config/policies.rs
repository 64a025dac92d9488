//! Storage policies that are there at first, beside those that every vCenter has.

/// A storage policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyConfig {
    /// Its name; names are compared exactly, trailing blanks included.
    pub name: String,
    /// What it demands, all of it at once.
    pub rules: Vec<PolicyRule>,
}

impl PolicyConfig {
    /// A policy for datastores that carry one of these tags.
    pub fn tagged(name: &str, category: &str, tags: &[&str]) -> Self {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        Self { name: name.to_owned(), rules: vec![PolicyRule::Tag { category: category.to_owned(), tags }] }
    }

    /// A policy that has its disks encrypted, wherever they lie.
    pub fn encrypting(name: &str) -> Self {
        Self { name: name.to_owned(), rules: vec![PolicyRule::Encryption] }
    }
}

/// One demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyRule {
    /// The datastore carries one of these tags of a category, now.
    Tag {
        /// The category's name.
        category: String,
        /// Names of tags of which one will do.
        tags: Vec<String>,
    },
    /// Disks are encrypted by the hosts, with a key of a key provider.
    Encryption,
    /// The datastore is vSAN and tolerates so many failures.
    VsanFailuresToTolerate(u8),
}
