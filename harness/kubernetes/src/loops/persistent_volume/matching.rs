//! Which volume fits a claim.

use std::sync::Arc;

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use kube::ResourceExt;

use super::super::support::objects::{claim_class, claim_of, is_deleting, is_reserved_for, volume_class, volume_phase};
use super::super::support::quantity::storage;
use super::super::support::selectors::fits_labels;

/// Whether a volume satisfies a claim that names it.
pub(in crate::loops) enum Fit {
    Yes,
    Not(&'static str),
}

/// Size, class, mode and access of a volume against what the claim asks for.
pub(in crate::loops) fn why_not(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> Fit {
    let (Some(have), Some(want)) = (&volume.spec, &claim.spec) else {
        return Fit::Not("it has no spec");
    };
    if size(volume) < requested(claim) {
        return Fit::Not("requested PV is too small");
    }
    if volume_class(volume) != claim_class(claim) {
        return Fit::Not("storageClassName does not match");
    }
    if mode(have.volume_mode.as_deref()) != mode(want.volume_mode.as_deref()) {
        return Fit::Not("incompatible volumeMode");
    }
    let offered = have.access_modes.as_deref().unwrap_or_default();
    if !want.access_modes.iter().flatten().all(|wanted| offered.contains(wanted)) {
        return Fit::Not("incompatible accessMode");
    }
    let attributes = |name: Option<&str>| name.unwrap_or_default().to_owned();
    if attributes(have.volume_attributes_class_name.as_deref()) != attributes(want.volume_attributes_class_name.as_deref()) {
        return Fit::Not("volumeAttributesClassName does not match");
    }
    Fit::Yes
}

/// A volume that is reserved for the claim, else the smallest Available one that fits.
///
/// With `only_reserved` the choice among the others is left to the scheduler.
pub(in crate::loops) fn best(
    volumes: &[Arc<PersistentVolume>],
    claim: &PersistentVolumeClaim,
    only_reserved: bool,
) -> Option<Arc<PersistentVolume>> {
    let reserved = volumes.iter().find(|volume| is_reserved_for(volume, claim) && matches!(why_not(volume, claim), Fit::Yes));
    if reserved.is_some() || only_reserved {
        return reserved.cloned();
    }
    let mut fitting: Vec<_> = volumes.iter().filter(|volume| is_free_and_fits(volume, claim)).collect();
    fitting.sort_by_key(|volume| (size(volume), volume.name_any()));
    fitting.first().map(|volume| Arc::clone(volume))
}

/// Whether an unreserved volume can be given to the claim.
pub(in crate::loops) fn is_free_and_fits(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> bool {
    let selected =
        claim.spec.as_ref().and_then(|spec| spec.selector.as_ref()).is_none_or(|selector| fits_labels(selector, volume.labels()));
    claim_of(volume).is_none()
        && !is_deleting(volume)
        && volume_phase(volume) == "Available"
        && selected
        && matches!(why_not(volume, claim), Fit::Yes)
}

/// The volume's capacity in bytes.
pub(in crate::loops) fn size(volume: &PersistentVolume) -> i64 {
    storage(volume.spec.iter().flat_map(|spec| spec.capacity.iter().flatten()))
}

/// What the claim asks for in bytes.
pub(in crate::loops) fn requested(claim: &PersistentVolumeClaim) -> i64 {
    let resources = claim.spec.as_ref().and_then(|spec| spec.resources.as_ref());
    storage(resources.iter().flat_map(|resources| resources.requests.iter().flatten()))
}

fn mode(mode: Option<&str>) -> &str {
    mode.filter(|mode| !mode.is_empty()).unwrap_or("Filesystem")
}
