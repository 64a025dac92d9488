//! Tasks: which ones there are, and how one ends.

use vsphere_types::{LocalizedMethodFault, MoRef, TaskInfo, TaskInfoState, TraversalSpec};

use crate::calls::lacks;
use crate::properties::property_spec;
use crate::{ClientError, VsphereClient};

impl VsphereClient {
    /// The tasks that vCenter still keeps for us: those that are queued or running, and those that ended lately.
    ///
    /// # Errors
    /// The call failed.
    pub async fn recent_tasks(&self) -> Result<Vec<TaskInfo>, ClientError> {
        let content = self.caller.service_content().await?;
        let manager = content.task_manager.clone().ok_or_else(|| lacks("RetrieveServiceContent", "taskManager"))?;
        let to_tasks = TraversalSpec { kind: "TaskManager".to_owned(), path: "recentTask".to_owned(), ..TraversalSpec::default() };
        self.caller.learn_task_results().await;
        let found = self.retrieve_below(&manager, "maxCollector", property_spec("Task", &["info"]), vec![to_tasks.into()]).await?;
        found.into_iter().map(|found| found.properties.require("info")).collect()
    }

    /// The tasks that are queued or running.
    ///
    /// # Errors
    /// The call failed.
    pub async fn tasks_in_flight(&self) -> Result<Vec<TaskInfo>, ClientError> {
        let mut tasks = self.recent_tasks().await?;
        tasks.retain(|info| !has_ended(info));
        Ok(tasks)
    }

    /// Waits until a task ends. All waits of a client share one listener at vCenter.
    ///
    /// # Errors
    /// [`ClientError::Task`] when it ended in an error, [`ClientError::TaskGone`] when vCenter does not know it any more,
    /// [`ClientError::Listener`] when the listener failed; the next wait makes a new one.
    pub async fn wait_for_task(&self, task: &MoRef) -> Result<TaskInfo, ClientError> {
        self.caller.learn_task_results().await;
        let info = self.listeners.wait(&self.caller, task).await?;
        if info.state == TaskInfoState::Success {
            return Ok(info);
        }
        let unsaid = || LocalizedMethodFault {
            fault: vsphere_types::Object::new("SystemError"),
            localized_message: Some("the task ended in an error that it does not name".to_owned()),
        };
        Err(ClientError::Task { task: task.clone(), fault: Box::new(info.error.unwrap_or_else(unsaid).into()) })
    }
}

pub(crate) fn has_ended(info: &TaskInfo) -> bool {
    matches!(info.state, TaskInfoState::Success | TaskInfoState::Error)
}
