//! What can go wrong at a call, as fault rules of the language.

use std::fmt;
use std::time::Duration;

use seatrial_journal::Border;
use seatrial_scenario::{Position, in_words};

use super::faults::task_faults;
use super::place::{Place, Subjects};
use crate::document::Tree;

/// How long a process stays away that was killed.
const RESTART: Duration = Duration::from_secs(5);
/// Longer than anybody waits for an answer: sidecars give up after fifteen seconds, the vSphere client after sixty.
const LATE: Duration = Duration::from_secs(90);
/// How much longer a task takes: drivers wait for five minutes.
const SLOW: Duration = Duration::from_secs(600);
/// How long the account has another password: longer than any client that counts its tries would need to lock it.
const PASSWORD_CHANGED: Duration = Duration::from_secs(600);
/// How long a service is out of order.
const SERVICE_AWAY: Duration = Duration::from_secs(60);
/// How long an appliance takes to restart.
const APPLIANCE_AWAY: Duration = Duration::from_secs(180);
/// How long a node's kubelet or network is away: long enough that it is not ready, and its pods stay.
const NODE_AWAY: Duration = Duration::from_secs(120);
/// How long a host is down: long enough that its pods are evicted.
const HOST_AWAY: Duration = Duration::from_secs(600);

/// A kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// A driver is killed before it sends, after the effect or after the answer of a call that it makes or serves.
    Kill,
    /// The call is lost on its way.
    LostCall,
    /// The call takes effect, its answer is lost.
    LostAnswer,
    /// The answer comes when nobody waits for it any more.
    LateAnswer,
    /// The server is too busy: HTTP 503.
    Busy,
    /// The task that the call starts fails, before or after its effect, with each fault that such a task can end with.
    TaskFails,
    /// The task that the call starts takes minutes.
    SlowTask,
    /// All sessions of the vCenter have ended when the call arrives.
    SessionEnded,
    /// The password of the drivers' account is changed in the vCenter only, and back after a while.
    PasswordChanged,
    /// The service of the vCenter that answered is restarted.
    ServiceRestart,
    /// The whole appliance is restarted.
    VcenterRestart,
    /// The API server is restarted: watches are cut, and what they had seen is forgotten.
    ApiServerRestart,
    /// The node's kubelet stops for a while.
    KubeletStop,
    /// The node cannot reach the API server for a while.
    NodeCut,
    /// The host that the node's VM is on fails, and comes back.
    HostDown,
}

impl Trouble {
    /// All kinds.
    pub const ALL: [Self; 15] = [
        Self::Kill,
        Self::LostCall,
        Self::LostAnswer,
        Self::LateAnswer,
        Self::Busy,
        Self::TaskFails,
        Self::SlowTask,
        Self::SessionEnded,
        Self::PasswordChanged,
        Self::ServiceRestart,
        Self::VcenterRestart,
        Self::ApiServerRestart,
        Self::KubeletStop,
        Self::NodeCut,
        Self::HostDown,
    ];

