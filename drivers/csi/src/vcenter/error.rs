//! How a call to vCenter ends when it does not end well. The one question that matters: can it have had an effect?

use vsphere_types::MoRef;

/// vCenter's no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The method, `CnsAttachVolume`.
    pub operation: &'static str,
    /// The fault's type, `ResourceInUse`.
    pub fault: String,
    /// Its text, as vCenter wrote it, with the privileges that it says are missing.
    pub message: String,
    /// `CnsFault.faultCause`: the type of the fault below.
    pub cause: Option<String>,
    /// The text of the fault below; empty when there is none.
    pub cause_message: String,
    /// `ManagedObjectNotFound.obj`.
    pub object: Option<MoRef>,
}

impl Refusal {
    /// What stands below, for people.
    fn below(&self) -> String {
        match &self.cause {
            Some(cause) => format!(" ({cause}: {})", self.cause_message),
            None => String::new(),
        }
    }
}

/// Why a call did not give its answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VCenterError {
    /// vCenter said no: by a SOAP fault, by a task that failed, or by a fault on the volume inside a task that
    /// succeeded. Nothing was done, or it was undone.
    #[error("vCenter refused {} with {}: {}{}", .0.operation, .0.fault, .0.message, .0.below())]
    Fault(Box<Refusal>),
    /// There was no answer, or none that can be understood. Whether it had an effect is not known.
    #[error("vCenter gave no usable answer to {operation}: {reason}")]
    NoAnswer {
        /// The method.
        operation: &'static str,
        /// What happened instead.
        reason: String,
    },
    /// There is no session, so nothing was sent.
    #[error("no session with vCenter for {operation}: {reason}")]
    NotSent {
        /// The method.
        operation: &'static str,
        /// Why not.
        reason: String,
    },
    /// The task has been forgotten by vCenter; how it ended is not known.
    #[error("vCenter no longer knows the task {task}")]
    TaskGone {
        /// The task.
        task: MoRef,
    },
}

impl VCenterError {
    /// Whether it is certain that the call had no effect.
    pub fn had_no_effect(&self) -> bool {
        matches!(self, Self::Fault(_) | Self::NotSent { .. })
    }

    /// Whether vCenter said no with a fault of this type.
    pub fn is_fault(&self, name: &str) -> bool {
        matches!(self, Self::Fault(refusal) if refusal.fault == name)
    }

    /// Whether a volume id chosen by the caller is not supported there.
    pub fn refuses_chosen_ids(&self) -> bool {
        matches!(self, Self::Fault(refusal)
            if refusal.fault == "NotSupported" || (refusal.fault == "CnsFault" && refusal.cause.as_deref() == Some("NotSupported")))
    }

    /// Whether it says that this object is gone.
    pub fn says_gone(&self, reference: &MoRef) -> bool {
        matches!(self, Self::Fault(refusal) if refusal.fault == "ManagedObjectNotFound" && refusal.object.as_ref() == Some(reference))
    }
}
