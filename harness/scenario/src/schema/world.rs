//! The world's part of the schema.

use serde_json::json;

use super::build::{Shape, any_of, described, list, map, name, nothing, number, pattern, reference, size, text, truth, word, word_or_text};
use crate::model::configuration::DriverName;
use crate::model::world::cluster::{self, HOSTS_MAX};
use crate::model::world::disk;
use crate::model::world::drivers::REPLICAS_MAX;
use crate::model::world::guest::{self, SystemUuid};
use crate::model::world::habits::{self, REFUSALS_MAX};
use crate::model::world::include;
use crate::model::world::key_provider::{self, KeyProviderKind};
use crate::model::world::kubernetes::{NODE_EXAMPLE, NODES_MAX};
use crate::model::world::topology;
use crate::model::world::vcenter::{self, Ids};

pub(super) fn world() -> Shape {
    let world = map("")
        .optional(
            "include",
            text("The file that holds what is not said here; relative to the scenario's folder.").example(include::EXAMPLE),
        )
        .optional("vcenters", list("The vCenters, each with a name of its own.", reference("vcenter")).at_least(1))
        .optional("kubernetes", kubernetes())
        .optional("topology", topology())
        .optional("drivers", drivers())
        .either(&[&["vcenters", "kubernetes", "drivers"], &["include"]]);
    let file = text("The file that holds it; relative to the scenario's folder.").example(include::EXAMPLE);
    any_of("Everything that is there before the first step.", [world, file])
}

pub(super) fn definitions() -> Vec<(&'static str, Shape)> {
    vec![
        ("vcenter", vcenter()),
        ("cluster", cluster()),
        ("policy", policy()),
        ("key-provider", key_provider()),
        ("disk", disk()),
        ("configuration", configuration()),
        ("node", node()),
    ]
}

fn version(about: &str) -> Shape {
    pattern(about, "^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)$").example("8.0.3")
}

fn vcenter() -> Shape {
    let versions = any_of(
        "Major, minor and update: `8.0.3` is 8.0 Update 3. With a list, the scenario runs once for each.",
        [version(""), list("", version("")).at_least(1)],
    );
    map("A vCenter.")
        .required("name", pattern("Its name; it becomes part of its address.", "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$").example("vc-a"))
        .required("version", versions)
        .optional(
            "ids",
            word("Whether its managed object ids repeat those of other vCenters.", Ids::ALL.map(Ids::word)).default(json!("distinct")),
        )
        .optional(
            "lacks",
            list(
                "Privileges that the drivers' account does not hold: nowhere, or with `@NAME` on the object of that name.",
                text("A privilege's id.").example("Cns.Searchable").example("Datastore.FileManagement@vsan-a"),
            )
            .at_least(1),
        )
        .optional(
            "configured-datacenters",
            list("What the drivers' configuration calls its datacenters.", text("").example("dc-1")).at_least(1),
        )
        .optional("tags", reference("tags"))
        .required("clusters", list("Its clusters of hosts.", reference("cluster")).at_least(1))
        .optional("policies", list("Its storage policies.", reference("policy")).at_least(1))
        .optional("key-providers", list("Its key providers.", reference("key-provider")).at_least(1))
        .optional("disks", list("Disks that somebody made by hand.", reference("disk")).at_least(1))
        .optional("task-times", task_times())
        .optional("session-idle", described("A session that makes no call for so long ends.", "duration"))
        .optional("session-lifetime", described("So long after its login a session ends, however busy it is.", "duration"))
        .optional("lock-out", lock_out())
        .example(vcenter::EXAMPLE)
}

fn task_times() -> Shape {
    map("How long the tasks of a method take, once they have their turn.")
        .others(described("So long.", "duration"))
        .at_least(1)
        .example(habits::TASK_TIMES)
}

fn lock_out() -> Shape {
    map("When an account is locked; after five refusals in three minutes, for five minutes, when not said.")
        .required("refusals", number("So many refusals lock it.", 1, u64::from(REFUSALS_MAX)))
        .required("within", described("Within this time.", "duration"))
        .required("lasts", described("For so long after the last of them.", "duration"))
        .example(habits::LOCK_OUT)
}

fn cluster() -> Shape {
    map("A cluster of ESXi hosts.")
        .required("name", text("Its name."))
        .required("hosts", number("How many hosts it has.", 1, u64::from(HOSTS_MAX)))
        .required(
            "datastores",
            list("Datastores that all its hosts see; one named in two clusters of a vCenter is one.", text("")).at_least(1),
        )
        .optional("ha", truth("Whether vSphere HA restarts the VMs of a failed host on another.").default(json!(true)))
        .optional("tags", reference("tags"))
        .example(cluster::EXAMPLE)
}

