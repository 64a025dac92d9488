//! The record of a session. When it was last active is kept apart, for a call is no change of state.

use jiff::Timestamp;

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// `52…`, a uuid; also the cookie's value, therefore never shown to anybody else.
    pub key: String,
    /// The first characters of a hash of the key, by which journals name the session.
    pub label: String,
    /// Who logged in, `VSPHERE.LOCAL\Administrator`.
    pub user: String,
    /// When.
    pub login_time: Timestamp,
    /// The client's User-Agent.
    pub user_agent: String,
    /// `en`.
    pub locale: String,
}
