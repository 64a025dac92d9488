//! The disk that a volume is in the guest, by the uuid that the controller was told.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::Instant;
use tonic::Status;

use super::Node;
use crate::names::DISK_UUID;
use crate::status;

/// The guest sees a disk some moments after vCenter has attached it.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_secs(1);

/// The uuid in a publish context, as a wwn: 32 lower-case hex digits.
pub(super) fn wwn(publish_context: &BTreeMap<String, String>) -> Result<String, Status> {
    let uuid = publish_context.get(DISK_UUID).map(String::as_str).unwrap_or_default();
    let wwn: String = uuid.chars().filter(|character| *character != '-').map(|digit| digit.to_ascii_lowercase()).collect();
    if wwn.len() != 32 || !wwn.chars().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(Status::invalid_argument(format!("publish_context has no {DISK_UUID} of 32 hex digits: {uuid:?}")));
    }
    Ok(wwn)
}

impl Node {
    /// The device, as soon as the guest has it.
    pub(super) async fn device(&self, wwn: &str) -> Result<PathBuf, Status> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(device) = self.machine.disk_by_wwn(wwn).await.map_err(|error| status::of_machine(&error))? {
                return Ok(device);
            }
            if Instant::now() >= deadline {
                let seconds = PATIENCE.as_secs();
                return Err(Status::not_found(format!(
                    "the disk wwn-0x{wwn} did not appear within {seconds} s; is disk.EnableUUID set on the virtual machine?"
                )));
            }
            tokio::time::sleep(POLL).await;
        }
    }
}
