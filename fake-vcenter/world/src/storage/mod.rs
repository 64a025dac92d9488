//! CnsVolumeManager: container volumes.
//!
//! Modelled: block volumes from creation to deletion, attaching with controllers and slots, extending, metadata, snapshots,
//! queries with filter and cursor. One record is volume, first class disk and VM disk at once. Not modelled: file volumes,
//! volumes made of snapshots or other volumes, relocation, registration by URL path, quotas.
//! Failures of one volume are faults inside a task that succeeded; only a call that cannot be understood is a fault.
//! A client could notice that health is green at once and that a vSAN volume takes no more space than its size.

mod attach;
mod create;
pub mod crypto;
mod delete;
mod detach;
mod encryption;
mod extend;
pub mod files;
mod metadata;
mod page;
mod placement;
mod project;
mod query;
mod result;
mod slots;
mod snapshots;

use vsphere_types::{
    CnsQuerySelection, CnsVolumeAttachDetachSpec, CnsVolumeCreateSpec, CnsVolumeCryptoUpdateSpec, CnsVolumeExtendSpec, CnsVolumeId,
    CnsVolumeMetadataUpdateSpec, DataObject, Fault, Method, MoRef, Value,
};

pub use attach::{plug, unplug};
use create::uuid_like;

use crate::latency::Range;
use crate::operations::Call;
use crate::state::Work;
use crate::tasks::{self, Order};
use crate::world::World;

/// Answers a query, or starts the task of any other method. Arguments are read here, volumes are judged at the end.
pub fn carry_out(world: &mut World, call: &Call, method: Method) -> Result<Value, Fault> {
    let arguments = call.arguments;
    let latency = world.config.latency.clone();
    match method {
        Method::CnsQueryVolume | Method::CnsQueryAllVolume => {
            let selection: Option<CnsQuerySelection> = arguments.optional_data("selection")?;
            let page = if method == Method::CnsQueryAllVolume { query::ALL } else { query::PAGED };
            query::query(world, arguments.object("filter")?, selection.as_ref(), page).map(Value::of)
        }
        Method::CnsQueryAsync => {
            let work = Work::QueryVolumes { filter: arguments.object("filter")?.clone(), selection: arguments.optional_data("selection")? };
            start(world, call, method, "com.vmware.cns.tasks.queryvolume", latency.query, None, work)
        }
        Method::CnsQueryVolumeInfo => {
            let ids = arguments.list::<CnsVolumeId>("volumes")?.into_iter().map(|volume| volume.id).collect();
            start(world, call, method, "com.vmware.cns.tasks.queryvolumeinfo", latency.query, None, Work::QueryVolumeInfo { ids })
        }
        Method::CnsCreateVolume => {
            let spec: CnsVolumeCreateSpec = arguments.only("createSpecs")?;
            create::check(world, &spec)?;
            let id = world.volume_ids.uuid().to_string();
            let work = Work::CreateVolume { spec: spec.into_object(), id };
            start(world, call, method, "com.vmware.cns.tasks.createvolume", latency.create, None, work)
        }
        Method::CnsDeleteVolume => {
            let CnsVolumeId { id } = arguments.only("volumeIds")?;
            let work = Work::DeleteVolume { id, delete_disk: arguments.flag("deleteDisk") };
            start(world, call, method, "com.vmware.cns.tasks.deletevolume", latency.delete, None, work)
        }
        Method::CnsAttachVolume => {
            let CnsVolumeAttachDetachSpec { volume_id, vm, .. } = arguments.only("attachSpecs")?;
            let work = Work::AttachVolume { id: volume_id.id, vm: vm.clone() };
            start(world, call, method, "com.vmware.cns.tasks.attachvolume", latency.attach, Some(vm), work)
        }
        Method::CnsDetachVolume => {
            let CnsVolumeAttachDetachSpec { volume_id, vm, .. } = arguments.only("detachSpecs")?;
            let work = Work::DetachVolume { id: volume_id.id, vm: vm.clone() };
            start(world, call, method, "com.vmware.cns.tasks.detachvolume", latency.detach, Some(vm), work)
        }
        Method::CnsExtendVolume => {
            let spec: CnsVolumeExtendSpec = arguments.only("extendSpecs")?;
            let work = Work::ExtendVolume { id: spec.volume_id.id, capacity_mb: spec.capacity_in_mb };
            start(world, call, method, "com.vmware.cns.tasks.extendvolume", latency.extend, None, work)
        }
        Method::CnsCreateSnapshots | Method::CnsDeleteSnapshots | Method::CnsQuerySnapshots => snapshots::carry_out(world, call, method),
        Method::CnsUpdateVolumeCrypto => {
            if !world.config.release.updates_volume_crypto() {
                return Err(crate::fault::method_not_found(call.this, method.wire_name()));
            }
            let spec: CnsVolumeCryptoUpdateSpec = arguments.only("updateSpecs")?;
            let work = Work::UpdateCrypto { id: spec.volume_id.id.clone(), step: crypto::read_cns(&spec)?, cns: true };
            start(world, call, method, "com.vmware.cns.tasks.updatevolumecrypto", latency.recrypt, None, work)
        }
        _ => {
            let spec: CnsVolumeMetadataUpdateSpec = arguments.only("updateSpecs")?;
            let work = Work::UpdateMetadata { spec: spec.into_object() };
            start(world, call, method, "com.vmware.cns.tasks.updatevolume", latency.metadata, None, work)
        }
    }
}

