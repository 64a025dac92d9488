//! How an attempt to provision ended, and what follows from it.

use tonic::{Code, Status};

use crate::loops::support::LoopError;

/// Why there is no volume yet.
#[derive(Debug)]
pub(super) enum Failure {
    /// No volume exists: tried anew after the back-off.
    Final(LoopError),
    /// A volume may exist: the same call is repeated until the driver says for certain.
    InBackground(LoopError),
    /// The driver was not asked: whether a volume may exist is as open as it was.
    NoChange(LoopError),
    /// Somebody else is expected to make the volume; what the claim's user is told.
    Ignored(&'static str),
    /// Not on that node: the scheduler is to choose again.
    Reschedule(LoopError),
    /// The driver will never take these parameters: tried again only after the longest back-off.
    Infeasible(LoopError),
}

/// What CreateVolume's status means. `elsewhere` says whether another node may be tried.
pub(super) fn judge(status: Status, elsewhere: bool) -> Failure {
    let code = status.code();
    let error = LoopError::Rpc(status);
    match code {
        Code::ResourceExhausted if elsewhere => Failure::Reschedule(error),
        Code::Cancelled | Code::DeadlineExceeded | Code::Unavailable | Code::Aborted => Failure::InBackground(error),
        Code::InvalidArgument => Failure::Infeasible(error),
        _ => Failure::Final(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_leaves_doubt_is_not_final() {
        for code in [Code::Cancelled, Code::DeadlineExceeded, Code::Unavailable, Code::Aborted] {
            assert!(matches!(judge(Status::new(code, ""), true), Failure::InBackground(_)));
        }
        assert!(matches!(judge(Status::internal(""), true), Failure::Final(_)));
        assert!(matches!(judge(Status::resource_exhausted(""), true), Failure::Reschedule(_)));
        assert!(matches!(judge(Status::resource_exhausted(""), false), Failure::Final(_)));
    }
}
