//! The steps of a scenario, one file each.

use std::fmt;

use crate::span::{Span, Spanned};
use crate::yaml::{Node, Problems};

use super::capability::{self, Capability};
use loops::Turn;

pub(crate) mod add_host;
pub(crate) mod apply;
pub(crate) mod attach_by_hand;
pub(crate) mod configure;
pub(crate) mod cordon;
pub(crate) mod delete;
pub(crate) mod detach_by_hand;
pub(crate) mod disk_by_hand;
pub(crate) mod drain;
pub(crate) mod expect;
pub(crate) mod fail;
pub(crate) mod guest_tells;
pub(crate) mod heal;
pub(crate) mod kill;
pub(crate) mod loops;
mod names;
mod parts;
pub(crate) mod patch;
pub(crate) mod power;
pub(crate) mod read;
pub(crate) mod resize;
pub(crate) mod rollout;
pub(crate) mod scale;
pub(crate) mod sleep;
pub(crate) mod snapshot_by_hand;
pub(crate) mod tag;
pub(crate) mod taint;
pub(crate) mod vm;
pub(crate) mod wait;
pub(crate) mod watch;
pub(crate) mod write;

/// One step: what is done, and whether the world is given time to settle afterwards.
///
/// ```yaml
/// - scale: {statefulset/web: 2}
///   settle: false
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it stands, as a whole.
    pub span: Span,
    /// Where it stands in loops, and in which of their turns it is done.
    pub turn: Turn,
    /// What is done.
    pub action: Action,
    /// Whether the next step waits until the world has settled. When not said, it does after a step that changes or awaits
    /// something, and does not after one that only looks or lets time pass (`expect`, `read`, `sleep`).
    pub settle: bool,
    /// How long an `expect` looks.
    pub watch: watch::Watch,
    /// What only some drivers do or say: without it, what an `expect` does not find is a finding and fails nothing.
    pub requires: Vec<Spanned<Capability>>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// See [`apply::Apply`].
    Apply(apply::Apply),
    /// See [`delete::Delete`].
    Delete(delete::Delete),
    /// See [`patch::Patch`].
    Patch(patch::Patch),
    /// See [`scale::Scale`].
    Scale(scale::Scale),
    /// See [`resize::Resize`].
    Resize(resize::Resize),
    /// See [`cordon::Cordon`].
    Cordon(cordon::Cordon),
    /// See [`cordon::Uncordon`].
    Uncordon(cordon::Uncordon),
    /// See [`drain::Drain`].
    Drain(drain::Drain),
    /// See [`taint::Taint`].
    Taint(taint::Taint),
    /// See [`taint::Untaint`].
    Untaint(taint::Untaint),
    /// See [`wait::Wait`].
    Wait(wait::Wait),
    /// See [`sleep::Sleep`].
    Sleep(sleep::Sleep),
    /// See [`write::Write`].
    Write(write::Write),
    /// See [`read::Read`].
    Read(read::Read),
    /// See [`expect::Expect`].
    Expect(expect::Expect),
    /// See [`kill::Kill`].
    Kill(kill::Kill),
    /// See [`fail::Fail`].
    Fail(fail::Fail),
    /// See [`heal::Heal`].
    Heal(heal::Heal),
    /// See [`power::Power`].
    Power(power::Power),
    /// See [`vm::Move`].
    Move(vm::Move),
    /// See [`vm::Destroy`].
    Destroy(vm::Destroy),
    /// See [`vm::Create`].
    Create(vm::Create),
    /// See [`attach_by_hand::AttachByHand`].
    AttachByHand(attach_by_hand::AttachByHand),
    /// See [`add_host::AddHost`].
    AddHost(add_host::AddHost),
    /// See [`detach_by_hand::DetachByHand`].
    DetachByHand(detach_by_hand::DetachByHand),
    /// See [`snapshot_by_hand::SnapshotByHand`].
    SnapshotByHand(snapshot_by_hand::SnapshotByHand),
    /// See [`disk_by_hand::DiskByHand`].
    DiskByHand(disk_by_hand::DiskByHand),
    /// See [`guest_tells::GuestTells`].
    GuestTells(guest_tells::GuestTells),
    /// See [`rollout::Rollout`].
    Rollout(rollout::Rollout),
    /// See [`configure::Configure`].
    Configure(configure::Configure),
    /// See [`tag::Tag`].
    Tag(tag::Tag),
    /// See [`tag::Untag`].
    Untag(tag::Untag),
}

