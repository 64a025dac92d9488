//! Why a run failed, so that two failures can be told to be one.
//!
//! The oracle (or the kind of step), and what it says less all that names one object, one amount or one moment: `claim data-web-0 has 2
//! volumes` and `claim data has 3 volumes` are one reason.

use std::collections::BTreeSet;
use std::fmt;

use seatrial_engine::{RunOutcome, StepResult};
use serde::{Deserialize, Serialize};

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    /// The oracle; `step wait`, `expectation volumes`, `panic`, `livelock`, `injection`, `internal`.
    pub who: String,
    /// What it says, less names and numbers.
    pub words: Vec<String>,
}

impl Reason {
    fn new(who: impl Into<String>, message: &str) -> Self {
        Self { who: who.into(), words: words(message) }
    }

    /// All reasons for which a run failed, the most telling first: what an oracle says, then what a step or an expectation did not
    /// find, then what is only a symptom.
    pub fn all(outcome: &RunOutcome) -> Vec<Self> {
        let mut reasons: Vec<Self> = Vec::new();
        reasons.extend(outcome.internal.iter().map(|why| Self::new("internal", why)));
        reasons.extend(outcome.injection_errors.iter().map(|why| Self::new("injection", why)));
        reasons.extend(outcome.panics.iter().map(|why| Self::new("panic", why)));
        reasons.extend(outcome.livelock.iter().map(|why| Self::new("livelock", why)));
        let (symptoms, others): (Vec<_>, Vec<_>) =
            outcome.violations.iter().filter(|violation| violation.is_failure()).partition(|violation| violation.is_symptom());
        reasons.extend(others.iter().map(|violation| Self::new(&violation.oracle, &violation.message)));
        for step in &outcome.steps {
            let (why, how) = match &step.result {
                StepResult::Failed(why) => (why, ""),
                StepResult::Unsettled(why) => (why, " does not settle"),
                StepResult::Passed | StepResult::NotReached => continue,
            };
            let word = step.what.split(' ').next().unwrap_or_default();
            reasons.push(Self::new(format!("step {word}{how}"), why));
        }
        let unmet = outcome.expectations.iter().filter(|expectation| expectation.found.is_some());
        reasons.extend(unmet.map(|expectation| {
            let word = expectation.what.split(' ').next().unwrap_or_default();
            Self { who: format!("expectation {word}"), words: Vec::new() }
        }));
        reasons.extend(symptoms.iter().map(|violation| Self::new(&violation.oracle, &violation.message)));
        let mut known = BTreeSet::new();
        reasons.retain(|reason| known.insert(reason.clone()));
        reasons
    }

    /// The most telling reason for which a run failed; none if it passed or was not run.
    pub fn of(outcome: &RunOutcome) -> Option<Self> {
        Self::all(outcome).into_iter().next()
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.who)?;
        if self.words.is_empty() { Ok(()) } else { write!(f, ": {}", self.words.join(" ")) }
    }
}

/// The words of the first line that are nothing but words: no names, numbers, ids, times.
fn words(message: &str) -> Vec<String> {
    let first = message.lines().next().unwrap_or_default();
    let words = first.split_whitespace().map(|word| word.trim_matches(|letter: char| ".,;:()\"'`".contains(letter)));
    words.filter(|word| !word.is_empty() && word.chars().all(char::is_alphabetic)).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_failures_are_one_whatever_the_objects_and_amounts() {
        let one = Reason::new("one-volume-per-claim", "claim default/data-web-0 has 2 volumes: 5d0a6f4e-0000 and 77aa");
        let other = Reason::new("one-volume-per-claim", "claim default/db has 3 volumes: 1-2, and 3-4");
        assert_eq!(one, other);
        assert_ne!(one, Reason::new("one-volume-per-claim", "claim default/db lost its volume"));
    }
}
