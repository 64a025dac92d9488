//! The flags of `seatrial sweep`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use seatrial_engine::{Mode, Stop};
use seatrial_search::sweep::{Subjects, SweepOptions, Trouble};

use crate::run::partition::Partition;
use crate::run::records::Records;
use crate::select::Choice;
use crate::worker_pool::PoolOptions;
use crate::worlds::WorldArguments;

/// Where the report and the strikes that did not hold go when nobody says it.
const OUT: &str = "target/seatrial-sweep";

/// Which scenarios, by which troubles, and where the findings go.
#[derive(Debug, clap::Args)]
pub struct SweepArguments {
    /// Scenarios by name (`statefulset/scale`), file or folder; all of `scenarios/` when none is given.
    #[arg(value_name = "NAME|FILE|DIR")]
    pub scenarios: Vec<String>,
    #[command(flatten)]
    pub choice: Choice,
    /// Only this trouble; several widen the choice. All when it is left out.
    #[arg(long, value_name = "TROUBLE", value_parser = troubles())]
    trouble: Vec<Trouble>,
    /// Strikes the calls of this process, in whose name `*` stands for any text; several widen the choice. The drivers' when it is left
    /// out.
    #[arg(long, value_name = "PROCESS")]
    actor: Vec<String>,
    /// Decides the order of events, as for `seatrial run`.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// At most so many strikes of each case, spread evenly over all.
    #[arg(long, value_name = "N")]
    sample: Option<NonZeroUsize>,
    /// Makes a part of the strikes: hash:1/4 is the first of four, which are disjoint and together everything.
    #[arg(long, value_name = "hash:M/N")]
    pub partition: Option<Partition>,
    /// Runs so many worlds at a time; as many as the processors take when it is left out.
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Where sweep.json and sweep.txt go, the reports of all strikes, and under `strikes/` a scenario for each that did not hold.
    /// [default: target/seatrial-sweep]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Shows how many strikes there are, by trouble, and makes none.
    #[arg(long)]
    pub list: bool,
    #[command(flatten)]
    pub worlds: WorldArguments,
}

fn troubles() -> impl TypedValueParser<Value = Trouble> {
    let values = Trouble::ALL.map(|trouble| PossibleValue::new(trouble.word()).help(trouble.about()));
    PossibleValuesParser::new(values).map(|word| Trouble::named(&word).expect("clap takes the words of troubles only"))
}

impl SweepArguments {
    /// Where the findings go.
    pub fn out(&self) -> &Path {
        self.out.as_deref().unwrap_or(Path::new(OUT))
    }

    /// What is struck, by what.
    pub fn options(&self, mode: &Mode) -> SweepOptions {
        let mut troubles = if self.trouble.is_empty() { Trouble::ALL.to_vec() } else { self.trouble.clone() };
        troubles.sort();
        troubles.dedup();
        SweepOptions { subjects: Subjects::named(&self.actor), troubles, polls: mode.polls(), sample: self.sample.map(usize::from) }
    }

    /// How the worlds are run.
    pub fn pool_options(&self, stop: &Stop) -> PoolOptions {
        PoolOptions {
            fail_fast: false,
            one_at_a_time: self.worlds.only_one_at_a_time(),
            journals_max: usize::MAX,
            records: Records::Failed,
            jobs: self.jobs,
            retries: 0,
            stop: stop.clone(),
        }
    }
}
