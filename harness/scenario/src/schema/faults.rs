//! The schema of faults, and of what can fail.

use super::build::{Shape, any_of, map, name, number, reference, text, word};
use crate::model::fault::{CONSEQUENCES, GRPC_CODES, Position};
use crate::model::target::{self, HOST_OF, MOUNT, OWNED, Service, WORDS};

pub(super) fn definitions() -> Vec<(&'static str, Shape)> {
    vec![("fault", fault()), ("typed-fault", typed_fault()), ("target", target())]
}

fn fault() -> Shape {
    map("A rule of the fault plan.")
        .required("id", name("Its name, in the journal and in `fired`."))
        .required("when", moment())
        .required("does", consequence())
        .optional("times", number("At how many matching calls it strikes, from the `nth` on.", 1, u64::from(u32::MAX)).default(1.into()))
        .example("{id: crash, when: {call: CnsCreateVolume, position: after-effect}, does: {kill: csi-controller, restart: 5s}}")
}

fn moment() -> Shape {
    map("When it strikes.")
        .required("call", text("The method's name in the journal.").example("CnsCreateVolume").example("patch nodes/status"))
        .optional("from", text("The calling process; any when not said."))
        .optional("to", text("The process that is called; any when not said."))
        .optional("nth", number("Which of the matching calls, from 1.", 1, u64::from(u32::MAX)).default(1.into()))
        .required("position", word("Where on the call's way.", Position::ALL.map(Position::word)))
}

fn consequence() -> Shape {
    let mut shape = map("What it does.").one_of(CONSEQUENCES).together(&["kill"], "restart");
    for key in CONSEQUENCES {
        shape = shape.optional(key, of(key));
    }
    shape
        .optional("restart", reference("duration"))
        .optional("text", text("The message of a fault or a status; vCenter's own when not said."))
        .optional("heal-after", reference("duration"))
}

fn of(key: &str) -> Shape {
    match key {
        "kill" => text("Kills a process, which comes back after `restart`.").example("csi-controller"),
        "delay" => any_of("Holds the call (before sending) or its answer (after the effect) back.", [reference("duration")]),
        "reset" => word("Breaks the connection; the caller gets no answer.", ["connection"]),
        "status" => number("Answers with an HTTP status in the server's place.", 400, 599),
        "grpc" => word("Answers an RPC of CSI with a status of gRPC in the driver's place.", GRPC_CODES),
        "fault" => text("Answers with a typed fault of vCenter in the server's place.").example("ResourceInUse"),
        "fail-task" => any_of("Lets the task that the call starts fail.", [reference("typed-fault")]),
        "slow-task" => any_of("Lets the task that the call starts take so much longer.", [reference("duration")]),
        _ => any_of("Takes something of the world away; `heal-after` brings it back.", [reference("target")]),
    }
}

fn typed_fault() -> Shape {
    map("A typed fault of vCenter's API.")
        .required("fault", text("Its type's name.").example("ResourceInUse"))
        .optional("text", text("Its message; vCenter's own when not said."))
}

fn target() -> Shape {
    let mut shape = map("Something that can fail and be healed.").at_least(1).together(&OWNED, "vcenter").together(&[MOUNT], HOST_OF);
    for key in WORDS {
        shape = shape.optional(key, target_of(key));
    }
    shape.example(target::EXAMPLE)
}

fn target_of(key: &str) -> Shape {
    match key {
        HOST_OF => text("The ESXi host that the node's VM is on, with all VMs on it. Beside a mount: where it is."),
        "maintenance-of" => text("That host is in maintenance mode; what ran on it has moved to other hosts of its cluster."),
        MOUNT => text("A datastore that the host beside it does not mount any more."),
        "zone" => text("All hosts of the clusters that lie in the zone."),
        "vcenter" => text("Alone: the whole appliance. Beside a service, datastore, key provider or the network from a process: which."),
        "service" => word("One service of a vCenter.", Service::ALL.map(Service::word)),
        "key-provider" => text("A key provider cannot be reached."),
        "datastore" => text("A datastore cannot be reached by any host."),
        "space-on" => text("Something else has taken all that is free on a datastore."),
        "network-from" => text("A process cannot reach a vCenter; both live, and others reach it."),
        "network-of" => text("The node cannot reach the API server; its VM lives."),
        "kubelet" => text("The node's kubelet stops."),
        "sessions" => text("All sessions of a vCenter end."),
        "tasks-of-cns" => text("Whatever CNS of a vCenter works on fails, as when it is started anew."),
        "password" => text("The account of the drivers has another password than they are told, and its sessions have ended."),
        "guest-tools" => text("The guest tools of the node's VM stop."),
        _ => text("A process stays down until it is healed."),
    }
}
