//! Tasks that are to fail.

use crate::state::TaskFault;
use crate::world::World;

impl World {
    /// Plans that the next tasks of a method fail: without effect, or after it. A planned failure is not one of a volume
    /// inside a result: the task as a whole ends in error.
    pub fn fail_next_tasks(&mut self, planned: TaskFault) {
        if planned.times > 0 {
            self.task_faults.push(planned);
        }
    }

    /// How many tasks are still planned to fail.
    pub fn planned_task_faults(&self) -> u32 {
        self.task_faults.iter().map(|planned| planned.times).sum()
    }
}
