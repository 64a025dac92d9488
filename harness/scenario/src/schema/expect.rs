//! The schema of the step `expect`.

use super::build::{Shape, any_of, list, map, name, number, reference, size, text, word, word_or_text};
use super::conclusion;
use crate::model::steps::expect::{counts, event, finding, mount, node, object, pod, sizes, volume};

pub(super) fn expect() -> Shape {
    any_of(
        "Something must be as said, at this moment.",
        [volume(), object(), pod(), event(), finding(), node(), sizes(), mount(), counts()],
    )
}

fn counts() -> Shape {
    let kinds = ["calls", "fired"];
    let shape = map("How often something has happened since the run began.").one_of(kinds);
    kinds.into_iter().fold(shape, |shape, kind| shape.optional(kind, conclusion::of(kind))).example(counts::EXAMPLE)
}

fn volume() -> Shape {
    map("A claim's volume in a vCenter.")
        .required("volume", name("The claim whose volume is meant."))
        .required("vcenter", text("The vCenter that must hold it."))
        .optional("attached", word_or_text("Where it must be attached: `none`, `anywhere`, or a node.", &["none", "anywhere"]))
        .optional("id", word("It must be the same as when the claim's volume was first seen.", ["unchanged"]))
        .optional("datastore", text("The datastore that it must lie on."))
        .optional("policy", text("The storage policy that it must have."))
        .optional("snapshots", reference("count"))
        .optional("key-provider", word_or_text("The key provider whose key must encrypt it, or `none`.", &["none"]))
        .optional(
            "key",
            word("Whether its key must be another than when last looked at.", volume::KeyChange::ALL.map(volume::KeyChange::word)),
        )
        .example(volume::EXAMPLE)
}

fn object() -> Shape {
    let has = map("Parts of it, by JSON pointers; `*` in a value stands for any text.")
        .others_named("^/", word_or_text("`present`, `absent`, or the value.", &["present", "absent"]))
        .at_least(1);
    map("Parts of an object of Kubernetes.").required("object", reference("object")).required("has", has).example(object::EXAMPLE)
}

fn pod() -> Shape {
    let place = map("In a zone, or anywhere but on a node.")
        .optional("zone", text("The zone."))
        .optional("not", text("The node."))
        .one_of(["zone", "not"]);
    let on = any_of("Where it must be.", [word_or_text("A node, `none` or `anywhere`.", &["none", "anywhere"]), place]);
    map("Where a pod is.").required("pod", name("Which pod.")).required("on", on).example(pod::EXAMPLE)
}

fn event() -> Shape {
    map("What Kubernetes has told its users.")
        .required("event", text("The events' reason."))
        .required("of", reference("object"))
        .optional("text", text("What their message must contain."))
        .optional("times", reference("count"))
        .example(event::EXAMPLE)
}

fn finding() -> Shape {
    map("What an oracle has found that breaks nothing.")
        .required("finding", name("The finding's name.").example("zones-differ"))
        .optional("of", text("The node that it is about; any when not said."))
        .optional("times", reference("count"))
        .example(finding::EXAMPLE)
}

fn node() -> Shape {
    let place = |about| word_or_text(about, &["none"]);
    let addresses =
        |about| any_of(about, [word_or_text("One, or `none`.", &["none"]), list("Several, in any order.", text("")).at_least(1)]);
    map("The zone, region and addresses of a node.")
        .required("node", text("Which node."))
        .optional("zone", place("Its zone label, which the CCM sets, or `none`."))
        .optional("region", place("Its region label, which the CCM sets, or `none`."))
        .optional("csi-zone", place("The zone that the CSI driver has registered for it, or `none`."))
        .optional("csi-region", place("The region that the CSI driver has registered for it, or `none`."))
        .optional("internal-ip", addresses("Its addresses of type InternalIP."))
        .optional("external-ip", addresses("Its addresses of type ExternalIP."))
        .optional("host-name", text("Its address of type Hostname."))
        .example(node::EXAMPLE)
}

fn sizes() -> Shape {
    use sizes::SizedPart;
    let about = |part| match part {
        SizedPart::All => "Each of the others that there is.",
        SizedPart::Claim => "The claim's capacity.",
        SizedPart::PersistentVolume => "The capacity of its PersistentVolume.",
        SizedPart::Disk => "The volume in vCenter, and the disk that it is on a VM.",
        SizedPart::Filesystem => "The file system on it.",
        SizedPart::Device => "The raw device that a pod has, as far as its machine knows.",
    };
    let shape = map("How large a claim, its volume and what lies on it are.").required("sizes-of", name("The claim."));
    let shape = SizedPart::ALL.into_iter().fold(shape, |shape, part| shape.optional(part.word(), size(about(part))));
    shape.at_least(2).example(sizes::EXAMPLE)
}

fn mount() -> Shape {
    map("How a claim's volume is mounted for a pod.")
        .required("mount-of", name("The claim."))
        .required("in", name("The pod."))
        .optional("file-system", text("The file system that must be on it.").example("ext4"))
        .optional("options", list("Options that it must be mounted with.", text("").example("noatime")).at_least(1))
        .optional("without", list("Options that it must not be mounted with.", text("").example("ro")).at_least(1))
        .optional("group", number("The id of the group that its root must belong to; 0 is root's.", 0, u64::from(mount::GROUP_MAX)))
        .example(mount::EXAMPLE)
}
