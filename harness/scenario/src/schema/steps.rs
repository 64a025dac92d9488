//! The schema of steps.

use serde_json::json;

use super::build::{
    Shape, any_of, anything, capabilities, described, list, map, name, number, objects_of, reference, size, text, truth, word,
};
use super::expect::expect;
use super::world::{environment, nics};
use crate::model::configuration::DriverName;
use crate::model::object::ObjectKind;
use crate::model::steps::disk_by_hand::{self, DiskAction};
use crate::model::steps::loops::{self, FOR_EACH, REPEAT, TIMES_MAX};
use crate::model::steps::power::{self, PowerState};
use crate::model::steps::scale::REPLICAS_MAX;
use crate::model::steps::snapshot_by_hand::{self, SnapshotAction};
use crate::model::steps::tag::{self, OBJECTS};
use crate::model::steps::taint::TaintEffect;
use crate::model::steps::wait::State;
use crate::model::steps::{add_host, attach_by_hand, configure, detach_by_hand, guest_tells, patch, resize, rollout, vm, words};

pub(super) fn definitions() -> Vec<(&'static str, Shape)> {
    vec![("step", step()), ("file", file())]
}

fn step() -> Shape {
    let shape = words().into_iter().fold(map("One step.").one_of(words()), |shape, word| shape.optional(word, of(word)));
    let settles = "Whether the next step waits until the world has settled; when not said, it does, unless this step only looks or sleeps.";
    let shape = shape.optional("settle", truth(settles)).optional(
        "requires",
        capabilities("Of an `expect`: what only some drivers do or say; without it, what is not as expected is a finding."),
    );
    shape
        .optional("within", described("Of an `expect`: until it is so, at most for so long.", "duration"))
        .optional("always-for", described("Of an `expect`: it is so, and stays so for so long.", "duration"))
        .optional("never-for", described("Of an `expect`: it is not so, and does not become so for so long.", "duration"))
}

/// What stands after a step's word.
fn of(step: &str) -> Shape {
    match step {
        "apply" => {
            text("Applies every document of a manifest, whose path is relative to the scenario's folder.").example("manifests/web.yaml")
        }
        "delete" => delete(),
        "patch" => map("Changes an object by a merge patch.")
            .others_named(&objects_of(&ObjectKind::ALL), anything("The patch."))
            .at_least(1)
            .example(patch::EXAMPLE),
        "scale" => map("Sets the number of replicas, without waiting for them.")
            .others_named(&objects_of(&[ObjectKind::StatefulSet, ObjectKind::Deployment]), number("How many.", 0, u64::from(REPLICAS_MAX)))
            .at_least(1)
            .example("{statefulset/web: 2}"),
        "resize" => map("Asks for another size of a claim, or of all claims of a StatefulSet, without waiting for it.")
            .optional("refused", text("The API server must refuse it, in words that contain these."))
            .others_named(&objects_of(&[ObjectKind::PersistentVolumeClaim, ObjectKind::StatefulSet]), size("To what size."))
            .at_least(1)
            .example(resize::EXAMPLE),
        "cordon" => text("Marks a node unschedulable.").example("worker-1"),
        "uncordon" => text("Marks a node schedulable again.").example("worker-1"),
        "drain" => map("Cordons a node, evicts its pods and waits until they are gone.")
            .required("node", text("Which."))
            .optional("within", reference("duration"))
            .example("{node: worker-1, within: 10m}"),
        "taint" => taint("Puts a taint on a node.", true),
        "untaint" => taint("Takes the taints of a key off a node.", false),
        "wait" => wait(),
        "sleep" => any_of("Lets time pass.", [reference("duration")]).example("90s"),
        "write" => any_of("Writes a file through a pod's mount.", [reference("file")]),
        "read" => any_of("Looks that a file of a pod holds exactly this.", [reference("file")]),
        "expect" => expect(),
        REPEAT => map("Does steps so many times; `${each.round}` in them is the number of the round.")
            .required("times", number("How many times.", 1, u64::from(TIMES_MAX)))
            .required("steps", in_loop())
            .example(loops::REPEAT_EXAMPLE),
        FOR_EACH => map("Does steps once for each of some values; `${each.NAME}` in them stands for one.")
            .required("steps", in_loop())
            .others(list("The values; those of several names go hand in hand.", text("")).at_least(1))
            .at_least(2)
            .example(loops::FOR_EACH_EXAMPLE),
        "kill" => map("Kills a process at once; it starts again with nothing but what it had stored.")
            .required("process", text("Which.").example("csi-controller"))
            .required("restart", reference("duration")),
        "fail" => any_of("Takes something of the world away until it is healed.", [reference("target")]),
        "heal" => any_of("Brings back what `fail` took away, named in the same words.", [reference("target")]),
        _ => of_administrator(step),
    }
}

