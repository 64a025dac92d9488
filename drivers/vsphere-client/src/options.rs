//! What a client is told once: who it is, how patient it is, and where its randomness and its tasks come from.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use driver_host::Task;

/// Where random numbers come from; seeded in virtual time.
pub type Random = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Starts a task of this name that lives as long as the process.
pub type Spawn = Arc<dyn Fn(&str, Task) + Send + Sync>;

/// Writes a line to the process's log.
pub type Report = Arc<dyn Fn(&str) + Send + Sync>;

/// Reads the credentials anew, where they may have changed; `None` when they cannot be read.
pub type Renew = Arc<dyn Fn() -> Option<Credentials> + Send + Sync>;

/// A user and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `user@domain` or `DOMAIN\user`.
    pub user: String,
    /// Never written anywhere.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// How often a call that had no effect is sent again, and after how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryBudget {
    /// How often a call is sent again at most.
    pub retries: u32,
    /// The longest first delay; it doubles each time, and a random part of it is waited.
    pub first_delay: Duration,
    /// What the delay does not grow beyond.
    pub longest_delay: Duration,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self { retries: 4, first_delay: Duration::from_millis(500), longest_delay: Duration::from_secs(8) }
    }
}

/// What a client is told once.
#[derive(Clone)]
pub struct ClientOptions {
    /// `User-Agent` of every request.
    pub user_agent: String,
    /// How long one request may take. Long polls have no limit.
    pub call_timeout: Duration,
    /// Retries of calls that had no effect.
    pub retry: RetryBudget,
    /// The version of `urn:vim25` that is spoken.
    pub vim_version: String,
    /// Whether a session that has ended is renewed. Only a test of what happens otherwise switches it off.
    pub log_in_again: bool,
    /// Whether a login that was refused is not tried again for a while. Only a test of what happens otherwise switches it off.
    pub hold_refused_logins: bool,
    /// Asked before each login; without it the client's first credentials stay.
    pub renew: Option<Renew>,
    /// Hears of logins that are refused.
    pub report: Report,
    /// Randomness for delays and operation ids; seeded in virtual time.
    pub random: Random,
    /// Starts the task that listens for task updates.
    pub spawn: Spawn,
}

impl ClientOptions {
    /// The usual patience, with this randomness and these tasks.
    pub fn new(user_agent: impl Into<String>, random: Random, spawn: Spawn) -> Self {
        Self {
            user_agent: user_agent.into(),
            call_timeout: Duration::from_secs(60),
            retry: RetryBudget::default(),
            vim_version: "8.0.3.0".to_owned(),
            log_in_again: true,
            hold_refused_logins: true,
            renew: None,
            report: Arc::new(|_| {}),
            random,
            spawn,
        }
    }
}
