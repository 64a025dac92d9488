//! How a call ends when it does not end well.

use std::sync::Arc;
use std::time::Duration;

use driver_host::BoxError;
use vsphere_codec::CodecError;
use vsphere_types::{Fault, MoRef, TypeError};

use crate::privileges::describe;

/// Why there is no answer, or none of use. Variants are named for the step that failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The request or its answer was lost on the way. Whether it had an effect is not known.
    #[error("failed to send {operation}: {source}")]
    Send {
        /// The method, or the path of a file.
        operation: String,
        /// What the connection says.
        source: BoxError,
    },
    /// No answer came in time. Whether the request had an effect is not known.
    #[error("no answer to {operation} within {limit:?}")]
    Timeout {
        /// The method, or the path of a file.
        operation: String,
        /// How long was waited.
        limit: Duration,
    },
    /// The answer is not SOAP: something stands between us and the service.
    #[error("status {status} in answer to {operation}")]
    Status {
        /// The method, or the path of a file.
        operation: String,
        /// The status.
        status: http::StatusCode,
    },
    /// The answer cannot be read.
    #[error("failed to read the answer to {operation}: {source}")]
    Decode {
        /// The method, or the path of a file.
        operation: String,
        /// What is wrong with it.
        source: CodecError,
    },
    /// The answer can be read, but is not what the method returns.
    #[error("the answer to {operation} is not what it returns: {source}")]
    Type {
        /// The method.
        operation: String,
        /// What is wrong with it.
        source: TypeError,
    },
    /// The answer lacks what cannot be done without.
    #[error("the answer to {operation} lacks {what}")]
    Lacks {
        /// The method.
        operation: String,
        /// What is missing.
        what: String,
    },
    /// vCenter does not let us in.
    #[error("failed to log in as {user}: {}", describe(fault))]
    Login {
        /// Who tried.
        user: String,
        /// What vCenter says.
        fault: Box<Fault>,
    },
    /// vCenter did not let us in lately, and is not asked again for a while. The text is the same for as long as that lasts.
    #[error("{reason} (not tried again for a while; another password is tried at once)")]
    LoginHeld {
        /// Who tried.
        user: String,
        /// What vCenter said then.
        reason: String,
    },
    /// The method threw a fault.
    #[error("{operation} on {object} threw {}: {}", fault.type_name(), describe(fault))]
    Fault {
        /// The method.
        operation: String,
        /// What it was called on.
        object: MoRef,
        /// The fault.
        fault: Box<Fault>,
    },
    /// vCenter refused a REST call.
    #[error("{operation} was refused with {status} {kind}: {message}")]
    Rest {
        /// Verb and path.
        operation: String,
        /// The status.
        status: http::StatusCode,
        /// `not_found`, `unauthorized`, …; empty when the answer does not say.
        kind: String,
        /// What vCenter says.
        message: String,
    },
    /// A property could not be read.
    #[error("failed to read {path} of {object}: {}", describe(fault))]
    Property {
        /// Whose it is.
        object: MoRef,
        /// The property.
        path: String,
        /// Why not.
        fault: Box<Fault>,
    },
    /// The task ended in an error.
    #[error("task {task} failed with {}: {}", fault.type_name(), describe(fault))]
    Task {
        /// The task.
        task: MoRef,
        /// Why it failed.
        fault: Box<Fault>,
    },
    /// The task ended well, but a volume did not fare well in it.
    #[error("operation on volume {volume} failed in task {task} with {}: {}", fault.type_name(), describe(fault))]
    Volume {
        /// The task.
        task: MoRef,
        /// The volume's id, where the result names it.
        volume: String,
        /// Why it failed.
        fault: Box<Fault>,
    },
    /// The task is gone; how it ended is not known.
    #[error("task {task} is gone: {}", describe(fault))]
    TaskGone {
        /// The task.
        task: MoRef,
        /// What vCenter says.
        fault: Box<Fault>,
    },
    /// The listener for task updates failed while it was waited for. How the task goes on is not known.
    #[error("failed to listen for the end of task {task}: {source}")]
    Listener {
        /// The task.
        task: MoRef,
        /// What happened to the listener.
        source: Arc<Self>,
    },
}

impl ClientError {
    /// The fault that vCenter gave, wherever it came from.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Login { fault, .. }
            | Self::Fault { fault, .. }
            | Self::Property { fault, .. }
            | Self::Task { fault, .. }
            | Self::Volume { fault, .. }
            | Self::TaskGone { fault, .. } => Some(fault),
            Self::Send { .. } | Self::Timeout { .. } | Self::Status { .. } | Self::Decode { .. } | Self::Rest { .. } => None,
            Self::Type { .. } | Self::Lacks { .. } | Self::Listener { .. } | Self::LoginHeld { .. } => None,
        }
    }

    /// Wire name of the fault's type.
    pub fn fault_type(&self) -> Option<&str> {
        self.fault().map(Fault::type_name)
    }

    /// Whether vCenter says that something is not there. A task that is gone is not meant: nothing is known of its end.
    pub fn is_not_found(&self) -> bool {
        if let Self::Rest { status, .. } = self {
            return *status == http::StatusCode::NOT_FOUND;
        }
        let types = ["NotFound", "ManagedObjectNotFound", "CnsVolumeNotFoundFault", "CnsSnapshotNotFoundFault"];
        !matches!(self, Self::TaskGone { .. }) && self.fault().is_some_and(|fault| types.iter().any(|name| fault.is_a(name)))
    }

    /// Whether vCenter says that this object is gone.
    pub fn says_gone(&self, object: &MoRef) -> bool {
        let gone = |fault: &Fault| {
            fault.is_a("ManagedObjectNotFound") && fault.object.get("obj").and_then(|obj| obj.as_ref_value()) == Some(object)
        };
        self.fault().is_some_and(gone)
    }

    /// Whether vCenter does not take the credentials: now, or lately.
    pub fn is_refused_login(&self) -> bool {
        match self {
            Self::Login { fault, .. } => fault.is_a("InvalidLogin"),
            Self::LoginHeld { .. } => true,
            _ => false,
        }
    }

    /// Whether it is certain that the call had no effect.
    pub fn had_no_effect(&self) -> bool {
        match self {
            Self::Login { .. } | Self::LoginHeld { .. } | Self::Fault { .. } | Self::Task { .. } | Self::Volume { .. } => true,
            Self::Property { .. } => true,
            // An error of the service behind it may come after the effect.
            Self::Rest { status, .. } => status.is_client_error(),
            // Whoever gave the status may have passed the request on before.
            Self::Status { .. } | Self::Send { .. } | Self::Timeout { .. } | Self::Decode { .. } | Self::Type { .. } => false,
            Self::Lacks { .. } | Self::TaskGone { .. } | Self::Listener { .. } => false,
        }
    }
}
