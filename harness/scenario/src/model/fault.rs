//! The faults of a scenario: when they strike, and what they do.
//!
//! Faults are placed at a call that crosses a border. An outage that begins between two steps is a step: `fail`, `kill`.

use std::fmt;
use std::time::Duration;

use crate::span::{Span, Spanned};
use crate::yaml::{Fields, Node, Problems};

use super::target::{self, Target};
use super::{duration, lists::different, object::is_name};

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
    pub(crate) const ALL: [Self; 3] = [Self::BeforeSending, Self::AfterEffect, Self::AfterAnswer];

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
    /// Answers with a typed fault of vCenter in the server's place: `{fault: ResourceInUse, text: "in use"}`. Before sending,
    /// nothing has happened; after the effect, it has, and the caller is told otherwise.
    Fault(TypedFault),
    /// Answers an RPC of CSI with a status of gRPC in the driver's place: `{grpc: Unavailable, text: "try again"}`.
    Grpc {
        /// The code, as Go prints it; one of [`GRPC_CODES`].
        code: Spanned<String>,
        /// What it says.
        text: Option<Spanned<String>>,
    },
    /// Lets the task that the call starts fail: `{fail-task: {fault: ResourceInUse}}`. Before sending, the task fails
    /// without an effect; after the effect, it fails although its effect has been applied.
    FailTask(TypedFault),
    /// Lets the task that the call starts take so much longer: `{slow-task: 10m}`.
    SlowTask(Spanned<Duration>),
    /// Takes something of the world away: `{fail: {key-provider: kp-1, vcenter: vc-a}, heal-after: 2m}`.
    Fail {
        /// What.
        target: Target,
        /// When it comes back by itself; never when not said.
        heal_after: Option<Spanned<Duration>>,
    },
}

/// The codes of gRPC that are none of success, by their names as Go prints them, in the order of their numbers from 1.
pub const GRPC_CODES: [&str; 16] = [
    "Canceled",
    "Unknown",
    "InvalidArgument",
    "DeadlineExceeded",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "ResourceExhausted",
    "FailedPrecondition",
    "Aborted",
    "OutOfRange",
    "Unimplemented",
    "Internal",
    "Unavailable",
    "DataLoss",
    "Unauthenticated",
];

/// A typed fault of vCenter's API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedFault {
    /// Its type's name, such as `ResourceInUse`; the engine knows which there are.
    pub fault: Spanned<String>,
    /// Its message; vCenter's own for that type when not said.
    pub text: Option<Spanned<String>>,
}

impl fmt::Display for TypedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.text {
            Some(text) => write!(f, "{} ({:?})", self.fault, text.value),
            None => self.fault.fmt(f),
        }
    }
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kill { process, restart } => write!(f, "kill {process}, restart after {}", duration::in_words(restart.value)),
            Self::Delay(by) => write!(f, "delay by {}", duration::in_words(by.value)),
            Self::Reset => f.write_str("reset the connection"),
            Self::Status(status) => write!(f, "answer HTTP {status}"),
            Self::Grpc { code, text: None } => write!(f, "answer gRPC {code}"),
            Self::Grpc { code, text: Some(text) } => write!(f, "answer gRPC {code} ({:?})", text.value),
            Self::Fault(fault) => write!(f, "answer fault {fault}"),
            Self::FailTask(fault) => write!(f, "fail the task with {fault}"),
            Self::SlowTask(by) => write!(f, "let the task take {} longer", duration::in_words(by.value)),
            Self::Fail { target, heal_after: None } => write!(f, "fail {target}"),
            Self::Fail { target, heal_after: Some(after) } => {
                write!(f, "fail {target}, heal after {}", duration::in_words(after.value))
            }
        }
    }
}

const EXAMPLE: &str = "- {id: crash, when: {call: CnsCreateVolume, position: after-effect}, does: {kill: csi-controller, restart: 5s}}";
const WHEN_EXAMPLE: &str = "{call: CnsCreateVolume, position: after-effect}";
const DOES_EXAMPLE: &str = "{kill: csi-controller, restart: 5s}, {delay: 30s}, {reset: connection}, {status: 503}, {fault: ResourceInUse}, \
{grpc: Unavailable}, \
{fail-task: {fault: ResourceInUse}}, {slow-task: 10m} or {fail: {host-of: worker-1}, heal-after: 2m}";

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

/// The keys that tell what a fault does.
pub(crate) const CONSEQUENCES: [&str; 9] = ["kill", "delay", "reset", "status", "grpc", "fault", "fail-task", "slow-task", "fail"];