/// Starts a task on a VM that exists, else on the root folder, as CNS does.
fn start(
    world: &mut World,
    call: &Call,
    method: Method,
    description: &'static str,
    takes: Range,
    vm: Option<MoRef>,
    work: Work,
) -> Result<Value, Fault> {
    let root = MoRef::new("Folder", "group-d1");
    let lane = vm.filter(|vm| world.parts.state.vms.contains(vm));
    let order = Order { method, description, entity: lane.clone().unwrap_or(root), takes, lane, work };
    Ok(Value::Ref(tasks::create(world, call.key()?, order)))
}

/// Does a task's work; answers its result. What fails inside of a result has changed nothing.
///
/// # Errors
/// The task fails as a whole.
pub fn finish(world: &mut World, work: Work) -> Result<Option<Value>, Fault> {
    Ok(Some(match work {
        Work::CreateVolume { spec, id } => create::finish(world, &spec, &id),
        Work::DeleteVolume { id, delete_disk } => result::plain(&id, delete::delete(world, &id, delete_disk)),
        Work::AttachVolume { id, vm } => result::attached(&id, attach::attach(world, &id, &vm)),
        Work::DetachVolume { id, vm } => result::plain(&id, detach::detach(world, &id, &vm)),
        Work::ExtendVolume { id, capacity_mb } => result::plain(&id, extend::extend(world, &id, capacity_mb)),
        Work::UpdateMetadata { spec } => metadata::finish(world, &spec),
        Work::QueryVolumes { filter, selection } => result::queried(query::query(world, &filter, selection.as_ref(), query::PAGED)),
        Work::CreateSnapshot { spec, id } => return snapshots::create(world, &spec, &id).map(Some),
        Work::DeleteSnapshot { volume, id } => snapshots::delete(world, &volume, &id),
        Work::QuerySnapshots { filter } => return snapshots::query(world, &filter).map(Some),
        Work::QueryVolumeInfo { ids } => query::below(world, &ids),
        Work::UpdateCrypto { id, step, cns: false } => return crypto::update(world, &id, &step, false).map(|()| None),
        Work::UpdateCrypto { id, step, cns: true } => {
            let outcome = crypto::update(world, &id, &step, true);
            if outcome.is_err() {
                world.roll_back();
            }
            result::plain(&id, outcome.map_err(|refusal| crypto::in_words_of_cns(&refusal)))
        }
        Work::SearchDatastore { datastore, folder, patterns, below } => {
            return files::search(&world.parts.state, &datastore, &folder, &patterns, below).map(Some);
        }
        Work::Power { .. } | Work::Destroy { .. } | Work::Reconfigure { .. } | Work::ProviderStatus { .. } => {
            return Err(crate::fault::system_error("this is no volume's work"));
        }
    }))
}
