//! Why a loop could not bring an object further.

use crate::client::reason_of;

/// What failed, in words that a log can show. Every one of them brings the key back after a back-off.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoopError {
    /// A call to the API server.
    #[error("failed to {step}: {}", reason_of(source))]
    Api {
        /// What was to be done, to what.
        step: String,
        /// How it failed.
        source: kube::Error,
    },
    /// An RPC to a CSI driver.
    #[error("rpc error: code = {} desc = {}", go_name(.0.code()), .0.message())]
    Rpc(tonic::Status),
    /// What the loop waits for has not come to pass.
    #[error("{0}")]
    NotYet(String),
}

impl LoopError {
    /// What an event or a status says of it: the server's own words, without what this loop was about.
    pub(crate) fn in_event(&self) -> String {
        match self {
            Self::Api { source, .. } => reason_of(source),
            other => other.to_string(),
        }
    }
}

/// The code's name as Go prints it, which is what events show.
fn go_name(code: tonic::Code) -> String {
    match code {
        tonic::Code::Cancelled => "Canceled".to_owned(),
        other => format!("{other:?}"),
    }
}

/// Says during which step a call failed.
pub(crate) trait During<T> {
    /// `step` in the form "delete the claim x".
    fn during(self, step: impl FnOnce() -> String) -> Result<T, LoopError>;
}

impl<T> During<T> for Result<T, kube::Error> {
    fn during(self, step: impl FnOnce() -> String) -> Result<T, LoopError> {
        self.map_err(|source| LoopError::Api { step: step(), source })
    }
}
