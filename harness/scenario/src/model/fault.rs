//! The trouble that befalls a scenario: when it strikes, and what it does.
//!
//! Said so far: faults placed at a call that crosses a border. Not yet: faults that are states of the world
//! (a full datastore, a failed host) and typed faults of a vCenter's API.

use std::fmt;
use std::time::Duration;

use crate::span::{Span, Spanned};
use crate::yaml::{Fields, Node, Problems};

use super::{duration, object::is_name, world::different};

/// A rule of the fault plan.
///
/// ```yaml
/// faults:
///   - id: crash-after-create
///     when: {call: CnsCreateVolume, from: csi-controller, nth: 1, position: after-effect}
///     does: {kill: csi-controller, restart: 5s}
///     times: 1
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    /// Where it stands, as a whole.
    pub span: Span,
    /// Its name, in the journal and in `fired`.
    pub id: Spanned<String>,
    /// When it strikes.
    pub when: Moment,
    /// What it does.
    pub does: Consequence,
    /// At how many matching calls it strikes, from the `nth` on; once when not said.
    pub times: u32,
}

/// A place in the flow of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The method's name in the journal: `CnsCreateVolume`, `update leases`, `NodeStageVolume`.
    pub call: Spanned<String>,
    /// The calling process; any when not said.
    pub from: Option<Spanned<String>>,
    /// The process that is called; any when not said.
    pub to: Option<Spanned<String>>,
    /// Which of the matching calls, from 1; the first when not said.
    pub nth: u32,
    /// Where on the call's way.
    pub position: Spanned<Position>,
}

/// Where on a call's way a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// `before-sending`: the server never sees the call.
    BeforeSending,
    /// `after-effect`: the server has committed what was asked, the answer has not left.
    AfterEffect,
    /// `after-answer`: the answer has reached the caller.
    AfterAnswer,
}

impl Position {
    const ALL: [Self; 3] = [Self::BeforeSending, Self::AfterEffect, Self::AfterAnswer];

    /// As it is written in a scenario.
    pub fn word(self) -> &'static str {
        match self {
            Self::BeforeSending => "before-sending",
            Self::AfterEffect => "after-effect",
            Self::AfterAnswer => "after-answer",
        }
    }
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// Kills a process, which comes back after a while: `{kill: csi-controller, restart: 5s}`.
    Kill {
        /// Which.
        process: Spanned<String>,
        /// How long it stays away.
        restart: Spanned<Duration>,
    },
    /// Holds the call (before sending) or its answer (after the effect) back: `{delay: 30s}`.
    Delay(Spanned<Duration>),
    /// Breaks the connection; the caller gets no answer: `{reset: connection}`.
    Reset,
    /// Answers with an HTTP status in the server's place: `{status: 503}`.
    Status(Spanned<u16>),
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kill { process, restart } => write!(f, "kill {process}, restart after {}", duration::in_words(restart.value)),
            Self::Delay(by) => write!(f, "delay by {}", duration::in_words(by.value)),
            Self::Reset => f.write_str("reset the connection"),
            Self::Status(status) => write!(f, "answer HTTP {status}"),
        }
    }
}

const EXAMPLE: &str = "- {id: crash, when: {call: CnsCreateVolume, position: after-effect}, does: {kill: csi-controller, restart: 5s}}";
const WHEN_EXAMPLE: &str = "{call: CnsCreateVolume, position: after-effect}";
const DOES_EXAMPLE: &str = "{kill: csi-controller, restart: 5s}, {delay: 30s}, {reset: connection} or {status: 503}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<Vec<FaultRule>> {
    let members = node.list("faults", EXAMPLE, problems)?;
    let read: Vec<Option<FaultRule>> = members.iter().map(|member| rule(member, problems)).collect();
    let rules = read.into_iter().collect::<Option<Vec<_>>>()?;
    different("fault rule", rules.iter().map(|rule| &rule.id), problems);
    Some(rules)
}

