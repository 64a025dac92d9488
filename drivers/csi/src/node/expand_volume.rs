//! NodeExpandVolume is not offered so far.

use tonic::Status;

/// The answer.
pub(super) fn not_offered() -> Status {
    Status::unimplemented("NodeExpandVolume is not offered: see NodeGetCapabilities")
}
