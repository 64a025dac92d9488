//! Whose time worlds live in, where our drivers run, and which journals the page carries, as flags and profiles say it.

use seatrial_engine::KeepJournal;

/// Whose time a world lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Way {
    /// The world's own, for everybody in it: hours pass in seconds, and a seed decides.
    Virtual,
    /// The wall's, never faster; drivers are processes.
    Live,
}

/// Where our drivers run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Place {
    /// In this process.
    InProcess,
    /// As processes of their own, with sockets between them and the world.
    Processes,
}

/// Which journals the page carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum EmbeddedJournals {
    /// Every case's; some 200 kB each.
    All,
    /// Those of cases that did not pass; of more than fifty, the first fifty.
    Failed,
    /// None.
    None,
}

/// More journals than this are no page, and a thousand would fill the memory.
const FAILED_MAX: usize = 50;

impl EmbeddedJournals {
    /// Which journals runs keep for it.
    pub fn kept(self) -> KeepJournal {
        match self {
            Self::All => KeepJournal::Always,
            Self::Failed => KeepJournal::Failed,
            Self::None => KeepJournal::Never,
        }
    }

    /// How many it carries at most.
    pub fn most(self) -> usize {
        if self == Self::Failed { FAILED_MAX } else { usize::MAX }
    }
}
