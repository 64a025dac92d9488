//! The record of a session of the REST endpoint, which is another than one of vim25.

use jiff::Timestamp;

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestSession {
    /// The value of `vmware-api-session-id`; never shown to anybody else.
    pub key: String,
    /// The first characters of a hash of the key, by which journals name the session.
    pub label: String,
    /// Who logged in, `VSPHERE.LOCAL\Administrator`.
    pub user: String,
    /// When.
    pub created: Timestamp,
}