fn rule(node: &Node, problems: &mut Problems) -> Option<FaultRule> {
    let mut fields = Fields::of(node, "a fault rule", EXAMPLE, problems)?;
    let id = fields.required("id", problems).and_then(|node| id(node, problems));
    let when = fields.required("when", problems).and_then(|node| moment(node, problems));
    let does = fields.required("does", problems).and_then(|node| consequence(node, problems));
    let times = fields.optional("times").map_or(Some(1), |node| Some(node.number("times", 1, u32::MAX, problems)?.value));
    fields.finish(problems);
    let rule = FaultRule { span: node.span, id: id?, when: when?, does: does?, times: times? };
    possible(&rule, problems);
    Some(rule)
}

fn id(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let id = node.words("id", "crash-after-create", problems)?;
    if !is_name(&id) {
        let help = "ids are lower-case letters, digits, `-` and `.`, such as `crash-after-create`";
        return problems.at(id.span, format!("`{}` cannot be an id", id.value), help);
    }
    Some(id)
}

fn moment(node: &Node, problems: &mut Problems) -> Option<Moment> {
    let mut fields = Fields::of(node, "when", WHEN_EXAMPLE, problems)?;
    let call = fields.required("call", problems).and_then(|node| node.words("call", "CnsCreateVolume", problems));
    let from = fields.optional("from").map(|node| node.words("from", "csi-controller", problems));
    let to = fields.optional("to").map(|node| node.words("to", "vc-a", problems));
    let nth = fields.optional("nth").map_or(Some(1), |node| Some(node.number("nth", 1, u32::MAX, problems)?.value));
    let position = fields.required("position", problems).and_then(|node| position(node, problems));
    fields.finish(problems);
    Some(Moment { call: call?, from: from.flatten(), to: to.flatten(), nth: nth?, position: position? })
}

fn position(node: &Node, problems: &mut Problems) -> Option<Spanned<Position>> {
    let word = node.words("position", "after-effect", problems)?;
    match Position::ALL.into_iter().find(|position| position.word() == word.value) {
        Some(position) => Some(word.map(|_| position)),
        None => problems.unknown(&word, "position", "positions", Position::ALL.map(Position::word)),
    }
}

fn consequence(node: &Node, problems: &mut Problems) -> Option<Consequence> {
    let mut fields = Fields::of(node, "does", DOES_EXAMPLE, problems)?;
    let consequence = if let Some(process) = fields.optional("kill") {
        let process = process.words("kill", "csi-controller", problems);
        let restart = fields.required("restart", problems).and_then(|node| duration::decode(node, "restart", problems));
        process.zip(restart).map(|(process, restart)| Consequence::Kill { process, restart })
    } else if let Some(by) = fields.optional("delay") {
        duration::decode(by, "delay", problems).map(Consequence::Delay)
    } else if let Some(what) = fields.optional("reset") {
        reset(what, problems)
    } else if let Some(status) = fields.optional("status") {
        status.number("status", 400, 599, problems).map(Consequence::Status)
    } else if node.map("does", DOES_EXAMPLE, problems)?.is_empty() {
        problems.at(node.span, "`does` does nothing", format!("write one of {DOES_EXAMPLE}"))
    } else {
        None
    };
    fields.finish(problems);
    consequence
}

fn reset(node: &Node, problems: &mut Problems) -> Option<Consequence> {
    let what = node.words("reset", "connection", problems)?;
    match what.as_str() {
        "connection" => Some(Consequence::Reset),
        _ => problems.unknown(&what, "thing to reset", "things that can be reset", ["connection"]),
    }
}

/// An answer that has arrived can no longer be delayed, lost or replaced.
fn possible(rule: &FaultRule, problems: &mut Problems) {
    if rule.when.position.value == Position::AfterAnswer && !matches!(rule.does, Consequence::Kill { .. }) {
        let message = format!("`{}` comes too late: after the answer only a kill can strike", rule.does);
        problems.add(crate::ScenarioError::at(
            rule.when.position.span,
            message,
            "write `position: after-effect`, before the answer leaves",
        ));
    }
}
