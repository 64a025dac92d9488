//! Who sends a request, as the wire knows it.
//!
//! Live, the TLS shell reads it from the client's certificate (common name: the user; organisations: the groups) and lays it
//! into the request's extensions; a server that has users of its own reads it there. In virtual time nobody lays one: a
//! request without an identity comes from inside the house.

/// A client that proved who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The user's name, such as `system:node:worker-1`.
    pub name: String,
    /// The groups it belongs to, such as `system:masters`.
    pub groups: Vec<String>,
}
