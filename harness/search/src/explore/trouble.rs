//! What goes wrong in an explored scenario: outages around what is done, and fault rules at calls.

use seatrial_seed::Generator;

use super::workload::one_of;
use super::world::World;
use crate::document::Tree;

/// Something that is away for a while: the step that takes it away, and the one that brings it back, if it does not come by itself.
pub(super) struct Outage {
    pub(super) begins: Tree,
    pub(super) ends: Option<Tree>,
}

/// Processes that may be killed; nodes' apart.
const PROCESSES: [&str; 6] =
    ["csi-controller", "csi-provisioner", "csi-attacher", "csi-resizer", "kube-controller-manager", "kube-scheduler"];

impl Outage {
    /// Any that ends within a time in which no pod is evicted.
    pub(super) fn draw(world: &World, draws: &mut Generator) -> Self {
        let node = one_of(&world.nodes, draws).name;
        let (vcenter, _) = one_of(&world.vcenters, draws);
        let target = |key: &str, name: &str| Tree::map([(key, Tree::plain(name))]);
        let of_vcenter = |key: &str, name: &str| Tree::map([(key, Tree::plain(name)), ("vcenter", Tree::plain(&vcenter))]);
        let (datastore, owner) = one_of(&world.datastores(), draws);
        let zones = world.zones();
        match draws.below(15) {
            0..=2 => {
                let mut processes: Vec<String> = PROCESSES.map(str::to_owned).to_vec();
                processes.extend([format!("csi-node/{node}"), format!("kubelet/{node}"), vcenter.clone()]);
                if world.ccm {
                    processes.push("ccm".to_owned());
                }
                let process = one_of(&processes, draws);
                let restart = one_of(&["1s", "5s", "30s", "2m"], draws);
                let kill = Tree::map([("process", Tree::plain(&process)), ("restart", Tree::plain(restart))]);
                Self { begins: Tree::map([("kill", kill)]), ends: None }
            }
            3 => Self { begins: Tree::map([("fail", target(one_of(&["sessions", "tasks-of-cns"], draws), &vcenter))]), ends: None },
            4 => Self::of(&of_vcenter("service", one_of(&["vpxd", "cns", "sps", "vapi"], draws))),
            5 => Self::of(&target("vcenter", &vcenter)),
            6 => Self::of(&target("kubelet", &node)),
            7 => Self::of(&target("network-of", &node)),
            8 => Self::of(&target(one_of(&["host-of", "maintenance-of"], draws), &node)),
            9 => Self::of(&Tree::map([("datastore", Tree::plain(&datastore)), ("vcenter", Tree::plain(&owner))])),
            10 => Self::of(&target("guest-tools", &node)),
            11 => Self::of(&target("password", &vcenter)),
            12 if !zones.is_empty() => Self::of(&target("zone", one_of(&zones, draws))),
            13 if world.encrypted => Self::of(&of_vcenter("key-provider", "kp-1")),
            _ => Self::of(&target("process", one_of(&PROCESSES, draws))),
        }
    }

    fn of(target: &Tree) -> Self {
        Self { begins: Tree::map([("fail", target.clone())]), ends: Some(Tree::map([("heal", target.clone())])) }
    }
}

/// Calls that are struck: the method, who calls, whom, and whether it starts a task.
const CALLS: [(&str, &str, &str, bool); 20] = [
    ("CnsCreateVolume", "csi-controller", "vc", true),
    ("CnsAttachVolume", "csi-controller", "vc", true),
    ("CnsDetachVolume", "csi-controller", "vc", true),
    ("CnsDeleteVolume", "csi-controller", "vc", true),
    ("CnsExtendVolume", "csi-controller", "vc", true),
    ("CnsCreateSnapshots", "csi-controller", "vc", true),
    ("CnsDeleteSnapshots", "csi-controller", "vc", true),
    ("CnsQueryVolume", "csi-controller", "vc", false),
    ("RetrievePropertiesEx", "csi-controller", "vc", false),
    ("CreateVolume", "csi-provisioner", "csi-controller", false),
    ("DeleteVolume", "csi-provisioner", "csi-controller", false),
    ("ControllerPublishVolume", "csi-attacher", "csi-controller", false),
    ("ControllerUnpublishVolume", "csi-attacher", "csi-controller", false),
    ("ControllerExpandVolume", "csi-resizer", "csi-controller", false),
    ("NodeStageVolume", "kubelet", "csi-node", false),
    ("NodePublishVolume", "kubelet", "csi-node", false),
    ("NodeUnpublishVolume", "kubelet", "csi-node", false),
    ("NodeUnstageVolume", "kubelet", "csi-node", false),
    ("NodeExpandVolume", "kubelet", "csi-node", false),
    ("update cnsvolumeoperationrequests", "csi-controller", "kube-apiserver", false),
];

/// None, one or two fault rules.
pub(super) fn rules(world: &World, draws: &mut Generator) -> Vec<Tree> {
    (1..=draws.below(3)).map(|number| rule(number, world, draws)).collect()
}

fn rule(number: u64, world: &World, draws: &mut Generator) -> Tree {
    let (method, from, to, is_task) = one_of(&CALLS, draws);
    let node = one_of(&world.nodes, draws).name;
    let (vcenter, _) = one_of(&world.vcenters, draws);
    let process = |kind: &str| match kind {
        "vc" => vcenter.clone(),
        "kubelet" | "csi-node" => format!("{kind}/{node}"),
        other => other.to_owned(),
    };
    let (from, to) = (process(from), process(to));
    let (position, does) = consequence(&from, &to, is_task, &vcenter, draws);
    let mut when = Tree::map([("call", Tree::plain(method)), ("from", Tree::plain(&from)), ("to", Tree::plain(&to))]);
    let nth = 1 + draws.below(4);
    if nth > 1 {
        when.set("nth", Tree::plain(nth.to_string()));
    }
    when.set("position", Tree::plain(position));
    Tree::map([("id", Tree::plain(format!("trouble-{number}"))), ("when", when), ("does", does)])
}

fn consequence(from: &str, to: &str, is_task: bool, vcenter: &str, draws: &mut Generator) -> (&'static str, Tree) {
    let positions = ["before-sending", "after-effect", "after-answer"];
    let early = one_of(&positions[..2], draws);
    let kind = draws.below(if is_task { 9 } else { 6 });
    match kind {
        0..=2 => {
            let drivers: Vec<&str> = [from, to].into_iter().filter(|process| process.starts_with("csi-")).collect();
            let kill = Tree::map([("kill", Tree::plain(one_of(&drivers, draws))), ("restart", Tree::plain("5s"))]);
            (one_of(&positions, draws), kill)
        }
        3 => (early, Tree::map([("reset", Tree::plain("connection"))])),
        4 => ("after-effect", Tree::map([("delay", Tree::plain(one_of(&["20s", "90s", "6m"], draws)))])),
        5 => {
            // Nothing else takes this away, so it is there to be taken.
            let fail = Tree::map([("network-from", Tree::plain("csi-controller")), ("vcenter", Tree::plain(vcenter))]);
            (early, Tree::map([("fail", fail), ("heal-after", Tree::plain("3m"))]))
        }
        6 => ("before-sending", Tree::map([("slow-task", Tree::plain(one_of(&["2m", "6m", "20m"], draws)))])),
        _ => (early, Tree::map([("fail-task", Tree::map([("fault", Tree::plain(one_of(&["CnsFault", "TaskInProgress"], draws)))]))])),
    }
}
