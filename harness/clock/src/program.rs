//! What is launched, how it ends, and what the keeper tells of it.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::sync::Notify;

/// A program to be launched in the world's clock.
#[derive(Debug)]
pub struct Program {
    /// The executable; looked for in PATH of `environment` where it has no slash.
    pub path: PathBuf,
    /// Its arguments, without its name.
    pub arguments: Vec<OsString>,
    /// Its whole environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Where it runs; None: where the harness runs.
    pub directory: Option<PathBuf>,
    /// Where its words go; None: nowhere.
    pub stdout: Option<File>,
    /// Where its complaints go; None: nowhere.
    pub stderr: Option<File>,
    /// What its randomness is grown from (AT_RANDOM and the vDSO's getrandom); None: the kernel's.
    pub seed: Option<u64>,
    /// How far its calendar is ahead of the world's. Programs that seed themselves by the time must not all be equal.
    pub skew: Duration,
}

impl Program {
    /// A program without arguments and environment, in the harness's directory, its output thrown away.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            directory: None,
            stdout: None,
            stderr: None,
            seed: None,
            skew: Duration::ZERO,
        }
    }

    /// With these arguments.
    #[must_use]
    pub fn arguments<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// The program's file name.
    pub(crate) fn name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It exited with this status.
    Exited(i32),
    /// It was killed by this signal.
    Killed(i32),
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(status) => write!(f, "exited with status {status}"),
            Self::Killed(signal) => write!(f, "was killed by signal {signal}"),
        }
    }
}

/// A place where an ending is written once and waited for.
#[derive(Debug, Default)]
pub(crate) struct Fate {
    ending: OnceLock<Ending>,
    told: Notify,
}

impl Fate {
    pub fn tell(&self, ending: Ending) {
        if self.ending.set(ending).is_ok() {
            self.told.notify_waiters();
        }
    }

    pub fn get(&self) -> Option<Ending> {
        self.ending.get().copied()
    }

    pub async fn wait(&self) -> Ending {
        loop {
            let mut told = std::pin::pin!(self.told.notified());
            told.as_mut().enable();
            if let Some(ending) = self.get() {
                return ending;
            }
            told.await;
        }
    }
}

impl Event {
    /// Whether the world goes on, and its run may differ from the next one of the same seed because of this. What does not
    /// only spoil that is the end of a run in the world's time.
    pub fn spoils_repeats(&self) -> bool {
        matches!(self, Self::Patience { .. } | Self::Turn { .. })
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Patience { program, looks, to, .. } => {
                write!(f, "{program} spun on the clock ({looks} looks), so it was moved on to {to:?}")
            }
            Self::Turn { program, pid } => write!(f, "{program} (process {pid}) ran for so long that others had to run before it slept"),
            Self::Standstill { program, pid, threads } => {
                write!(f, "{program} (process {pid}) has been busy for so long that no time can pass: {threads}")
            }
            Self::Unsupported { program, pid, what } => write!(f, "{program} (process {pid}): {what}"),
        }
    }
}

/// Something that the keeper had to do or saw, for the run's journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A program spun on the clock, so that time went on although it did not sleep. The run is not repeatable.
    Patience {
        /// The program's name.
        program: String,
        /// Its process.
        pid: i32,
        /// How often it looked at the clock since it was last set.
        looks: u64,
        /// To where time went, since the world began.
        to: Duration,
    },
    /// A program ran for so long that it had to let others run. The run is not repeatable.
    Turn {
        /// The program's name.
        program: String,
        /// Its process.
        pid: i32,
    },
    /// Nobody can go on because this program has been busy for long.
    Standstill {
        /// The program's name.
        program: String,
        /// Its process.
        pid: i32,
        /// What its threads do, and the CPU time that they used.
        threads: String,
    },
    /// A program did something that does not follow the world's clock.
    Unsupported {
        /// The program's name.
        program: String,
        /// Its process.
        pid: i32,
        /// What, and what to do about it.
        what: String,
    },
}
