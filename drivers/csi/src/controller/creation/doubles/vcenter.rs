//! The double's vCenter: what creates and the search for a place ask, and nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;
use vsphere_types::MoRef;

use super::{Crash, TestWorld, fault};
use crate::vcenter::{
    About, CreateTask, Created, Datastore, Holder, HostView, Key, MachineView, NewVolume, RecryptWay, Tag, VCenter, VCenterError, Version,
    Volume,
};

#[async_trait]
impl VCenter for TestWorld {
    fn host(&self) -> &str {
        self.name
    }

    async fn about(&self) -> Result<About, VCenterError> {
        self.call("RetrieveServiceContent")?;
        Ok(About { version: Version::parse(self.script().version) })
    }

    async fn session_user(&self) -> Result<String, VCenterError> {
        self.call("Login")?;
        Ok("k8s@vsphere.local".into())
    }

    async fn datastores(&self) -> Result<Vec<Datastore>, VCenterError> {
        self.call("datastores")?;
        Ok(self.script().datastores.clone())
    }

    async fn create_volume(&self, volume: &NewVolume) -> Result<MoRef, VCenterError> {
        self.call("CnsCreateVolume")?;
        self.border(Crash::BeforeSending).await;
        if self.script().crash == Crash::WhileTheRequestIsUnderWay {
            let (world, volume) = (self.clone(), volume.clone());
            super::super::tests::later(Duration::from_secs(3), move || drop(world.accept(&volume, Instant::now())));
            self.border(Crash::WhileTheRequestIsUnderWay).await;
        }
        let task = self.accept(volume, Instant::now())?;
        self.border(Crash::AfterTheEffect).await;
        if std::mem::take(&mut self.script().lose_next_answer) {
            return Err(VCenterError::NoAnswer { operation: "CnsCreateVolume", reason: "connection reset".into() });
        }
        Ok(task)
    }

    async fn wait_for_creation(&self, task: &MoRef) -> Result<Created, VCenterError> {
        let found = self.script().tasks.iter().find(|known| known.reference == *task).cloned();
        let Some(found) = found else { return Err(VCenterError::TaskGone { task: task.clone() }) };
        tokio::time::sleep_until(found.ends).await;
        self.settle();
        self.border(Crash::AfterTheTaskHasEnded).await;
        match found.failure {
            Some(name) => Err(fault(name, None)),
            None => Ok(Created { id: found.volume.id, name: Some(found.volume.name) }),
        }
    }

    async fn create_tasks(&self) -> Result<Vec<CreateTask>, VCenterError> {
        self.call("recentTask")?;
        self.settle();
        let tasks = self.script().tasks.clone().into_iter().map(|task| CreateTask {
            task: task.reference,
            running: !task.ended,
            queued: task.queued,
            completed: task.ended.then_some(task.queued),
            user: Some(task.user),
            activation_id: None,
            created: task.ended.then_some(Created { id: task.volume.id, name: Some(task.volume.name) }),
        });
        Ok(tasks.collect())
    }

    async fn volumes_by_name(&self, name: &str) -> Result<Vec<Volume>, VCenterError> {
        self.call("CnsQueryVolume(name)")?;
        self.settle();
        Ok(self.script().volumes.iter().filter(|volume| volume.name == name).cloned().collect())
    }

    async fn volume_by_id(&self, id: &str) -> Result<Option<Volume>, VCenterError> {
        self.call("CnsQueryVolume(id)")?;
        self.settle();
        Ok(self.script().volumes.iter().find(|volume| volume.id == id).cloned())
    }

    async fn delete_volume(&self, id: &str) -> Result<(), VCenterError> {
        self.call("CnsDeleteVolume")?;
        let mut script = self.script();
        let before = script.volumes.len();
        script.volumes.retain(|volume| volume.id != id);
        if script.volumes.len() < before { Ok(()) } else { Err(fault("NotFound", None)) }
    }

