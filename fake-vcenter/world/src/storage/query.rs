//! CnsQueryVolume, CnsQueryAllVolume, CnsQueryAsync: volumes by filter.
//!
//! `CnsQueryVolume` and `CnsQueryAsync` answer page by page, 1,000 volumes at most. The published reference names 100 as the default,
//! "implementation dependent"; upstream's full sync asks for 1,000 ids without a cursor and takes the answer for all of them, and
//! before it learned to page, its one query without a cursor was answered by 1,000 of 1,006 volumes. So the default is the largest page.
//! `CnsQueryAllVolume` answers everything at once, as a picture of one instant, unless it is given a cursor: that is what upstream uses
//! it for (unverified).

use std::collections::BTreeSet;

use vsphere_types::request::{CnsQueryAllVolume, CnsQueryAsync, CnsQueryVolume, CnsQueryVolumeInfo};
use vsphere_types::{
    CnsBlockVolumeInfo, CnsKubernetesQueryFilter, CnsQueryFilter, CnsQueryResult, CnsQuerySelection, CnsQueryVolumeInfoResult, CnsVolume,
    CnsVolumeId, CnsVolumeOperationBatchResult, DataObject, Fault, Object, Value, is_subtype,
};

use super::page::Page;
use super::task::{Kind, start};
use super::{project, result};
use crate::call::{Answer, Call, Operation, Reply};
use crate::fault;
use crate::look::Parts;
use crate::policy;
use crate::state::{Volume, Work};
use crate::world::World;

/// The largest page, and the most ids that a filter may name.
const LARGEST_PAGE: usize = 1_000;

/// Everything that a query finds, but for the pages that a cursor asks for.
const ALL: Page = Page::whole();
/// What a query finds, page by page.
const PAGED: Page = Page::first(LARGEST_PAGE);

impl Operation for CnsQueryVolume {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        query(world, &self.filter, self.selection.as_ref(), PAGED).map(Reply::Done)
    }
}

impl Operation for CnsQueryAllVolume {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        query(world, &self.filter, Some(&self.selection), ALL).map(Reply::Done)
    }
}

impl Operation for CnsQueryAsync {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let kind = Kind { description: "com.vmware.cns.tasks.queryvolume", takes: world.config.latency.query, vm: None };
        start(world, call, kind, Work::QueryVolumes { filter: self.filter, selection: self.selection }).map(Reply::Done)
    }
}

impl Operation for CnsQueryVolumeInfo {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let ids = self.volumes.into_iter().map(|volume| volume.id).collect();
        let kind = Kind { description: "com.vmware.cns.tasks.queryvolumeinfo", takes: world.config.latency.query, vm: None };
        start(world, call, kind, Work::QueryVolumeInfo { ids }).map(Reply::Done)
    }
}

/// Does a query task's work.
pub fn finish(world: &World, filter: &Object, selection: Option<&CnsQuerySelection>) -> Value {
    result::queried(query(world, filter, selection, PAGED))
}

/// Answers a query; without a cursor by this page.
fn query(world: &World, filter: &Object, selection: Option<&CnsQuerySelection>, without_cursor: Page) -> Result<CnsQueryResult, Fault> {
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
    let cursor = plain.cursor.as_ref().map(|cursor| Page::of(cursor, LARGEST_PAGE, "filter.cursor")).transpose()?;
    let (page, cursor) = cursor.unwrap_or(without_cursor).cut(found);
    let volumes: Vec<CnsVolume> = page.into_iter().map(|volume| select(project::volume(parts, volume), selection)).collect();
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

/// CnsQueryVolumeInfo: what lies below volumes, one entry each.
pub fn below(parts: &Parts, ids: &[String]) -> Value {
    let entry = |id: &String| {
        let volume = parts.state.volumes.get(id).filter(|volume| volume.in_cns);
        let disk = volume.map(|volume| project::first_class_disk(parts, volume).into_object());
        let info = disk.map(|disk| CnsBlockVolumeInfo { v_storage_object: Some(disk) }.into_object());
        let fault = info.is_none().then(|| fault::localized(&fault::volume_missing(id)));
        CnsQueryVolumeInfoResult { volume_id: Some(CnsVolumeId { id: id.clone() }), fault, volume_info: info }.into_object()
    };
    Value::of(CnsVolumeOperationBatchResult { volume_results: ids.iter().map(entry).collect() })
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
