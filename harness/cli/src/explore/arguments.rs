//! The flags of `seatrial explore`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use seatrial_engine::Stop;
use seatrial_search::explore::Lineage;

use crate::run::partition::Partition;
use crate::run::records::Records;
use crate::worker_pool::PoolOptions;
use crate::worlds::WorldArguments;

/// Where the findings go when nobody says it.
const OUT: &str = "target/seatrial-explore";
/// So many seeds are explored when nobody says how many or how long.
const SEEDS: u64 = 100;

/// How much is explored, and where the findings go.
#[derive(Debug, clap::Args)]
pub struct ExploreArguments {
    /// The first seed.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Explores so many seeds. [default: 100]
    #[arg(long, value_name = "N")]
    seeds: Option<u64>,
    /// Explores seeds for so long: 90s, 10m, 2h.
    #[arg(long = "for", value_name = "TIME", conflicts_with = "seeds", value_parser = time)]
    time: Option<Duration>,
    /// Explores a part of the seeds: hash:1/4 is the first of four, which are disjoint and together everything.
    #[arg(long, value_name = "hash:M/N")]
    partition: Option<Partition>,
    /// Runs so many worlds at a time; as many as the processors take when it is left out.
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Leaves what fails as it was drawn, instead of making it small.
    #[arg(long)]
    no_shrink: bool,
    /// Where explore.json and the reports go, and under `found/` each scenario that failed. [default: target/seatrial-explore]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Writes this scenario under --out, and runs nothing: a seed, and the numbers of variations behind it, 12 or 12+3.
    #[arg(long, value_name = "SCENARIO")]
    pub show: Option<Lineage>,
    /// What is known already: of each scenario that shows something else, variations are run, too.
    #[arg(long, value_name = "DIR")]
    pub corpus: Option<PathBuf>,
    /// Writes what was new into the corpus afterwards.
    #[arg(long, requires = "corpus", conflicts_with = "partition")]
    pub learn: bool,
    #[command(flatten)]
    pub worlds: WorldArguments,
}

/// As the scenario language has them: `90s`, `10m`, `1h30m`.
fn time(text: &str) -> Result<Duration, TimeError> {
    seatrial_scenario::from_words(text).ok_or_else(|| TimeError(text.to_owned()))
}

/// A text that is no time.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no time; write 90s, 10m or 1h30m")]
struct TimeError(String);

impl ExploreArguments {
    /// The first seed.
    pub fn first(&self) -> u64 {
        self.seed
    }

    /// The seed after the last, where their number is the limit.
    pub fn end(&self) -> Option<u64> {
        self.time.is_none().then(|| self.seed.saturating_add(self.seeds.unwrap_or(SEEDS)))
    }

    /// How long, where time is the limit.
    pub fn time(&self) -> Option<Duration> {
        self.time
    }

    /// Whether a seed falls into this part.
    pub fn takes(&self, seed: u64) -> bool {
        self.partition.is_none_or(|part| part.takes(&format!("explored seed {seed}")))
    }

    /// Whether what fails is made small.
    pub fn shrinks(&self) -> bool {
        !self.no_shrink
    }

    /// Where the findings go.
    pub fn out(&self) -> &Path {
        self.out.as_deref().unwrap_or(Path::new(OUT))
    }

    /// How the worlds are run.
    pub fn pool_options(&self, stop: &Stop) -> PoolOptions {
        PoolOptions {
            fail_fast: false,
            one_at_a_time: self.worlds.only_one_at_a_time(),
            journals_max: 0,
            records: Records::Failed,
            jobs: self.jobs,
            retries: 0,
            stop: stop.clone(),
        }
    }
}