/// The same for what an administrator of vSphere does.
fn of_administrator(step: &str) -> Shape {
    match step {
        "power" => map("Switches a node's VM, hard.")
            // Editors that read YAML 1.1 take `on` and `off` for truths.
            .others(any_of("", [word("", PowerState::ALL.map(PowerState::word)), truth("")]))
            .at_least(1)
            .example(power::EXAMPLE),
        "move" => map("Moves a running VM to another cluster of its vCenter.")
            .required("vm", text("The node whose VM it is."))
            .required("to", map("Where to.").required("cluster", text("The cluster.")))
            .example(vm::MOVE_EXAMPLE),
        "destroy" => map("Removes a node's VM from vCenter and from disk.").required("vm", text("The node whose VM it is.")),
        "create" => map("Creates a destroyed VM anew, with another identity.").required("vm", text("The node whose VM it is.")),
        "attach-by-hand" => map("Attaches a claim's volume to a VM behind the driver's back.")
            .required("volume", name("The claim whose volume is meant."))
            .required("to", text("The node whose VM it goes to."))
            .example(attach_by_hand::EXAMPLE),
        "add-host" => map("Adds a host to a cluster; it mounts what the cluster's first host mounts.")
            .required("cluster", text("The cluster."))
            .required("vcenter", text("Whose cluster."))
            .example(add_host::EXAMPLE),
        "detach-by-hand" => map("Detaches a claim's volume from a VM behind the driver's back.")
            .required("volume", name("The claim whose volume is meant."))
            .required("from", text("The node whose VM it is taken off."))
            .example(detach_by_hand::EXAMPLE),
        "snapshot-by-hand" => {
            let shape = map("Takes a snapshot of a claim's volume behind the driver's back, or deletes all that it has.");
            let claim = |shape: Shape, action: SnapshotAction| shape.optional(action.word(), name("The claim whose volume is meant."));
            SnapshotAction::ALL
                .into_iter()
                .fold(shape, claim)
                .one_of(SnapshotAction::ALL.map(SnapshotAction::word))
                .example(snapshot_by_hand::EXAMPLE)
        }
        "disk-by-hand" => {
            let shape = map("Registers the file of a disk as one of the first class, or deletes a disk from its datastore.");
            let disk = |shape: Shape, action: DiskAction| shape.optional(action.word(), text("The disk, by its name in the world."));
            DiskAction::ALL.into_iter().fold(shape, disk).one_of(DiskAction::ALL.map(DiskAction::word)).example(disk_by_hand::EXAMPLE)
        }
        "guest-tells" => map("Changes what VMware Tools tell of a node's guest.")
            .required("vm", text("The node whose VM it is."))
            .optional("host-name", text("What it calls itself from now on."))
            .optional("nics", nics("The adapters that it has from now on, in this order."))
            .at_least(2)
            .example(guest_tells::EXAMPLE),
        "rollout" => {
            let to = text("The driver that takes its place: `ours`, a descriptor's name, or its path from the scenario's folder.");
            let with = map("").optional("environment", environment()).optional("driver", to.example("./newer.yaml")).at_least(1);
            let anew = map("With other variables, or as another program.").example(rollout::OTHER_EXAMPLE);
            let anew = DriverName::ALL.into_iter().fold(anew, |shape, driver| shape.optional(driver.word(), with.clone()));
            let anew = anew.one_of(DriverName::ALL.map(DriverName::word));
            any_of("Replaces a driver's pod, as its Deployment does it.", [word("Whose.", DriverName::ALL.map(DriverName::word)), anew])
                .example(rollout::EXAMPLE)
        }
        "configure" => DriverName::ALL
            .into_iter()
            .fold(map("Changes what a driver's configuration file says, while the driver runs."), |shape, driver| {
                shape.optional(driver.word(), reference("configuration"))
            })
            .one_of(DriverName::ALL.map(DriverName::word))
            .example(configure::EXAMPLE),
        "tag" => tagged("Puts tags on an object of a vCenter."),
        _ => tagged("Takes tags off an object of a vCenter."),
    }
}

fn in_loop() -> Shape {
    list("What is done in each turn, in order.", reference("step")).at_least(1)
}

fn delete() -> Shape {
    let with = map("")
        .required("object", reference("object"))
        .optional("force", truth("Whether without a grace period.").default(json!(false)))
        .optional("wait", truth("Whether the step waits until the object is gone.").default(json!(true)));
    any_of("Deletes one object and waits until it is gone.", [reference("object"), with]).example("pod/web-0")
}

fn taint(about: &str, put: bool) -> Shape {
    let shape = map(about).required("node", text("Which node.")).required("key", text("The taint's key."));
    let effect = word("What it does to pods that do not tolerate it.", TaintEffect::ALL.map(TaintEffect::word));
    if put { shape.optional("value", text("Its value.")).required("effect", effect) } else { shape.optional("effect", effect) }
}

fn wait() -> Shape {
    let mut states: Vec<&str> = ObjectKind::ALL.into_iter().flat_map(State::of).map(|state| state.word()).collect();
    states.sort_unstable();
    states.dedup();
    map("Waits until an object is in a state.")
        .optional("within", reference("duration"))
        .others_named(&objects_of(&ObjectKind::ALL), word("The state.", states))
        .at_least(1)
        .example("{statefulset/web: ready, within: 2m}")
}

fn file() -> Shape {
    map("A file in a pod.")
        .required("pod", name("The pod's name."))
        .required("path", text("The file's absolute path in the pod.").example("/data/proof"))
        .required("text", text("Its whole content."))
}

fn tagged(about: &str) -> Shape {
    let whose = text("Whose cluster or datastore it is.");
    let shape = OBJECTS.into_iter().fold(map(about), |shape, word| shape.optional(word, text("The object.")));
    shape
        .optional("vcenter", whose)
        .one_of(OBJECTS)
        .together(&["cluster", "datastore"], "vcenter")
        .others(text("The tag, at its category."))
        .at_least(2)
        .example(tag::EXAMPLE)
}
