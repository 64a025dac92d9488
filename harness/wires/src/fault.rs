//! Where and how a fault plan acts on a wire.
//!
//! The plan itself (rules, matching, counts) belongs to the engine; the wire asks it at three moments of each call
//! and carries out what it answers. Faults of the API (typed faults) and of the world (a full datastore) are not
//! the wire's business.

use std::time::Duration;

use bytes::Bytes;
use seatrial_journal::Call;

/// A moment in a call's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// The caller is about to send: nobody but the caller knows of the call.
    BeforeSending,
    /// The server has committed; the answer is not on its way yet.
    AfterEffect,
    /// The answer has reached the caller's machine; the caller has not acted on it.
    AfterAnswer,
}

/// What a rule does when it fires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Kills a process; it starts again after `restart`, if given.
    Kill {
        /// Which process.
        process: String,
        /// After how long it comes back.
        restart: Option<Duration>,
    },
    /// The call (before sending) or its answer (after the effect) takes this much longer.
    Delay(Duration),
    /// The connection breaks: the caller gets a reset instead of an answer.
    Reset,
    /// The caller gets this HTTP status and an empty body instead of an answer.
    Status(u16),
    /// The caller gets this answer instead of the server's.
    Instead(CannedAnswer),
    /// Something happens elsewhere in the world at this very moment; the plan carries it out ([`FaultPlan::perform`]).
    Perform {
        /// What happens, in words.
        what: String,
    },
}

/// An answer that a fault gives in a server's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannedAnswer {
    /// Its HTTP status.
    pub status: u16,
    /// Its `Content-Type`.
    pub content_type: String,
    /// What stands in its head besides.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Bytes,
    /// What it says, in words.
    pub what: String,
}

impl Action {
    /// The action in words, for the journal.
    pub fn describe(&self) -> String {
        match self {
            Self::Kill { process, restart: Some(after) } => format!("kills {process}, which comes back after {after:?}"),
            Self::Kill { process, restart: None } => format!("kills {process}"),
            Self::Delay(by) => format!("delays by {by:?}"),
            Self::Reset => "resets the connection".to_owned(),
            Self::Status(status) => format!("answers HTTP {status}"),
            Self::Instead(answer) => format!("answers {}", answer.what),
            Self::Perform { what } => what.clone(),
        }
    }
}

/// A rule that fires, and what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firing {
    /// The rule's id.
    pub rule: String,
    /// What it does.
    pub action: Action,
}

/// Decides at each moment of each call.
pub trait FaultPlan: Send + Sync {
    /// The rules that fire here, in order; each moment of a call is asked about once.
    fn at(&self, moment: Moment, call: &Call) -> Vec<Firing>;

    /// Lets happen what a rule's [`Action::Perform`] says; asked for right after the firing is in the journal, so that
    /// its consequences stand behind it. It may be called while a server is at work, but never under a server's lock.
    fn perform(&self, _rule: &str, _call: &Call) {}
}
