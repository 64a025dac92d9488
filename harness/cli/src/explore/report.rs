//! What came of an exploration, for programs and for people.

use std::collections::BTreeMap;
use std::time::Duration;

use seatrial_reports::CaseOutcome;
use seatrial_search::explore::Lineage;
use serde::Serialize;

use super::frontier::Frontier;

/// The version of the report's shape.
const SCHEMA_VERSION: u32 = 2;

/// What was explored.
#[derive(Serialize)]
pub struct ExploreReport {
    schema_version: u32,
    /// The seeds, from and to.
    first: u64,
    last: u64,
    /// How many runs there were, how many of them variations, and how many in a second.
    runs: usize,
    variations: usize,
    runs_per_second: f64,
    /// How many transitions were seen that nobody knew, and how many are known now.
    new_transitions: usize,
    transitions: usize,
    /// How many runs ended in each way.
    outcomes: BTreeMap<CaseOutcome, usize>,
    pub found: Vec<Found>,
}

/// A scenario that failed.
#[derive(Serialize)]
pub struct Found {
    /// Which, as `--show` takes it.
    pub lineage: String,
    pub seed: u64,
    /// Why, in a line.
    pub why: String,
    /// Its file.
    pub file: String,
    /// The smallest that fails for the same reason, where it was looked for.
    pub small: Option<String>,
    /// The command that repeats it, the smaller one.
    pub repeat: String,
}

impl ExploreReport {
    /// Of an exploration that begins with this seed.
    pub fn new(first: u64) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            first,
            last: first,
            runs: 0,
            variations: 0,
            runs_per_second: 0.0,
            new_transitions: 0,
            transitions: 0,
            outcomes: BTreeMap::new(),
            found: Vec::new(),
        }
    }

    /// Another run has ended so.
    pub fn count(&mut self, lineage: &Lineage, outcome: CaseOutcome) {
        self.runs += 1;
        self.variations += usize::from(lineage.depth() > 0);
        *self.outcomes.entry(outcome).or_default() += 1;
    }

    /// All runs have ended, after so long.
    pub fn conclude(&mut self, frontier: &Frontier, took: Duration) {
        self.last = frontier.next_seed().saturating_sub(1);
        self.runs_per_second = (self.runs as f64 / took.as_secs_f64().max(0.001) * 10.0).round() / 10.0;
        [self.new_transitions, self.transitions] = frontier.transitions();
    }

    /// As JSON.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).map_or_else(|_| String::new(), |text| text + "\n")
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for found in &self.found {
            text.push_str(&format!("seed {}: {}\n    {}\n", found.lineage, found.why, found.repeat));
        }
        let outcomes: Vec<String> = self.outcomes.iter().map(|(outcome, number)| format!("{number} {}", outcome.word())).collect();
        let variations = if self.variations > 0 { format!(", {} of them variations", self.variations) } else { String::new() };
        text + &format!(
            "seeds {} to {}: {} runs{variations}, {} a second: {}; {} transitions, {} of them new\n",
            self.first,
            self.last,
            self.runs,
            self.runs_per_second,
            outcomes.join(", "),
            self.transitions,
            self.new_transitions,
        )
    }
}
