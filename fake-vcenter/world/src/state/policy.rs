//! The record of a storage policy.

use jiff::Timestamp;

/// One demand of a policy on a datastore or on the disk itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The datastore carries one of these tags; with `negated`, none of them.
    Tag {
        /// The category's name.
        category: String,
        /// Names of tags.
        tags: Vec<String>,
        /// Whether the operator NOT stands before it.
        negated: bool,
    },
    /// The disk is encrypted by the hosts.
    Encryption,
    /// The datastore is vSAN and has this capability.
    Vsan {
        /// `hostFailuresToTolerate`, …
        capability: String,
        /// What it must be.
        value: i32,
    },
    /// Something that nothing here is capable of.
    Unknown {
        /// The capability's namespace.
        namespace: String,
        /// The capability's name.
        id: String,
    },
}

/// Demands that must be met together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSet {
    /// Its name.
    pub name: String,
    /// Its rules.
    pub rules: Vec<Rule>,
}

/// A storage policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// A uuid; another in each vCenter, but for those that every vCenter has.
    pub id: String,
    /// Its name, which no other policy has.
    pub name: String,
    /// For people.
    pub description: String,
    /// `VsanDefaultProfile` of one that vSphere made itself.
    pub system_type: Option<String>,
    /// Alternatives: one of them must be met.
    pub alternatives: Vec<RuleSet>,
    /// When it was made.
    pub created: Timestamp,
    /// Who made it.
    pub created_by: String,
}
