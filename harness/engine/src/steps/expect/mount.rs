//! How a claim's volume is mounted for a pod, as its node has it.
//!
//! The pod's own mount is a bind of the one that the volume is staged at: whether it may be written is its own, all other options are
//! those of the staged one, as Linux has it. Whose it is tells the disk: whoever mounts it finds it so.

use seatrial_oracle::{Seen, View, disk_of_claim};
use seatrial_scenario::ExpectMount;

use crate::steps::StepFailure;

/// Looks at file system and options.
pub(super) fn expect(view: &View, step: &ExpectMount) -> Result<(), StepFailure> {
    let of = format!("the volume of claim {} in pod {}", step.of, step.pod);
    let mounted = find(view, step).ok_or_else(|| StepFailure::new(format!("{of} is not mounted")))?;
    let mut wrong = Vec::new();
    if let Some(wanted) = step.file_system.as_ref().filter(|wanted| wanted.value != mounted.file_system) {
        wrong.push(format!("as {} instead of {wanted}", mounted.file_system));
    }
    let has = |option: &str| mounted.options.iter().any(|known| known == option);
    wrong.extend(step.options.iter().filter(|option| !has(option)).map(|option| format!("without {option}")));
    wrong.extend(step.without.iter().filter(|option| has(option)).map(|option| format!("with {option}")));
    if let Some(wanted) = step.group.as_ref().filter(|wanted| wanted.value != mounted.group) {
        wrong.push(format!("for group {} instead of {wanted}", mounted.group));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(StepFailure::new(format!("{of} is mounted {} (its options are {})", wrong.join(", and "), mounted.options.join(","))))
}

/// A mount as a pod sees it.
struct Mounted {
    file_system: String,
    options: Vec<String>,
    /// Of its root.
    group: u32,
}

fn find(view: &View, step: &ExpectMount) -> Option<Mounted> {
    let pod = view.get("kubernetes", &format!("pods/default/{}", step.pod))?;
    let (uid, node) = (pod.text(&["metadata", "uid"])?, pod.text(&["spec", "nodeName"])?);
    let claim = view.get("kubernetes", &format!("persistentvolumeclaims/default/{}", step.of))?;
    let volume = claim.text(&["spec", "volumeName"])?;
    let machine = format!("node/{node}");
    let own = view.get(&machine, &format!("Mount//var/lib/kubelet/pods/{uid}/volumes/kubernetes.io~csi/{volume}/mount"))?;
    let device = own.text(&["device"])?;
    let staged = |(target, seen): &(&str, &Seen)| target.ends_with("/globalmount") && seen.text(&["device"]) == Some(device);
    let (_, staged) = view.objects(&machine, "Mount/").find(staged)?;
    let mode = |option: &str| matches!(option, "ro" | "rw");
    let mut options = options_of(own);
    options.retain(|option| mode(option));
    options.extend(options_of(staged).into_iter().filter(|option| !mode(option)));
    // It is told where it is not root's.
    let group = disk_of_claim(view, &format!("default/{}", step.of)).and_then(|disk| disk.state.get("group")?.as_u64());
    let group = group.and_then(|group| u32::try_from(group).ok()).unwrap_or(0);
    Some(Mounted { file_system: own.text(&["fsType"])?.to_owned(), options, group })
}

fn options_of(mount: &Seen) -> Vec<String> {
    let listed = mount.state.get("options").and_then(serde_json::Value::as_array);
    listed.into_iter().flatten().filter_map(|option| option.as_str().map(str::to_owned)).collect()
}
