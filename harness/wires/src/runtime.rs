//! A process as what runs the tools that drivers and harness share: all that they draw comes from its seed.

use driver_host::{Random, Runtime, Task};
use jiff::Timestamp;

use crate::process::Process;

impl Runtime for Process {
    fn start(&self, name: &str, task: Task) {
        self.spawn(name, task);
    }

    fn say(&self, line: &str) {
        self.log(line);
    }

    fn now(&self) -> Timestamp {
        self.clock().calendar()
    }

    fn random_for(&self, purpose: &str) -> Random {
        let mut generator = self.generator(purpose);
        Random::new(move || generator.next_u64())
    }
}
