//! How a claim's volume is mounted for a pod, as its node has it.
//!
//! The pod's own mount is a bind of the one that the volume is staged at: whether it may be written is its own, all other options are
//! those of the staged one, as Linux has it.

use seatrial_oracle::{Seen, View};
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
    if wrong.is_empty() {
        return Ok(());
    }
    Err(StepFailure::new(format!("{of} is mounted {} (its options are {})", wrong.join(", and "), mounted.options.join(","))))
}

/// A mount as a pod sees it.
struct Mounted {
    file_system: String,
    options: Vec<String>,
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
    Some(Mounted { file_system: own.text(&["fsType"])?.to_owned(), options })
}

fn options_of(mount: &Seen) -> Vec<String> {
    let listed = mount.state.get("options").and_then(serde_json::Value::as_array);
    listed.into_iter().flatten().filter_map(|option| option.as_str().map(str::to_owned)).collect()
}
