//! CnsQueryVolume, CnsQueryAllVolume, CnsQueryAsync: volumes by filter, page by page.

use std::collections::BTreeSet;

use fake_vcenter_types::{
    CnsCursor, CnsKubernetesQueryFilter, CnsQueryFilter, CnsQueryResult, CnsQuerySelection, CnsVolume, DataObject, Fault, Object,
    is_subtype,
};

use super::project;
use crate::fault;
use crate::managed::signed;
use crate::policy;
use crate::state::Volume;
use crate::world::{Parts, World};

/// Volumes in a page when the client does not say.
const PAGE: usize = 100;
/// The largest page.
const LARGEST_PAGE: usize = 1_000;

/// Answers a query.
pub fn query(world: &World, filter: &Object, selection: Option<&CnsQuerySelection>) -> Result<CnsQueryResult, Fault> {
    let plain: CnsQueryFilter = filter.downcast().map_err(|error| fault::malformed(&error))?;
    let kubernetes: Option<CnsKubernetesQueryFilter> =
        if is_subtype(&filter.type_name, CnsKubernetesQueryFilter::TYPE) { filter.downcast().ok() } else { None };
    if plain.volume_ids.len() > LARGEST_PAGE {
        return Err(fault::invalid_argument("filter.volumeIds"));
    }
    let parts = &world.parts;
    if world.config.release.malformed_id_fails_query() && plain.volume_ids.iter().any(|id| id.id.is_empty()) {
        return Err(fault::invalid_argument("filter.volumeIds"));
    }
    let wanted = |volume: &&Volume| matches(parts, &plain, volume) && kubernetes.as_ref().is_none_or(|filter| belongs(filter, volume));
    let found: Vec<&Volume> = candidates(parts, &plain).into_iter().filter(wanted).collect();
    let (offset, limit) = page(plain.cursor.as_ref())?;
    let volumes: Vec<CnsVolume> =
        found.iter().skip(offset).take(limit).map(|volume| select(project::volume(parts, volume), selection)).collect();
    let next = signed(offset.saturating_add(volumes.len()) as u64);
    let cursor = CnsCursor { offset: next, limit: signed(limit as u64), total_records: Some(signed(found.len() as u64)) };
    Ok(CnsQueryResult { volumes, cursor })
}

/// The volumes that CNS knows, in the order of their making; where ids are asked for, those only.
fn candidates<'a>(parts: &'a Parts, filter: &CnsQueryFilter) -> Vec<&'a Volume> {
    if filter.volume_ids.is_empty() {
        return parts.state.catalogue().collect();
    }
    let ids: BTreeSet<&String> = filter.volume_ids.iter().map(|id| &id.id).collect();
    let mut named: Vec<&Volume> = ids.into_iter().filter_map(|id| parts.state.volumes.get(id)).filter(|volume| volume.in_cns).collect();
    named.sort_by(|left, right| (left.created, &left.id).cmp(&(right.created, &right.id)));
    named
}

fn page(cursor: Option<&CnsCursor>) -> Result<(usize, usize), Fault> {
    let Some(cursor) = cursor else { return Ok((0, PAGE)) };
    let offset = usize::try_from(cursor.offset).map_err(|_| fault::invalid_argument("filter.cursor.offset"))?;
    let limit = usize::try_from(cursor.limit).map_err(|_| fault::invalid_argument("filter.cursor.limit"))?;
    Ok((offset, if limit == 0 { PAGE } else { limit.min(LARGEST_PAGE) }))
}

/// An empty list asks for nothing; within a list any will do.
fn any_of<T>(list: &[T], is: impl Fn(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(is)
}

fn matches(parts: &Parts, filter: &CnsQueryFilter, volume: &Volume) -> bool {
    let same = |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
    any_of(&filter.names, |name| *name == volume.name)
        && any_of(&filter.container_cluster_ids, |id| volume.clusters.iter().any(|cluster| cluster.id == *id))
        && any_of(&filter.datastores, |datastore| *datastore == volume.datastore)
        && filter.labels.iter().all(|label| volume.entities.values().any(|entity| entity.labels.get(&label.key) == Some(&label.value)))
        && same(&filter.storage_policy_id, &volume.policy)
        && (filter.compliance_status.is_none() || filter.compliance_status.as_deref() == Some(policy::status(&parts.state, volume)))
        && (filter.datastore_accessibility_status.is_none() && filter.health_status.is_none() || {
            let shown = project::volume(parts, volume);
            same(&filter.datastore_accessibility_status, &shown.datastore_accessibility_status)
                && same(&filter.health_status, &shown.health_status)
        })
}

/// Whether one of the volume's entities is meant: namespaces and names of a kind must meet in one entity.
fn belongs(filter: &CnsKubernetesQueryFilter, volume: &Volume) -> bool {
    let kinds = [("POD", &filter.pod_names), ("PERSISTENT_VOLUME_CLAIM", &filter.pvc_names), ("PERSISTENT_VOLUME", &filter.pv_names)];
    let named = kinds.iter().all(|(kind, names)| {
        names.is_empty()
            || volume.entities.keys().any(|key| {
                let space = key.kind == "PERSISTENT_VOLUME" || any_of(&filter.namespaces, |namespace| *namespace == key.namespace);
                key.kind == *kind && names.contains(&key.name) && space
            })
    });
    named && any_of(&filter.namespaces, |namespace| volume.entities.keys().any(|key| key.namespace == *namespace))
}

/// Leaves out the fields that were not asked for; names as CNS has them.
fn select(mut volume: CnsVolume, selection: Option<&CnsQuerySelection>) -> CnsVolume {
    let Some(selection) = selection.filter(|selection| !selection.names.is_empty()) else { return volume };
    let wanted = |name: &str| selection.names.iter().any(|wanted| wanted == name);
    if !wanted("VOLUME_NAME") {
        volume.name = None;
    }
    if !wanted("VOLUME_TYPE") {
        volume.volume_type = None;
    }
    if !wanted("BACKING_OBJECT_DETAILS") {
        volume.backing_object_details = None;
    }
    if !wanted("VOLUME_METADATA") {
        volume.metadata = None;
    }
    if !wanted("POLICY_ID") {
        volume.storage_policy_id = None;
    }
    if !wanted("DATASTORE_URL") {
        volume.datastore_url = None;
    }
    if !wanted("COMPLIANCE_STATUS") {
        volume.compliance_status = None;
    }
    if !wanted("DATASTORE_ACCESSIBILITY_STATUS") {
        volume.datastore_accessibility_status = None;
    }
    if !wanted("HEALTH_STATUS") {
        volume.health_status = None;
    }
    volume
}