impl Action {
    /// Whether it changes nothing and awaits nothing but time.
    pub fn only_looks(&self) -> bool {
        matches!(self, Self::Expect(_) | Self::Read(_) | Self::Sleep(_))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only an `expect` looks for longer than a moment.
        write!(f, "{}{}{}", self.action, self.watch, self.turn)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Apply(step) => step.fmt(f),
            Self::Delete(step) => step.fmt(f),
            Self::Patch(step) => step.fmt(f),
            Self::Scale(step) => step.fmt(f),
            Self::Resize(step) => step.fmt(f),
            Self::Cordon(step) => step.fmt(f),
            Self::Uncordon(step) => step.fmt(f),
            Self::Drain(step) => step.fmt(f),
            Self::Taint(step) => step.fmt(f),
            Self::Untaint(step) => step.fmt(f),
            Self::Wait(step) => step.fmt(f),
            Self::Sleep(step) => step.fmt(f),
            Self::Write(step) => step.fmt(f),
            Self::Read(step) => step.fmt(f),
            Self::Expect(step) => step.fmt(f),
            Self::Kill(step) => step.fmt(f),
            Self::Fail(step) => step.fmt(f),
            Self::Heal(step) => step.fmt(f),
            Self::Power(step) => step.fmt(f),
            Self::Move(step) => step.fmt(f),
            Self::Destroy(step) => step.fmt(f),
            Self::Create(step) => step.fmt(f),
            Self::AttachByHand(step) => step.fmt(f),
            Self::AddHost(step) => step.fmt(f),
            Self::DetachByHand(step) => step.fmt(f),
            Self::SnapshotByHand(step) => step.fmt(f),
            Self::DiskByHand(step) => step.fmt(f),
            Self::GuestTells(step) => step.fmt(f),
            Self::Rollout(step) => step.fmt(f),
            Self::Configure(step) => step.fmt(f),
            Self::Tag(step) => step.fmt(f),
            Self::Untag(step) => step.fmt(f),
        }
    }
}

/// Reads what stands after a step's key.
type Decoder = fn(&Node, &mut Problems) -> Option<Action>;

