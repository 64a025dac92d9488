//! What is done in an explored scenario, and what must be so at each rest.

mod draft;
mod machines;
mod operations;

use draft::Operation;
pub(super) use draft::Story;
use operations::WORKLOADS;

impl Story<'_> {
    /// Draws what is done: a workload or two, then this and that, some of it while something is away.
    pub(super) fn tell(&mut self) {
        self.turn(0);
        if self.world.misconfigured {
            let refused = self.refused();
            return self.perform(vec![refused]);
        }
        let first = if self.world.storm { self.storm() } else { self.new_workload() };
        self.perform(vec![first]);
        for number in 1..4 + usize::try_from(self.draws.below(5)).unwrap_or(0) {
            self.turn(number);
            let mut operations = vec![self.something()];
            if !operations[0].alone && self.draws.chance(1, 4) {
                operations.push(self.new_or_nothing());
            }
            self.perform(operations);
        }
    }

    fn something(&mut self) -> Operation {
        for _ in 0..20 {
            let operation = match self.draws.below(16) {
                0 | 1 => self.write(),
                2 | 3 => self.scale(),
                4 => self.grow(),
                5 => self.delete_pod(),
                6 => self.drain(),
                7 => self.snapshot(),
                8 => self.restore_or_forget(),
                9 => self.replace(),
                10 => self.switch_off(),
                11 => self.held_elsewhere(),
                12 => self.two_zones(),
                13 => self.out_of_sight(),
                14 => Some(self.refused()),
                _ => self.remove(),
            };
            if let Some(operation) = operation {
                return operation;
            }
        }
        self.new_or_nothing()
    }

    fn new_or_nothing(&mut self) -> Operation {
        if self.workloads.len() < WORKLOADS { self.new_workload() } else { Operation::default() }
    }
}
