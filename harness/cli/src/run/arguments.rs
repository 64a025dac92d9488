//! The flags of `seatrial run`.

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use seatrial_engine::{Mode, Stop};

use super::partition::Partition;
use super::profile::Profile;
use super::records::Records;
use super::ways::EmbeddedJournals;
use crate::compare::Rules;
use crate::finished::OUT;
use crate::kubernetes::Refusal;
use crate::select::Choice;
use crate::surroundings::Surroundings;
use crate::worker_pool::PoolOptions;
use crate::worlds::WorldArguments;

/// Which scenarios, under which seeds, and where the reports go.
#[derive(Debug, clap::Args)]
pub struct RunArguments {
    /// Scenarios by name (`statefulset/scale`), file or folder; all of `scenarios/` when none is given.
    #[arg(value_name = "NAME|FILE|DIR")]
    pub scenarios: Vec<String>,
    #[command(flatten)]
    pub choice: Choice,
    /// Decides the order of events; the same seed gives the same journal. [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Runs everything under so many seeds, from the seed on. [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=CASES_MAX))]
    repeat: Option<u64>,
    /// Runs a part: hash:1/4 is the first of four, which are disjoint and together everything; index:0/4 is the same.
    /// `seatrial merge` puts their reports together.
    #[arg(long, value_name = "hash:M/N")]
    pub partition: Option<Partition>,
    /// Runs so many worlds at a time; as many as the processors take when it is left out.
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Runs what fails again, so many times at most; what then passes is flaky. Not in virtual time with drivers in the
    /// process, where the same seed is the same run.
    #[arg(long, value_name = "N")]
    retries: Option<u32>,
    /// Begins nothing more when something did not pass.
    #[arg(long)]
    fail_fast: bool,
    /// Runs everything, though a profile says `fail-fast`.
    #[arg(long, conflicts_with = "fail_fast")]
    no_fail_fast: bool,
    /// Compares with this report afterwards; then only what is worse than in it fails.
    #[arg(long, value_name = "FILE|DIR")]
    pub baseline: Option<PathBuf>,
    #[command(flatten)]
    pub rules: Rules,
    /// Takes flags from [profile.NAME] of seatrial.toml, which is looked for here and in the folders above.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Shows each step as it begins and ends.
    #[arg(long, short)]
    pub verbose: bool,
    /// Where the reports go, and what cases write while they run (`cases/`: their journals, the logs of their processes).
    /// [default: target/seatrial]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Of which cases journals and logs stay under --out; all where drivers are processes and there is one seed, otherwise those
    /// that did not pass.
    #[arg(long, value_enum)]
    records: Option<Records>,
    /// Writes the journal there, as lines of JSON; of several cases one after the other.
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// The journals that report.html carries, to look through in its timeline.
    #[arg(long, value_enum, default_value_t = EmbeddedJournals::Failed)]
    pub embed_journals: EmbeddedJournals,
    #[command(flatten)]
    worlds: WorldArguments,
    /// Shows the scenarios with their versions and tags, and runs none.
    #[arg(long)]
    pub list: bool,
}

/// More cases than this are a slip: their descriptions alone would fill the memory.
pub const CASES_MAX: u64 = 100_000;

impl RunArguments {
    /// The same, with a profile's flags where it has none.
    pub fn on_top_of(mut self, profile: Profile) -> Self {
        let Profile {
            tag,
            only,
            skip,
            case,
            seed,
            repeat,
            jobs,
            retries,
            partition,
            fail_fast,
            strict,
            out,
            baseline,
            mode,
            place,
            driver,
            image,
        } = profile;
        self.choice = self.choice.on_top_of(Choice::of([tag, only, case, skip].map(Option::unwrap_or_default)));
        self.seed = self.seed.or(seed);
        self.repeat = self.repeat.or(repeat);
        self.partition = self.partition.or(partition);
        self.jobs = self.jobs.or(jobs);
        self.retries = self.retries.or(retries);
        self.fail_fast |= fail_fast == Some(true) && !self.no_fail_fast;
        self.rules.strict |= strict == Some(true);
        self.out = self.out.or(out);
        self.baseline = self.baseline.or(baseline);
        self.worlds = self.worlds.on_top_of(mode, place, driver.unwrap_or_default(), image.unwrap_or_default());
        self
    }

    /// The first seed.
    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or(1)
    }

    /// Under how many seeds everything is run.
    pub fn repeat(&self) -> u64 {
        self.repeat.unwrap_or(1)
    }

    /// The seeds, if there are so many.
    pub fn seeds(&self) -> Option<RangeInclusive<u64>> {
        Some(self.seed()..=self.seed().checked_add(self.repeat() - 1)?)
    }

    /// Where the reports go.
    pub fn out(&self) -> &Path {
        self.out.as_deref().unwrap_or(Path::new(OUT))
    }

    /// How often what fails is run again.
    pub fn retries(&self) -> u32 {
        self.retries.unwrap_or_default()
    }

    /// Whose time worlds live in, with which drivers.
    pub fn mode(&self, around: &Surroundings) -> Result<Mode, Refusal> {
        self.worlds.mode(around)
    }

    /// How many worlds run at a time: as many as the processors take, but one where there is something that only one can have.
    pub fn pool_options(&self, mode: &Mode, stop: &Stop) -> PoolOptions {
        PoolOptions {
            one_at_a_time: self.worlds.only_one_at_a_time(),
            fail_fast: self.fail_fast,
            journals_max: self.embed_journals.most(),
            records: self.records(mode),
            jobs: self.jobs,
            retries: self.retries(),
            stop: stop.clone(),
        }
    }

    /// Whoever has one seed's run in virtual time can have it again, and a thousand runs fill a disk.
    fn records(&self, mode: &Mode) -> Records {
        let all = self.repeat() == 1 && matches!(mode, Mode::Processes(_));
        self.records.unwrap_or(if all { Records::All } else { Records::Failed })
    }
}