const STEPS: [(&str, Decoder); 32] = [
    ("apply", |node, problems| apply::decode(node, problems).map(Action::Apply)),
    ("delete", |node, problems| delete::decode(node, problems).map(Action::Delete)),
    ("patch", |node, problems| patch::decode(node, problems).map(Action::Patch)),
    ("scale", |node, problems| scale::decode(node, problems).map(Action::Scale)),
    ("resize", |node, problems| resize::decode(node, problems).map(Action::Resize)),
    ("cordon", |node, problems| cordon::decode_cordon(node, problems).map(Action::Cordon)),
    ("uncordon", |node, problems| cordon::decode_uncordon(node, problems).map(Action::Uncordon)),
    ("drain", |node, problems| drain::decode(node, problems).map(Action::Drain)),
    ("taint", |node, problems| taint::decode_taint(node, problems).map(Action::Taint)),
    ("untaint", |node, problems| taint::decode_untaint(node, problems).map(Action::Untaint)),
    ("wait", |node, problems| wait::decode(node, problems).map(Action::Wait)),
    ("sleep", |node, problems| sleep::decode(node, problems).map(Action::Sleep)),
    ("write", |node, problems| write::decode(node, problems).map(Action::Write)),
    ("read", |node, problems| read::decode(node, problems).map(Action::Read)),
    ("expect", |node, problems| expect::decode(node, problems).map(Action::Expect)),
    ("kill", |node, problems| kill::decode(node, problems).map(Action::Kill)),
    ("fail", |node, problems| fail::decode(node, problems).map(Action::Fail)),
    ("heal", |node, problems| heal::decode(node, problems).map(Action::Heal)),
    ("power", |node, problems| power::decode(node, problems).map(Action::Power)),
    ("move", |node, problems| vm::decode_move(node, problems).map(Action::Move)),
    ("destroy", |node, problems| vm::decode_destroy(node, problems).map(Action::Destroy)),
    ("create", |node, problems| vm::decode_create(node, problems).map(Action::Create)),
    ("attach-by-hand", |node, problems| attach_by_hand::decode(node, problems).map(Action::AttachByHand)),
    ("add-host", |node, problems| add_host::decode(node, problems).map(Action::AddHost)),
    ("detach-by-hand", |node, problems| detach_by_hand::decode(node, problems).map(Action::DetachByHand)),
    ("snapshot-by-hand", |node, problems| snapshot_by_hand::decode(node, problems).map(Action::SnapshotByHand)),
    ("disk-by-hand", |node, problems| disk_by_hand::decode(node, problems).map(Action::DiskByHand)),
    ("guest-tells", |node, problems| guest_tells::decode(node, problems).map(Action::GuestTells)),
    ("rollout", |node, problems| rollout::decode(node, problems).map(Action::Rollout)),
    ("configure", |node, problems| configure::decode(node, problems).map(Action::Configure)),
    ("tag", |node, problems| tag::decode_tag(node, problems).map(Action::Tag)),
    ("untag", |node, problems| tag::decode_untag(node, problems).map(Action::Untag)),
];

/// The words that steps begin with, those of loops among them.
pub(crate) fn words() -> Vec<&'static str> {
    STEPS.iter().map(|(word, _)| *word).chain(loops::LOOPS).collect()
}

const EXAMPLE: &str = "- apply: manifests/web.yaml";

/// Keys that stand beside a step's word.
const ASIDE: [&str; 5] = ["settle", "requires", "within", "always-for", "never-for"];

/// The steps, and the names of loops that no step says.
pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<(Vec<Step>, Vec<Spanned<String>>)> {
    let members = node.some("steps", EXAMPLE, problems)?;
    let unrolled = loops::unrolled(members, problems);
    // A step that cannot be read is a problem already; the names in the others are checked all the same.
    let steps = unrolled.steps.into_iter().filter_map(|(member, turn)| step(&member, turn, problems)).collect();
    Some((steps, unrolled.unused))
}

fn step(node: &Node, turn: Turn, problems: &mut Problems) -> Option<Step> {
    let entries = node.map("a step", EXAMPLE, problems)?;
    let settle = entries.iter().find(|(name, _)| name.value == "settle");
    let settle = settle.map(|(_, value)| value.truth("settle", problems));
    let requires = entries.iter().find(|(name, _)| name.value == "requires");
    let action = match entries.iter().filter(|(name, _)| !ASIDE.contains(&name.value.as_str())).collect::<Vec<_>>().as_slice() {
        [(name, value)] => match STEPS.iter().find(|(word, _)| *word == name.value) {
            Some((_, decode)) => decode(value, problems),
            None => problems.unknown(name, "step", "steps", words()),
        },
        [] => problems.at(node.span, "a step that does nothing", format!("write it like this: {EXAMPLE}")),
        [_, (second, _), ..] => problems.at(second.span, "a step that does two things", "begin a new step with `- ` for each"),
    };
    let action = action?;
    let watch = watch::decode(entries, matches!(action, Action::Expect(_)), problems);
    let settle = settle.unwrap_or(Some(!action.only_looks()));
    let requires = match requires {
        None => Some(Vec::new()),
        Some((_, list)) if matches!(action, Action::Expect(_)) => capability::decode(list, problems),
        Some((name, _)) => problems.at(
            name.span,
            "only an `expect` can be asked of some drivers and not of others",
            "write `requires` at the top of the scenario, so that drivers without it do not run, or take it away",
        ),
    };
    Some(Step { span: node.span, turn, action, settle: settle?, watch: watch?, requires: requires? })
}
