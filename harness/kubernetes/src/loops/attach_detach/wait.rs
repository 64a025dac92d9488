//! Waiting for a VolumeAttachment as the real one polls for it: after 500 ms, each pause 1.05 times the last up to
//! 7 s, for two minutes.

use std::time::Duration;

use k8s_openapi::api::storage::v1::VolumeAttachment;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::super::support::LoopError;
use super::Controller;
use super::state::Volume;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(7);

/// The VolumeAttachment's name; kubelets and drivers compute it, too.
pub(super) fn attachment_name(volume: &Volume, node: &str) -> String {
    let digest = Sha256::digest(format!("{}{}{node}", volume.handle, volume.driver).as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("csi-{hex}")
}

impl Controller {
    /// Waits until `check` has an answer about the VolumeAttachment as the cache shows it.
    ///
    /// # Errors
    /// What `check` failed with, or `late` after two minutes.
    pub(super) async fn wait_for<T>(
        &self,
        name: &str,
        late: impl FnOnce() -> LoopError,
        check: impl Fn(Option<&VolumeAttachment>) -> Option<Result<T, LoopError>>,
    ) -> Result<T, LoopError> {
        let begin = Instant::now();
        let look = || check(self.attachments.named(name).as_deref());
        if let Some(outcome) = look() {
            return outcome;
        }
        loop {
            let changed = self.attachment_changed.notified();
            if look().is_some() {
                tokio::time::sleep_until(next_poll(begin)).await;
                if let Some(outcome) = look() {
                    return outcome;
                }
                continue;
            }
            if tokio::time::timeout_at(begin + self.timings.attachment_wait, changed).await.is_err() {
                return Err(late());
            }
        }
    }
}

/// The next instant at which the poll that began then looks.
fn next_poll(begin: Instant) -> Instant {
    let now = Instant::now();
    let (mut at, mut pause) = (begin, FIRST_PAUSE);
    while at <= now {
        at += pause;
        pause = pause.mul_f64(1.05).min(LONGEST_PAUSE);
    }
    at
}
