//! A fault that strikes once, at one moment of one call.

use std::sync::Mutex;

use seatrial_journal::{Call, Flow};
use seatrial_wires::{Action, FaultPlan, Firing, Moment};

/// Strikes at the `nth` call that is meant, and never again.
pub struct Once {
    moment: Moment,
    is_meant: Box<dyn Fn(&Call) -> bool + Send + Sync>,
    action: Action,
    left: Mutex<usize>,
}

impl Once {
    /// Strikes at the `nth` call that is meant, counted from 1.
    pub fn new(moment: Moment, nth: usize, action: Action, is_meant: impl Fn(&Call) -> bool + Send + Sync + 'static) -> Self {
        Self { moment, is_meant: Box::new(is_meant), action, left: Mutex::new(nth) }
    }

    /// Kills a process there, for good.
    pub fn kill(process: &str, moment: Moment, nth: usize, is_meant: impl Fn(&Call) -> bool + Send + Sync + 'static) -> Self {
        Self::new(moment, nth, Action::Kill { process: process.to_owned(), restart: None }, is_meant)
    }
}

impl FaultPlan for Once {
    fn at(&self, moment: Moment, call: &Call) -> Vec<Firing> {
        if moment != self.moment || call.flow != Flow::Unary || !(self.is_meant)(call) {
            return Vec::new();
        }
        let mut left = self.left.lock().expect("nothing panics while it is counted");
        let strikes = *left == 1;
        *left = left.saturating_sub(1);
        if strikes { vec![Firing { rule: "once".to_owned(), action: self.action.clone() }] } else { Vec::new() }
    }
}