    /// The one of this name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trouble| trouble.word() == word)
    }

    /// As flags and tables name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::LostCall => "lost-call",
            Self::LostAnswer => "lost-answer",
            Self::LateAnswer => "late-answer",
            Self::Busy => "busy",
            Self::TaskFails => "task-fails",
            Self::SlowTask => "slow-task",
            Self::SessionEnded => "session-ended",
            Self::PasswordChanged => "password-changed",
            Self::ServiceRestart => "service-restart",
            Self::VcenterRestart => "vcenter-restart",
            Self::ApiServerRestart => "api-server-restart",
            Self::KubeletStop => "kubelet-stop",
            Self::NodeCut => "node-cut",
            Self::HostDown => "host-down",
        }
    }

    /// How long it lasts, in minutes, and one at least.
    pub(super) fn minutes(self) -> u64 {
        let lasts = match self {
            Self::PasswordChanged => PASSWORD_CHANGED,
            Self::VcenterRestart => APPLIANCE_AWAY,
            Self::KubeletStop | Self::NodeCut => NODE_AWAY,
            Self::HostDown => HOST_AWAY,
            _ => SERVICE_AWAY,
        };
        lasts.as_secs().div_ceil(60)
    }

    /// What it does to a run, in words that follow "at this call".
    pub fn about(self) -> &'static str {
        match self {
            Self::Kill => "a driver's process is killed and comes back",
            Self::LostCall => "the call is lost on its way",
            Self::LostAnswer => "the call takes effect and its answer is lost",
            Self::LateAnswer => "the answer comes when nobody waits for it any more",
            Self::Busy => "the server answers that it is too busy",
            Self::TaskFails => "the task that the call starts fails",
            Self::SlowTask => "the task that the call starts takes ten minutes longer",
            Self::SessionEnded => "all sessions of the vCenter end",
            Self::PasswordChanged => "the password of the drivers' account is another one for a while",
            Self::ServiceRestart => "a service of the vCenter is restarted",
            Self::VcenterRestart => "the vCenter appliance is restarted",
            Self::ApiServerRestart => "the API server is restarted and has forgotten history",
            Self::KubeletStop => "the node's kubelet stops for a while",
            Self::NodeCut => "the node cannot reach the API server for a while",
            Self::HostDown => "the host that the node is on fails and comes back",
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One way in which a trouble can come at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blow {
    pub(super) position: Position,
    /// What tells it from others of the same place, trouble and position: the process that is killed, the task's fault.
    pub(super) more: Option<String>,
    /// The rule's `does`.
    pub(super) does: Tree,
}

/// All ways in which a trouble can come at a place; none where it cannot.
pub(super) fn blows(trouble: Trouble, place: &Place, subjects: &Subjects) -> Vec<Blow> {
    use Position::{AfterAnswer, AfterEffect, BeforeSending};
    let vcenter = (place.border == Border::VCenter).then(|| Tree::plain(&place.to));
    let node = place.node().map(Tree::plain);
    let one = |position, does| vec![Blow { position, more: None, does }];
    match trouble {
        Trouble::Kill => {
            let killed = [&place.from, &place.to].into_iter().filter(|process| subjects.has(process));
            let moments = [BeforeSending, AfterEffect, AfterAnswer];
            let kill = |process: &String| moments.map(|position| Blow { position, more: Some(process.clone()), does: killing(process) });
            killed.flat_map(kill).collect()
        }
        Trouble::LostCall => one(BeforeSending, Tree::map([("reset", Tree::plain("connection"))])),
        Trouble::LostAnswer => one(AfterEffect, Tree::map([("reset", Tree::plain("connection"))])),
        Trouble::LateAnswer => one(AfterEffect, Tree::map([("delay", time(LATE))])),
        Trouble::Busy if place.border == Border::Csi => Vec::new(),
        Trouble::Busy => one(BeforeSending, Tree::map([("status", Tree::plain("503"))])),
        Trouble::TaskFails => {
            let fail = |fault: &&'static str| [BeforeSending, AfterEffect].map(|position| failing_task(position, fault));
            task_faults(&place.method).iter().flat_map(fail).collect()
        }
        Trouble::SlowTask if task_faults(&place.method).is_empty() => Vec::new(),
        Trouble::SlowTask => one(BeforeSending, Tree::map([("slow-task", time(SLOW))])),
        Trouble::SessionEnded => vcenter.map_or(Vec::new(), |name| one(BeforeSending, failing([("sessions", name)], None))),
        Trouble::PasswordChanged => {
            vcenter.map_or(Vec::new(), |name| one(BeforeSending, failing([("password", name)], Some(PASSWORD_CHANGED))))
        }
        Trouble::ServiceRestart => vcenter.map_or(Vec::new(), |name| {
            one(AfterEffect, failing([("service", Tree::plain(service(&place.method))), ("vcenter", name)], Some(SERVICE_AWAY)))
        }),
        Trouble::VcenterRestart => vcenter.map_or(Vec::new(), |name| one(AfterEffect, failing([("vcenter", name)], Some(APPLIANCE_AWAY)))),
        Trouble::ApiServerRestart if place.border == Border::Kubernetes => one(AfterEffect, killing(&place.to)),
        Trouble::ApiServerRestart => Vec::new(),
        Trouble::KubeletStop => node.map_or(Vec::new(), |name| one(AfterEffect, failing([("kubelet", name)], Some(NODE_AWAY)))),
        Trouble::NodeCut => node.map_or(Vec::new(), |name| one(AfterEffect, failing([("network-of", name)], Some(NODE_AWAY)))),
        Trouble::HostDown => node.map_or(Vec::new(), |name| one(AfterEffect, failing([("host-of", name)], Some(HOST_AWAY)))),
    }
}

fn time(duration: Duration) -> Tree {
    Tree::plain(in_words(duration))
}

fn killing(process: &str) -> Tree {
    Tree::map([("kill", Tree::plain(process)), ("restart", time(RESTART))])
}

fn failing_task(position: Position, fault: &str) -> Blow {
    let does = Tree::map([("fail-task", Tree::map([("fault", Tree::plain(fault))]))]);
    Blow { position, more: Some(fault.to_owned()), does }
}

fn failing<const N: usize>(target: [(&str, Tree); N], heal_after: Option<Duration>) -> Tree {
    let mut does = Tree::map([("fail", Tree::map(target))]);
    if let Some(after) = heal_after {
        does.set("heal-after", time(after));
    }
    does
}

/// The service of a vCenter that answers a method.
fn service(method: &str) -> &'static str {
    if method.starts_with("Cns") {
        "cns"
    } else if method.starts_with("Pbm") || method.starts_with("Vslm") {
        "sps"
    } else if method.contains(" cis/") {
        "vapi"
    } else {
        "vpxd"
    }
}