    async fn vm_by_bios_uuid(&self, uuid: &str) -> Result<Option<MoRef>, VCenterError> {
        self.call("FindByUuid")?;
        Ok(self.script().vms.get(uuid).cloned())
    }

    async fn hosts(&self) -> Result<Vec<HostView>, VCenterError> {
        self.call("hosts")?;
        Ok(self.script().hosts.clone())
    }

    async fn tags_on(&self, objects: &[MoRef]) -> Result<BTreeMap<MoRef, Vec<Tag>>, VCenterError> {
        self.call("tags")?;
        let script = self.script();
        Ok(objects.iter().filter_map(|object| Some((object.clone(), script.tags.get(object)?.clone()))).collect())
    }

    async fn policy_id(&self, name: &str) -> Result<Option<String>, VCenterError> {
        self.call("PbmQueryProfile")?;
        Ok(self.script().policies.iter().find(|(known, ..)| known == name).map(|(_, id, _)| id.clone()))
    }

    async fn compatible_datastores(&self, policy: &str, datastores: &[MoRef]) -> Result<Vec<MoRef>, VCenterError> {
        self.call("PbmCheckRequirements")?;
        let script = self.script();
        let allowed = script.policies.iter().find(|(_, id, _)| id == policy).map(|(_, _, allowed)| allowed.clone()).unwrap_or_default();
        Ok(datastores.iter().filter(|datastore| allowed.contains(datastore)).cloned().collect())
    }

    async fn extend_volume(&self, _id: &str, _capacity_mb: i64) -> Result<(), VCenterError> {
        Err(not_played("CnsExtendVolume"))
    }

    async fn register_disk(&self, _id: &str) -> Result<bool, VCenterError> {
        Err(not_played("VslmRetrieveVStorageObject"))
    }

    async fn attach_volume(&self, _id: &str, _vm: &MoRef) -> Result<String, VCenterError> {
        Err(not_played("CnsAttachVolume"))
    }

    async fn detach_volume(&self, _id: &str, _vm: &MoRef) -> Result<(), VCenterError> {
        Err(not_played("CnsDetachVolume"))
    }

    async fn machine(&self, _vm: &MoRef) -> Result<Option<MachineView>, VCenterError> {
        Err(not_played("machine"))
    }

    async fn machines(&self, _vms: &[MoRef]) -> Result<Vec<MachineView>, VCenterError> {
        Err(not_played("RetrievePropertiesEx"))
    }

    async fn volumes(&self) -> Result<Vec<Volume>, VCenterError> {
        Err(not_played("CnsQueryVolume"))
    }

    async fn hosts_of(&self, _vms: &[MoRef]) -> Result<Vec<MoRef>, VCenterError> {
        Err(not_played("hosts of machines"))
    }

    async fn holders_of(&self, _volume_id: &str) -> Result<Vec<Holder>, VCenterError> {
        Err(not_played("holders"))
    }

    async fn key_providers(&self) -> Result<Vec<String>, VCenterError> {
        Err(not_played("ListKmsClusters"))
    }

    async fn key_of_volume(&self, _volume: &Volume) -> Result<Option<Key>, VCenterError> {
        Err(not_played("RetrieveVStorageObject"))
    }

    async fn way_to_recrypt(&self, _volume: &Volume) -> Result<Option<RecryptWay>, VCenterError> {
        Err(not_played("way to recrypt"))
    }

    async fn begin_recrypt(&self, _id: &str, way: &RecryptWay, _provider: &str) -> Result<MoRef, VCenterError> {
        Err(not_played(way.operation()))
    }

    async fn end_recrypt(&self, _task: &MoRef, way: &RecryptWay) -> Result<(), VCenterError> {
        Err(not_played(way.operation()))
    }

    async fn logout(&self) -> Result<(), VCenterError> {
        Ok(())
    }
}

/// What comes after a create is tested with the fake vCenter.
pub(super) fn not_played(operation: &'static str) -> VCenterError {
    VCenterError::NoAnswer { operation, reason: "the double does not play it".to_owned() }
}
