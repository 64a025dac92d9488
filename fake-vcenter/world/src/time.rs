//! What happens as time passes, and what happens that no client asked for.

use jiff::Timestamp;
use vsphere_types::Fault;

use crate::schedule::Step;
use crate::world::World;
use crate::{hosts, operations, tasks, vapi, work};

impl World {
    /// When time next changes something.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.schedule.next_due()
    }

    /// Lets time pass: everything due until `now` is done, each at its own instant and in order.
    pub fn advance(&mut self, now: Timestamp) {
        while let Some((due, step)) = self.schedule.take_due(now) {
            self.set_now(due);
            let cause = step.cause();
            self.run(&step);
            self.commit(&cause);
        }
    }

    fn run(&mut self, step: &Step) {
        match step {
            Step::StartTask(task) => tasks::start(self, task),
            Step::FinishTask(task) => work::finish(self, task),
            Step::HalfTask(task) => work::half(self, task),
            Step::NoticeFailure(host, failed) => hosts::notice(self, host, *failed),
            Step::RestartVm(vm) => hosts::restart(self, vm),
            Step::EndSession(key) => operations::sessions::end(self, key),
            Step::PurgeTask(task) => tasks::purge(self, task),
            Step::ExpireSession(key) => operations::sessions::expire(self, key),
            Step::ExpireRestSession(key) => vapi::session::expire(self, key),
        }
    }

    /// Lets something happen that no client asked for.
    pub(crate) fn happen(&mut self, now: Timestamp, cause: &str, what: impl FnOnce(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        self.advance(now);
        self.set_now(now);
        let outcome = what(self);
        if outcome.is_ok() {
            self.commit(cause);
        } else {
            self.roll_back();
        }
        outcome
    }
}
