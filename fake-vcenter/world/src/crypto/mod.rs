//! Encryption: keys, who holds them, and how they are changed.
//!
//! Modelled: key providers that can be out of reach, keys by their ids, the keys that a host holds until it boots again,
//! virtual machines and volumes that are encrypted or not, the rule that an encrypted disk needs an encrypted machine,
//! shallow and deep recrypt in two halves, the gates of the releases. Not modelled: the data and the keys themselves,
//! KMIP, certificates, trust authorities, key expiry, chains of snapshots, the host's own crypto state beyond a word.
//! A machine's own files and its boot disk share one key here; a real one has a key for each disk.
//! A client could notice that a key is generated at once, and that native keys need a provider that answers.

pub mod change;
pub mod fault;
pub mod keys;
pub mod plan;
pub mod recrypt;
