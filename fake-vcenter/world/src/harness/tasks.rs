//! Tasks that are to fail, or to take longer.

use std::time::Duration;

use jiff::Timestamp;
use vsphere_types::Method;

use crate::state::TaskFault;
use crate::tasks;
use crate::world::World;

impl World {
    /// Plans that the next tasks of a method fail: without effect, or after it. A planned failure is not one of a volume
    /// inside a result: the task as a whole ends in error.
    pub fn fail_next_tasks(&mut self, planned: TaskFault) {
        if planned.times > 0 {
            self.task_faults.push(planned);
        }
    }

    /// Plans that the next task of a method takes so much longer.
    pub fn slow_next_task(&mut self, method: Method, by: Duration) {
        self.task_delays.push((method, by));
    }

    /// What CNS works on fails at once, without an effect.
    pub fn fail_tasks_of_cns(&mut self, now: Timestamp) {
        self.happens(now, "cns-restart", tasks::fail_those_of_cns);
    }

    /// How many tasks are still planned to fail.
    pub fn planned_task_faults(&self) -> u32 {
        self.task_faults.iter().map(|planned| planned.times).sum()
    }
}