fn policy() -> Shape {
    map("A storage policy: it admits datastores, asks for encryption, or both.")
        .required("name", text("Its name, as a StorageClass says it in `storagepolicyname`."))
        .optional("datastores", list("The datastores that it admits, by a tag; all when not said.", text("")).at_least(1))
        .optional("encryption", truth("Whether its volumes must be encrypted.").default(json!(false)))
        .example("{name: gold, datastores: [vsan-a]}")
}

fn key_provider() -> Shape {
    map("A key provider.")
        .required("name", text("Its name, which is its id."))
        .optional("kind", word("Where its keys lie.", KeyProviderKind::ALL.map(KeyProviderKind::word)).default(json!("standard")))
        .optional("default", truth("Whether it is the vCenter's default; when no provider says so, the first is."))
        .example(key_provider::EXAMPLE)
}

fn disk() -> Shape {
    map("A disk that somebody made by hand.")
        .required("name", text("Its name."))
        .required("datastore", text("The datastore that it lies on."))
        .required("size", size("Its size."))
        .optional("id", pattern("Its id; a file has it once it is registered.", disk::ID))
        .optional("file", text("The path of its file; it is no disk of the first class then before somebody registers it."))
        .example(disk::EXAMPLE)
}

fn kubernetes() -> Shape {
    let nodes = any_of(
        "How many nodes (`worker-1`, `worker-2`, …) or which. Each is a VM of the same name; those that do not say where they want to be go round the clusters in turn.",
        [number("", 1, u64::from(NODES_MAX)), list("", reference("node")).at_least(1)],
    );
    map("The Kubernetes cluster.").required("nodes", nodes).example("{nodes: 3}")
}

fn node() -> Shape {
    map("A node, or with `count` so many: `NAME-1`, `NAME-2`, ….")
        .required("name", name("Its name, and its VM's."))
        .optional("vcenter", text("The vCenter that its VM is in."))
        .optional("cluster", text("The cluster that its VM is in."))
        .optional("encrypted-with", text("The key provider whose key encrypts its VM."))
        .optional("tags", reference("tags"))
        .optional("host-name", text("What its guest calls itself; by its name when not said."))
        .optional("nics", nics("Its guest's network adapters; when none is said, one with an address of its own."))
        .optional("node-ip", word_or_text("What its kubelet is told of its address, or `none`; its first one when not said.", &["none"]))
        .optional(
            "system-uuid",
            word("How its firmware writes its VM's uuid.", SystemUuid::ALL.map(SystemUuid::word)).default(json!("as-written")),
        )
        .optional("count", number("How many such nodes.", 1, u64::from(NODES_MAX)))
        .example(NODE_EXAMPLE)
}

/// Something for each driver.
fn told(about: &str, what: &Shape) -> Shape {
    DriverName::ALL.into_iter().fold(map(about), |shape, driver| shape.optional(driver.word(), what.clone())).at_least(1)
}

/// Sections and keys of a configuration file.
fn configuration() -> Shape {
    let value = any_of("", [text("One value."), list("Several.", text("")), nothing("It goes.")]);
    let section = any_of("", [map("Its keys.").others(value), nothing("It goes.")]);
    map("What a driver's configuration file says otherwise, by section (`Global`, `VirtualCenter/vc-a`) and key; `null` takes one away.")
        .others(section)
        .at_least(1)
        .example("{Snapshot: {global-max-snapshots-per-block-volume: 1}}")
}

/// Variables of a driver's environment.
pub(super) fn environment() -> Shape {
    map("Variables.").others(text("A value; `${user}` and `${password}` are those of the driver's account.")).at_least(1)
}

/// Network adapters of a guest.
pub(super) fn nics(about: &str) -> Shape {
    let nic = map("A network adapter, as VMware Tools tell it.")
        .optional("network", text("Its network; the one that every VM is on, when not said."))
        .required("addresses", list("Its addresses.", text("")))
        .optional("guest-made", truth("Whether the guest made it up, and it is no card of the VM.").default(json!(false)));
    list(about, nic).at_least(1).example(guest::NICS_EXAMPLE)
}

fn topology() -> Shape {
    map("The tag categories that both drivers read zones and regions from.")
        .optional("zone", text("The category whose tags are zones."))
        .optional("region", text("The category whose tags are regions."))
        .at_least(1)
        .example(topology::EXAMPLE)
}

fn replicas(about: &str) -> Shape {
    number(about, 1, u64::from(REPLICAS_MAX)).default(json!(1))
}

fn drivers() -> Shape {
    map("The drivers under test.")
        .required("csi", word("The CSI driver.", ["ours"]))
        .optional("ccm", word("The cloud controller manager; without one nodes need no initialisation.", ["ours"]))
        .optional(
            "replicas",
            any_of(
                "How many replicas a driver's pod has, of which one leads.",
                [replicas("Of the CSI controller's pod."), told("Of each.", &replicas(""))],
            ),
        )
        .optional(
            "configuration",
            told("What their configuration files say otherwise than the world gives it.", &reference("configuration")),
        )
        .optional("environment", told("What their environment says.", &environment()))
}
