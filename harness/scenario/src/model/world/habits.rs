//! How a vCenter goes about its work: how long tasks take, how long sessions live, when it locks an account.

use std::time::Duration;

use crate::model::duration;
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Times and limits of a vCenter; as one is delivered, where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Habits {
    /// `task-times: {CnsCreateVolume: 2m}`: how long the tasks of a method take, once they have their turn.
    pub task_times: Vec<(Spanned<String>, Duration)>,
    /// `session-idle: 10m`: a session that makes no call for so long ends; thirty minutes, and an hour for REST, when not said.
    pub session_idle: Option<Duration>,
    /// `session-lifetime: 1h`: so long after its login a session ends, however busy it is; never when not said.
    pub session_lifetime: Option<Duration>,
    /// `lock-out: {refusals: 3, within: 3m, lasts: 30m}`: when an account is locked.
    pub lock_out: Option<LockOut>,
}

/// When single sign-on locks an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockOut {
    /// So many refusals lock it.
    pub refusals: u32,
    /// Within this time.
    pub within: Duration,
    /// For so long after the last of them.
    pub lasts: Duration,
}

pub(crate) const TASK_TIMES: &str = "{CnsCreateVolume: 2m}";
pub(crate) const LOCK_OUT: &str = "{refusals: 3, within: 3m, lasts: 30m}";
/// A policy of more would lock nobody.
pub(crate) const REFUSALS_MAX: u32 = 1000;

pub(super) fn decode(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Habits> {
    let task_times = fields.optional("task-times").map_or(Some(Vec::new()), |node| task_times(node, problems));
    let session_idle = fields.optional("session-idle").map(|node| duration::decode(node, "session-idle", problems));
    let session_lifetime = fields.optional("session-lifetime").map(|node| duration::decode(node, "session-lifetime", problems));
    let lock_out = fields.optional("lock-out").map(|node| lock_out(node, problems));
    Some(Habits {
        task_times: task_times?,
        session_idle: said(session_idle)?.map(|time| time.value),
        session_lifetime: said(session_lifetime)?.map(|time| time.value),
        lock_out: said(lock_out)?,
    })
}

/// What is said and cannot be read is no habit at all; what is not said is none of its own.
fn said<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    read.map_or(Some(None), |read| read.map(Some))
}

fn task_times(node: &Node, problems: &mut Problems) -> Option<Vec<(Spanned<String>, Duration)>> {
    let entries = node.map("task-times", TASK_TIMES, problems)?;
    if entries.is_empty() {
        return problems.at(node.span, "`task-times` is an empty map", format!("write at least one: {TASK_TIMES}"));
    }
    let one = |(method, time): &(Spanned<String>, Node)| {
        let time = duration::decode(time, method, problems)?;
        Some((method.clone(), time.value))
    };
    let read: Vec<_> = entries.iter().map(one).collect();
    read.into_iter().collect()
}

fn lock_out(node: &Node, problems: &mut Problems) -> Option<LockOut> {
    let mut fields = Fields::of(node, "lock-out", LOCK_OUT, problems)?;
    let refusals = fields.required("refusals", problems).and_then(|node| node.number("refusals", 1, REFUSALS_MAX, problems));
    let within = fields.required("within", problems).and_then(|node| duration::decode(node, "within", problems));
    let lasts = fields.required("lasts", problems).and_then(|node| duration::decode(node, "lasts", problems));
    fields.finish(problems);
    Some(LockOut { refusals: refusals?.value, within: within?.value, lasts: lasts?.value })
}
