//! To what size a volume is to be expanded now: pure, so that each case can be tested by itself.

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use crate::loops::support::quantity::bytes;

/// The resource that grows.
pub(super) const STORAGE: &str = "storage";

/// How far growth has come, as `allocatedResourceStatuses` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    ControllerInProgress,
    ControllerInfeasible,
    NodePending,
    NodeInProgress,
    NodeInfeasible,
}

impl Stage {
    pub(super) const ALL: [Self; 5] =
        [Self::ControllerInProgress, Self::ControllerInfeasible, Self::NodePending, Self::NodeInProgress, Self::NodeInfeasible];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::ControllerInProgress => "ControllerResizeInProgress",
            Self::ControllerInfeasible => "ControllerResizeInfeasible",
            Self::NodePending => "NodeResizePending",
            Self::NodeInProgress => "NodeResizeInProgress",
            Self::NodeInfeasible => "NodeResizeInfeasible",
        }
    }
}

/// What the claim asks for.
pub(super) fn asked(claim: &PersistentVolumeClaim) -> Option<Quantity> {
    claim.spec.as_ref()?.resources.as_ref()?.requests.as_ref()?.get(STORAGE).cloned()
}

/// What the claim has, in bytes.
pub(super) fn capacity(claim: &PersistentVolumeClaim) -> i64 {
    let capacity = claim.status.as_ref().and_then(|status| status.capacity.as_ref()).and_then(|all| all.get(STORAGE));
    capacity.and_then(bytes).unwrap_or(0)
}

/// What the volume has, in bytes.
pub(super) fn volume_capacity(volume: &PersistentVolume) -> i64 {
    let capacity = volume.spec.as_ref().and_then(|spec| spec.capacity.as_ref()).and_then(|all| all.get(STORAGE));
    capacity.and_then(bytes).unwrap_or(0)
}

/// To what it is being expanded, or was last.
pub(super) fn allocated(claim: &PersistentVolumeClaim) -> Option<Quantity> {
    claim.status.as_ref()?.allocated_resources.as_ref()?.get(STORAGE).cloned()
}

/// How far that has come.
pub(super) fn resize_status(claim: &PersistentVolumeClaim) -> Option<Stage> {
    let word = claim.status.as_ref()?.allocated_resource_statuses.as_ref()?.get(STORAGE)?;
    Stage::ALL.into_iter().find(|stage| stage.word() == word)
}

/// Whether the claim asks for more than it has.
pub(super) fn wants_more(claim: &PersistentVolumeClaim) -> bool {
    let phase = claim.status.as_ref().and_then(|status| status.phase.as_deref());
    phase == Some("Bound") && asked(claim).and_then(|asked| bytes(&asked)).unwrap_or(0) > capacity(claim)
}

/// The size to ask the driver for; `None` where it is others' turn. `ended` says that the driver has refused this claim for good and
/// so is not at work. An attempt of which nobody knows how it ended comes before what is asked for now.
pub(super) fn target(claim: &PersistentVolumeClaim, volume: &PersistentVolume, ended: bool) -> Option<Quantity> {
    let (asked, allocated, stage) = (asked(claim)?, allocated(claim), resize_status(claim));
    let has = volume_capacity(volume);
    let begun = allocated.clone().unwrap_or_else(|| asked.clone());
    if has < bytes(&asked)? {
        return match stage {
            // The node finishes the earlier size first.
            Some(Stage::NodePending | Stage::NodeInProgress) if has >= bytes(&begun)? => None,
            Some(Stage::NodePending | Stage::NodeInProgress | Stage::NodeInfeasible) => Some(begun),
            Some(Stage::ControllerInProgress) if !ended => Some(begun),
            Some(Stage::ControllerInProgress | Stage::ControllerInfeasible) | None => Some(asked),
        };
    }
    match stage {
        Some(Stage::NodePending | Stage::NodeInProgress) => None,
        Some(Stage::NodeInfeasible | Stage::ControllerInProgress | Stage::ControllerInfeasible) => Some(begun),
        None if allocated.is_some() => Some(begun),
        // Written by a server that does not know how far growth has come.
        None if has_condition(claim, "FileSystemResizePending") => None,
        None => Some(asked),
    }
}

fn has_condition(claim: &PersistentVolumeClaim, kind: &str) -> bool {
    let conditions = claim.status.iter().flat_map(|status| status.conditions.iter().flatten());
    conditions.into_iter().any(|condition| condition.type_ == kind && condition.status == "True")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claim(asked: &str, allocated: Option<&str>, stage: Option<Stage>) -> PersistentVolumeClaim {
        let of = |value: Option<&str>| value.map(|value| json!({"storage": value}));
        serde_json::from_value(json!({
            "spec": {"resources": {"requests": {"storage": asked}}},
            "status": {"phase": "Bound", "capacity": {"storage": "1Gi"}, "allocatedResources": of(allocated),
                "allocatedResourceStatuses": of(stage.map(Stage::word))},
        }))
        .unwrap()
    }

    fn volume(capacity: &str) -> PersistentVolume {
        serde_json::from_value(json!({"spec": {"capacity": {"storage": capacity}}})).unwrap()
    }

    fn aims(claim: &PersistentVolumeClaim, has: &str, ended: bool) -> Option<String> {
        target(claim, &volume(has), ended).map(|size| size.0)
    }

    #[test]
    fn an_attempt_whose_end_nobody_knows_comes_before_a_newer_size() {
        let begun = claim("3Gi", Some("2Gi"), Some(Stage::ControllerInProgress));
        assert_eq!(aims(&begun, "1Gi", false).as_deref(), Some("2Gi"));
        assert_eq!(aims(&begun, "1Gi", true).as_deref(), Some("3Gi"), "the driver has said that it is not at work");
        let refused = claim("2Gi", Some("9Gi"), Some(Stage::ControllerInfeasible));
        assert_eq!(aims(&refused, "1Gi", false).as_deref(), Some("2Gi"), "the user asks for less");
        let known_by_volume = claim("2Gi", Some("3Gi"), Some(Stage::ControllerInProgress));
        assert_eq!(aims(&known_by_volume, "3Gi", false).as_deref(), Some("3Gi"), "it has grown, and the claim was not told");
    }

    #[test]
    fn what_the_node_has_to_do_is_waited_for() {
        for stage in [Stage::NodePending, Stage::NodeInProgress] {
            assert_eq!(aims(&claim("2Gi", Some("2Gi"), Some(stage)), "2Gi", false), None);
            assert_eq!(aims(&claim("3Gi", Some("2Gi"), Some(stage)), "2Gi", false), None, "the earlier size first");
            assert_eq!(aims(&claim("3Gi", Some("2Gi"), Some(stage)), "1Gi", false).as_deref(), Some("2Gi"));
        }
        // The controller says once more that it may go on.
        assert_eq!(aims(&claim("2Gi", Some("2Gi"), Some(Stage::NodeInfeasible)), "2Gi", false).as_deref(), Some("2Gi"));
    }

    #[test]
    fn a_claim_that_has_what_it_asks_for_wants_nothing() {
        assert!(wants_more(&claim("1025Mi", None, None)) && !wants_more(&claim("1024Mi", None, None)));
        assert_eq!(aims(&claim("2Gi", None, None), "1Gi", false).as_deref(), Some("2Gi"));
        assert_eq!(aims(&claim("2Gi", Some("2Gi"), None), "2Gi", false).as_deref(), Some("2Gi"));
    }
}
