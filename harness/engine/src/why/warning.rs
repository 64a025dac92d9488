//! The warnings that Kubernetes gives of objects, as far as they still hold.

use seatrial_oracle::Seen;
use seatrial_reports::WhyKind;

use super::about::About;
use super::kin::{claims_of, is_fine};
use super::record::Record;
use super::trouble::{Rank, Trouble, trouble};

/// What the scheduler says of a pod that waits for its claims.
const UNBOUND: &str = "unbound immediate PersistentVolumeClaims";

/// The warnings that Kubernetes gives of an object and all that belongs to it.
pub(super) fn warnings<'a>(record: &'a Record<'_>, about: &'a About) -> impl Iterator<Item = Trouble> + use<'a> {
    let warnings = record.view.objects("kubernetes", "events/").filter(|(_, event)| event.text(&["type"]) == Some("Warning"));
    warnings.filter_map(move |(_, event)| {
        let object = involved(event)?;
        let distance = about.kin.distance(&object)?;
        let text = |member: &str| event.text(&[member]).unwrap_or_default();
        let (reason, message) = (text("reason"), text("message"));
        let over = is_over(record, event, &object, reason);
        if over && !about.past {
            return None;
        }
        let follows = reason == "FailedScheduling" && message.contains(UNBOUND);
        let rank = match over {
            true => Rank::Past,
            false if follows => Rank::Symptom,
            // What a driver answered tells more than that a pod waits.
            false if object.starts_with("pods/") && !message.contains("rpc error") => Rank::Pod,
            false => Rank::Source,
        };
        let times = event.state.get("count").and_then(serde_json::Value::as_u64).unwrap_or(1).max(1);
        let told = format!("{reason}: {message}");
        let trouble = trouble(rank, WhyKind::Event, &in_words(&object), &told, times, record.place(event.changed));
        Some(Trouble { distance, message: message.to_owned(), ..trouble })
    })
}

/// The object that an event is about, as the journal names it.
fn involved(event: &Seen) -> Option<String> {
    let of = |member: &str| event.text(&["involvedObject", member]).filter(|text| !text.is_empty());
    let kind = of("kind")?.to_lowercase();
    let plural = match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if kind.ends_with('s') => format!("{kind}es"),
        None => format!("{kind}s"),
    };
    let name = of("name")?;
    // Nodes have no namespace; their events lie in `default`.
    let space = of("namespace").filter(|_| !matches!(kind.as_str(), "node" | "persistentvolume" | "volumeattachment"));
    Some(space.map_or_else(|| format!("{plural}/{name}"), |space| format!("{plural}/{space}/{name}")))
}

/// Whether all claims of a pod are bound.
fn has_its_claims(record: &Record<'_>, pod: &str, seen: &Seen) -> bool {
    let space = pod.split('/').nth(1).unwrap_or_default();
    let claim = |name: &str| record.view.get("kubernetes", &format!("persistentvolumeclaims/{space}/{name}"));
    claims_of(seen).all(|name| claim(name).is_some_and(|claim| claim.text(&["status", "phase"]) == Some("Bound")))
}

/// Whether what an event warned of is not so any more.
fn is_over(record: &Record<'_>, event: &Seen, object: &str, reason: &str) -> bool {
    let Some(seen) = record.view.get("kubernetes", object) else { return true };
    let uid = event.text(&["involvedObject", "uid"]).filter(|uid| !uid.is_empty());
    if uid.is_some_and(|uid| seen.text(&["metadata", "uid"]).is_some_and(|now| now != uid) && !object.starts_with("nodes/")) {
        return true;
    }
    let phase = seen.text(&["status", "phase"]);
    match object.split('/').next().unwrap_or_default() {
        "pods" if reason == "FailedScheduling" => {
            let waits = || event.text(&["message"]).is_some_and(|message| message.contains(UNBOUND));
            seen.text(&["spec", "nodeName"]).is_some() || (waits() && has_its_claims(record, object, seen))
        }
        "pods" if matches!(reason, "FailedMount" | "FailedAttachVolume" | "FailedMapVolume") => phase == Some("Running"),
        "pods" => is_fine(seen),
        "persistentvolumeclaims" => phase == Some("Bound") && (reason.contains("Provision") || reason.contains("Binding")),
        "nodes" => crate::steps::state::condition(&seen.state, "Ready") == Some("True"),
        _ => false,
    }
}

/// An object of Kubernetes as its users name it.
fn in_words(object: &str) -> String {
    const KINDS: [(&str, &str); 9] = [
        ("persistentvolumeclaims/", "claim "),
        ("persistentvolumes/", "PersistentVolume "),
        ("volumeattachments/", "VolumeAttachment "),
        ("statefulsets/", "statefulset "),
        ("replicasets/", "replicaset "),
        ("deployments/", "deployment "),
        ("volumesnapshots/", "snapshot "),
        ("nodes/", "node "),
        ("pods/", "pod "),
    ];
    let known = KINDS.iter().find_map(|(kind, word)| object.strip_prefix(kind).map(|name| format!("{word}{name}")));
    known.unwrap_or_else(|| object.to_owned())
}
