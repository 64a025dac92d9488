//! The records of key providers, and references to their keys. Keys themselves are nowhere: an id is all that is modelled.

use std::collections::BTreeSet;

use vsphere_types::{CryptoKeyId, KeyProviderId};

use crate::config::KeyProviderKind;

/// A key, by its provider and its id there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyRef {
    /// Name of the provider.
    pub provider: String,
    /// Its id.
    pub id: String,
}

impl KeyRef {
    /// As clients see it.
    pub fn shown(&self) -> CryptoKeyId {
        CryptoKeyId { key_id: self.id.clone(), provider_id: Some(KeyProviderId { id: self.provider.clone() }) }
    }
}

/// A key provider.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyProvider {
    /// Who keeps its keys.
    pub kind: KeyProviderKind,
    /// Whether keys are taken from it when nobody says from where.
    pub default: bool,
    /// Whether it answers.
    pub available: bool,
    /// The keys that it has, by id.
    pub keys: BTreeSet<String>,
    /// How many it has ever made.
    pub made: u64,
}
