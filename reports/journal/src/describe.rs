//! How a border's calls are read for the journal.
//!
//! A wire knows bytes; what a call *is* (a SOAP method, a Kubernetes verb, an RPC) is told by the border's own
//! [`Describe`], written next to the server that speaks it. What it returns must hold no secret.

use http::{HeaderMap, request, response};
use serde_json::Value;

use crate::event::{Answer, Flow};

/// A request in the border's own words.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// See [`crate::Call::method`].
    pub method: String,
    /// See [`crate::Call::target`].
    pub target: Option<String>,
    /// See [`crate::Call::flow`].
    pub flow: Flow,
    /// See [`crate::Call::session`].
    pub session: Option<String>,
    /// See [`crate::Call::args`].
    pub args: Value,
}

/// Reads requests and answers of one kind of border.
pub trait Describe: Send + Sync {
    /// Reads a request.
    fn request(&self, head: &request::Parts, body: &[u8]) -> Described;

    /// Reads of a request what is needed when nobody hears the journal: its method and how it flows.
    fn brief(&self, head: &request::Parts, body: &[u8]) -> Described {
        self.request(head, body)
    }

    /// Reads an answer. `body` is empty for a [`Flow::Stream`], whose frames come later.
    fn answer(&self, request: &Described, head: &response::Parts, body: &[u8], trailers: Option<&HeaderMap>) -> Answer;
}
