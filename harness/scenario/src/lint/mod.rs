//! Lints: what is no error in a scenario, but seldom meant. One file each.

mod cannot_settle;
mod proves_nothing;
mod unhealed;
mod unread_write;
mod unrequired;
mod untagged;
mod unused;
mod unwatched_fault;

use crate::error::{ScenarioError, ScenarioErrors};
use crate::model::scenario::Scenario;

/// A lint.
#[derive(Clone, Copy, Debug)]
pub struct Lint {
    /// Its name, as `seatrial lint` shows it.
    pub name: &'static str,
    /// What it finds, in a line.
    pub about: &'static str,
    check: fn(&Scenario, &str) -> Vec<ScenarioError>,
}

/// All lints of a scenario, in the order in which they are described.
pub const LINTS: [Lint; 12] = [
    Lint {
        name: "proves-nothing",
        about: "no step and no expectation of the scenario can fail",
        check: |scenario, _| proves_nothing::check(scenario),
    },
    Lint {
        name: "unwatched-fault",
        about: "a fault rule without a `fired` expectation",
        check: |scenario, _| unwatched_fault::check(scenario),
    },
    Lint { name: "unread-write", about: "a file that is written and never read", check: |scenario, _| unread_write::check(scenario) },
    Lint { name: "unused-policy", about: "a storage policy that nothing names", check: unused::policies },
    Lint { name: "unused-key-provider", about: "a key provider that nothing uses", check: unused::key_providers },
    Lint { name: "unused-category", about: "a topology category that no tag has", check: |scenario, _| unused::categories(scenario) },
    Lint { name: "unused-matrix", about: "a name of the matrix that nothing says", check: unused::dimensions },
    Lint { name: "unused-each", about: "a name of a loop that no step in it says", check: |scenario, _| unused::in_loops(scenario) },
    Lint { name: "unhealed", about: "something that fails for good", check: |scenario, _| unhealed::check(scenario) },
    Lint {
        name: "cannot-settle",
        about: "a step that waits for a world to settle in which something is away",
        check: |scenario, _| cannot_settle::check(scenario),
    },
    Lint { name: "unrequired", about: "a parameter of some drivers only, without `requires`", check: unrequired::check },
    Lint { name: "untagged", about: "a scenario that no `--tag` finds", check: |scenario, _| untagged::check(scenario) },
];

impl Scenario {
    /// What is seldom meant, as warnings at their places. `manifests` is the text of all manifests that it applies in any of
    /// its cases, which may name what it declares.
    pub fn warnings(&self, manifests: &str) -> Option<ScenarioErrors> {
        let mut found: Vec<ScenarioError> =
            LINTS.iter().flat_map(|lint| (lint.check)(self, manifests).into_iter().map(|warning| warning.of_lint(lint.name))).collect();
        // An included world has what others need, too.
        found.retain(|warning| !self.is_included(warning.span));
        if found.is_empty() { None } else { Some(self.errors(found)) }
    }
}
