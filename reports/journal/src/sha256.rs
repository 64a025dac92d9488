//! SHA-256 as it is written: in hex, as `sha256sum` prints it.

use sha2::{Digest, Sha256};

/// The SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> String {
    finished_sha256(Sha256::new_with_prefix(bytes))
}

/// What has been hashed piece by piece.
pub fn finished_sha256(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
