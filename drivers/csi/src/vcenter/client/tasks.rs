//! Tasks: waiting for one, and telling creates from the rest.

use std::time::Duration;

use vsphere_client::{ClientError, ObjectProperties, VsphereClient, created_volume, step};
use vsphere_types::{MoRef, PropertySpec, TaskInfo, TaskInfoState, TaskReasonUser};

use super::super::{CreateTask, Created, VCenterError};
use super::ClientVCenter;
use super::convert::error;

/// How long one call waits for its task, as upstream's does. The task goes on; whoever asks again finds it.
const PATIENCE: Duration = Duration::from_secs(300);

/// What CNS calls the tasks that make volumes.
const CREATE: &str = "com.vmware.cns.tasks.createvolume";

/// What CNS calls the tasks that take snapshots.
const SNAPSHOT: &str = "com.vmware.cns.tasks.createsnapshot";

impl ClientVCenter {
    /// Waits for a task to end well.
    pub(super) async fn ended(&self, operation: &'static str, task: &MoRef) -> Result<TaskInfo, VCenterError> {
        match tokio::time::timeout(PATIENCE, self.client().wait_for_task(task)).await {
            Ok(Ok(info)) => Ok(info),
            // Only the task's own error and its disappearance say anything about the task.
            Ok(Err(failure @ (ClientError::Task { .. } | ClientError::TaskGone { .. }))) => Err(error(operation, &failure)),
            Ok(Err(failure)) => Err(unanswered(operation, &failure)),
            Err(_) => {
                let reason = format!("{task} has not ended after {} s", PATIENCE.as_secs());
                Err(VCenterError::NoAnswer { operation, reason })
            }
        }
    }
}

/// A refusal to tell is no answer to what was asked.
pub(super) fn unanswered(operation: &'static str, failure: &ClientError) -> VCenterError {
    VCenterError::NoAnswer { operation, reason: failure.to_string() }
}

/// What a create task that ended well has made, or the fault that stands in its result.
pub(super) fn created(info: &TaskInfo) -> Result<Created, VCenterError> {
    let (id, result) = created_volume(info).map_err(|failure| error("CnsCreateVolume", &failure))?;
    Ok(Created { id, name: result.name })
}

/// A task, if it makes a volume.
pub(super) fn create_task(info: &TaskInfo) -> Option<CreateTask> {
    let task = of_kind(info, CREATE)?;
    let created = if info.state == TaskInfoState::Success { created(info).ok() } else { None };
    Some(CreateTask { created, ..task })
}

/// A task, if it takes a snapshot.
pub(super) fn snapshot_task(info: &TaskInfo) -> Option<CreateTask> {
    of_kind(info, SNAPSHOT)
}

fn of_kind(info: &TaskInfo, kind: &str) -> Option<CreateTask> {
    if info.description_id != kind {
        return None;
    }
    let running = matches!(info.state, TaskInfoState::Queued | TaskInfoState::Running);
    Some(CreateTask {
        task: info.task.clone(),
        running,
        queued: info.queue_time,
        completed: info.complete_time,
        user: info.reason.downcast::<TaskReasonUser>().ok().map(|reason| reason.user_name),
        activation_id: info.activation_id.clone(),
        created: None,
    })
}

/// Name and datastores of every datacenter below a folder.
pub(super) async fn datacenters_below(client: &VsphereClient, root: &MoRef) -> Result<Vec<ObjectProperties>, ClientError> {
    let folders = step("folders", "Folder", "childEntity", &["folders"]);
    let path_set = vec!["name".to_owned(), "datastore".to_owned()];
    let datacenters = PropertySpec { kind: "Datacenter".to_owned(), all: None, path_set };
    client.retrieve_below(root, "name", datacenters, vec![folders]).await
}
