//! What came of a sweep: call × trouble × verdict, for programs and for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use seatrial_reports::Verdict;
use seatrial_scenario::Position;
use serde::{Deserialize, Serialize};

use super::strike::Strike;

/// The version of the report's shape.
pub const SWEEP_SCHEMA_VERSION: u32 = 1;

/// What came of a strike, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The end was reached all the same.
    Held,
    /// The rule never fired: the call did not come again. Nothing is known.
    Missed,
    /// Something did not hold.
    Broke,
    /// It could not be run to its end, by the fault of the harness or its surroundings.
    Error,
}

/// A strike and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedStrike {
    /// The strike's name in its case.
    pub id: String,
    /// The call, as `CnsCreateVolume csi-controller → vc-a`.
    pub call: String,
    /// The step that was being done; 0 while the world came up.
    pub step: usize,
    /// How many calls of the calm run it stands for.
    pub alike: usize,
    /// The trouble's word.
    pub trouble: String,
    /// Where on the call's way.
    pub position: String,
    /// The process that was killed, the fault of the task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<String>,
    /// What came of it.
    pub standing: Standing,
    /// What did not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
    /// The scenario file that repeats it, where it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The command that does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<String>,
}

/// All strikes of one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweptCase {
    /// The scenario that was swept, as it was named.
    pub scenario: String,
    /// Which of its variants.
    pub case: String,
    /// The seed.
    pub seed: u64,
    /// The strikes, in the order of the calls.
    pub strikes: Vec<JudgedStrike>,
}

/// A sweep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepReport {
    /// See [`SWEEP_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The cases.
    pub cases: Vec<SweptCase>,
}

impl JudgedStrike {
    /// A strike of which this has come. The file of one that did not hold is written.
    pub fn new(strike: &Strike, standing: Standing, verdict: &Verdict) -> Self {
        let written = |text: &String| (standing != Standing::Held).then(|| text.clone());
        Self {
            id: strike.id.clone(),
            call: strike.place.words(),
            step: strike.place.step,
            alike: strike.place.alike,
            trouble: strike.trouble.word().to_owned(),
            position: short(strike.position).to_owned(),
            more: strike.more.clone(),
            standing,
            why: verdict.failures().collect(),
            file: written(&verdict.scenario),
            repeat: written(&verdict.repeat),
        }
    }
}

fn short(position: Position) -> &'static str {
    position.word()
}

/// How many strikes of a kind came to what.
#[derive(Clone, Copy, Default)]
struct Cell {
    all: usize,
    broke: usize,
    unknown: usize,
}

impl Cell {
    fn add(&mut self, standing: Standing) {
        self.all += 1;
        self.broke += usize::from(standing == Standing::Broke);
        self.unknown += usize::from(matches!(standing, Standing::Missed | Standing::Error));
    }

    /// `12` all held, `2/12` broke, `12?1` of one nothing is known.
    fn words(self) -> String {
        let mut words = if self.broke > 0 { format!("{}/{}", self.broke, self.all) } else { self.all.to_string() };
        if self.unknown > 0 {
            words.push_str(&format!("?{}", self.unknown));
        }
        words
    }
}

impl SweepReport {
    /// A report of these cases.
    pub fn new(cases: Vec<SweptCase>) -> Self {
        Self { schema_version: SWEEP_SCHEMA_VERSION, cases }
    }

    /// As JSON.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).map_or_else(|_| String::new(), |text| text + "\n")
    }

    /// How many strikes came to this.
    pub fn number(&self, standing: Standing) -> usize {
        self.strikes().filter(|strike| strike.standing == standing).count()
    }

    fn strikes(&self) -> impl Iterator<Item = &JudgedStrike> {
        self.cases.iter().flat_map(|case| &case.strikes)
    }

    /// The table of calls and troubles, what broke, and the sum, for people.
    pub fn text(&self) -> String {
        let mut text = self.table();
        for case in &self.cases {
            for strike in case.strikes.iter().filter(|strike| strike.standing != Standing::Held) {
                let word = match strike.standing {
                    Standing::Held => "held",
                    Standing::Missed => "MISSED",
                    Standing::Broke => "BROKE",
                    Standing::Error => "ERROR",
                };
                // Writing to a text never fails.
                let _ = writeln!(text, "{word} {} [{}] seed {}: {}", case.scenario, case.case, case.seed, strike.id);
                strike.why.iter().for_each(|line| {
                    let _ = writeln!(text, "    {}", line.lines().next().unwrap_or_default());
                });
                if let Some(repeat) = &strike.repeat {
                    let _ = writeln!(text, "    {repeat}");
                }
            }
        }
        let (all, held, broke) = (self.strikes().count(), self.number(Standing::Held), self.number(Standing::Broke));
        let _ = write!(text, "{all} strikes: {held} held, {broke} broke something");
        for (standing, words) in [(Standing::Missed, "never struck"), (Standing::Error, "could not be run to their end")] {
            if self.number(standing) > 0 {
                let _ = write!(text, ", {} {words}", self.number(standing));
            }
        }
        text + "\n"
    }

    /// A row for each call, a column for each trouble that struck.
    fn table(&self) -> String {
        let mut cells: BTreeMap<(&str, &str), Cell> = BTreeMap::new();
        self.strikes().for_each(|strike| cells.entry((&strike.call, &strike.trouble)).or_default().add(strike.standing));
        let calls: BTreeSet<&str> = cells.keys().map(|(call, _)| *call).collect();
        let troubles: Vec<&str> = super::Trouble::ALL
            .map(super::Trouble::word)
            .into_iter()
            .filter(|word| cells.keys().any(|(_, trouble)| trouble == word))
            .collect();
        if calls.is_empty() {
            return String::new();
        }
        let width = calls.iter().map(|call| call.chars().count()).max().unwrap_or(0);
        let mut text = format!("{:width$}", "");
        troubles.iter().for_each(|trouble| text.push_str(&format!("  {trouble}")));
        text.push('\n');
        for call in calls {
            let mut line = format!("{call:width$}");
            for trouble in &troubles {
                let words = cells.get(&(call, *trouble)).map_or_else(|| "-".to_owned(), |cell| cell.words());
                line.push_str(&format!("  {words:>0$}", trouble.len()));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.push_str("A number: so many strikes held; 2/12: two of twelve broke something; ?1: of one nothing is known.\n");
        text
    }
}