fn consequence(node: &Node, problems: &mut Problems) -> Option<Consequence> {
    let mut fields = Fields::of(node, "does", DOES_EXAMPLE, problems)?;
    let nothing = node.map("does", DOES_EXAMPLE, problems)?.is_empty();
    let found: Vec<(&str, &Node)> = CONSEQUENCES.into_iter().filter_map(|word| Some((word, fields.optional(word)?))).collect();
    let consequence = match found.as_slice() {
        [("kill", process)] => kill(process, &mut fields, problems),
        [("delay", by)] => duration::decode(by, "delay", problems).map(Consequence::Delay),
        [("reset", what)] => reset(what, problems),
        [("status", status)] => status.number("status", 400, 599, problems).map(Consequence::Status),
        [("grpc", code)] => grpc(code, &mut fields, problems),
        [("fault", fault)] => typed(fault, &mut fields, problems).map(Consequence::Fault),
        [("fail-task", fault)] => fail_task(fault, problems),
        [("slow-task", by)] => duration::decode(by, "slow-task", problems).map(Consequence::SlowTask),
        [(_, target)] => fail(node, target, &mut fields, problems),
        [] if nothing => problems.at(node.span, "`does` does nothing", format!("write one of {DOES_EXAMPLE}")),
        [] => None,
        [(first, _), (second, value), ..] => problems.at(
            value.span,
            format!("`{first}` and `{second}` are two things: `does` does one"),
            "write a rule for each, with ids of their own",
        ),
    };
    fields.finish(problems);
    consequence
}

fn kill(process: &Node, fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Consequence> {
    let process = process.words("kill", "csi-controller", problems);
    let restart = fields.required("restart", problems).and_then(|node| duration::decode(node, "restart", problems));
    Some(Consequence::Kill { process: process?, restart: restart? })
}

fn grpc(code: &Node, fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Consequence> {
    let code = code.words("grpc", "Unavailable", problems);
    let text = fields.maybe("text", problems, |node, problems| node.words("text", "\"try again\"", problems));
    let code = code?;
    if !GRPC_CODES.contains(&code.value.as_str()) {
        return problems.unknown(&code, "code of gRPC", "codes", GRPC_CODES);
    }
    Some(Consequence::Grpc { code, text: text? })
}

fn typed(fault: &Node, fields: &mut Fields<'_>, problems: &mut Problems) -> Option<TypedFault> {
    let fault = fault.words("fault", "ResourceInUse", problems);
    let text = fields.maybe("text", problems, |node, problems| node.words("text", "\"the volume is in use\"", problems));
    let (fault, text) = (fault?, text?);
    if !fault.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let help = "name a type of vSphere's API, such as `ResourceInUse` or `NotFound`";
        return problems.at(fault.span, format!("`{}` cannot be a fault", fault.value), help);
    }
    Some(TypedFault { fault, text })
}

fn fail_task(node: &Node, problems: &mut Problems) -> Option<Consequence> {
    let mut fields = Fields::of(node, "fail-task", "{fault: ResourceInUse}", problems)?;
    let fault = fields.required("fault", problems);
    let fault = fault.and_then(|fault| typed(fault, &mut fields, problems));
    fields.finish(problems);
    fault.map(Consequence::FailTask)
}

fn fail(does: &Node, node: &Node, fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Consequence> {
    let target = target::decode(node, "fail", problems);
    let heal_after = fields.maybe("heal-after", problems, |node, problems| duration::decode(node, "heal-after", problems));
    let (target, heal_after) = (target?, heal_after?);
    if heal_after.is_some() {
        target::healable(&target, does.span, problems);
    }
    Some(Consequence::Fail { target, heal_after })
}

fn reset(node: &Node, problems: &mut Problems) -> Option<Consequence> {
    let what = node.words("reset", "connection", problems)?;
    match what.as_str() {
        "connection" => Some(Consequence::Reset),
        _ => problems.unknown(&what, "thing to reset", "things that can be reset", ["connection"]),
    }
}

/// An answer that has arrived can no longer be delayed, lost or replaced, and a task that was made takes as long as it takes.
fn possible(rule: &FaultRule, problems: &mut Problems) {
    if rule.when.position.value != Position::BeforeSending && matches!(rule.does, Consequence::SlowTask(_)) {
        let message = "`slow-task` comes too late: the task has been made by then";
        problems.add(crate::ScenarioError::at(rule.when.position.span, message, "write `position: before-sending`"));
        return;
    }
    if rule.when.position.value == Position::AfterAnswer && !matches!(rule.does, Consequence::Kill { .. } | Consequence::Fail { .. }) {
        let message = format!("`{}` comes too late: after the answer only `kill` and `fail` can strike", rule.does);
        problems.add(crate::ScenarioError::at(
            rule.when.position.span,
            message,
            "write `position: after-effect`, before the answer leaves",
        ));
    }
}
