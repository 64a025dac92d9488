//! The calls, made by `vsphere_client`: one client, one session for one vCenter.
//!
//! The client's own retries are switched off. It repeats any call after a status of 503, and a proxy may give that
//! status after it has passed a request on; a create that is sent twice is two volumes. Sidecars ask again anyway.

mod convert;
mod recrypt;
mod snapshots;
mod tasks;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use driver_host::{Host, HostError, Peer, authority};
use vsphere_client::{ClientOptions, Credentials, Renew, RetryBudget, VsphereClient, attached_disk, fresh_key, volume_result};
use vsphere_types::{
    CnsBlockBackingDetails, CnsBlockCreateSpec, CnsContainerCluster, CnsQueryFilter, CnsSnapshotId, CnsSnapshotVolumeSource,
    CnsVolumeCreateSpec, CnsVolumeId, CnsVolumeMetadata, CnsVolumeOperationResult, CryptoSpecEncrypt, MoRef, Object,
    VirtualMachineDefinedProfileSpec,
};

use super::{
    About, CreateTask, Created, Datastore, Holder, HostView, Key, MachineView, NewVolume, RecryptWay, SnapshotId, Tag, VCenter,
    VCenterError, Version, Volume,
};
use crate::behaviours::Behaviours;
use crate::config::{Config, VCenterConfig};
use crate::options::ControllerOptions;
use convert::{error, fault_is_about, machine_view, user_agent, volume};

/// A vCenter behind a client.
pub(super) struct ClientVCenter {
    client: VsphereClient,
    /// Makes a client with a session of its own for each call; only where one session is not kept.
    another_client: Option<Box<dyn Fn() -> VsphereClient + Send + Sync>>,
    host: String,
    cluster_id: String,
    distribution: String,
    /// Names of datacenters; empty means all.
    datacenters: Vec<String>,
    /// Those that were not there when they were last looked for.
    absent: Mutex<Vec<String>>,
    log: Arc<dyn Host>,
    behaviours: Behaviours,
}

/// The vCenters of a configuration, in its order. Nothing is sent before the first call.
pub(crate) async fn connect(
    host: &Arc<dyn Host>,
    config: &Config,
    cluster_id: &str,
    options: &ControllerOptions,
) -> Result<Vec<Arc<dyn VCenter>>, HostError> {
    let mut vcenters = Vec::new();
    for vcenter in &config.vcenters {
        vcenters.push(connect_one(host, (&config.cluster_distribution, cluster_id), vcenter, options).await?);
    }
    Ok(vcenters)
}

async fn connect_one(
    host: &Arc<dyn Host>,
    (distribution, cluster_id): (&str, &str),
    vcenter: &VCenterConfig,
    started: &ControllerOptions,
) -> Result<Arc<dyn VCenter>, HostError> {
    let behaviours = started.behaviours;
    let peer = Peer::VCenter { host: vcenter.host.clone(), port: vcenter.port, trust: vcenter.trust.clone() };
    let service = host.connect(&peer).await?;
    let credentials = Credentials { user: vcenter.user.clone(), password: vcenter.password.reveal().to_owned() };
    let (random, spawn) = (Arc::clone(host), Arc::clone(host));
    let mut options =
        ClientOptions::new(user_agent(cluster_id), Arc::new(move || random.random()), Arc::new(move |name, task| spawn.spawn(name, task)));
    options.retry = RetryBudget { retries: 0, ..RetryBudget::default() };
    options.log_in_again = behaviours.log_in_again;
    options.hold_refused_logins = behaviours.hold_refused_logins;
    options.renew = Some(credentials_in_file(host, started, &vcenter.host));
    options.report = {
        let host = Arc::clone(host);
        Arc::new(move |line: &str| host.log(line))
    };
    let authority = authority(&vcenter.host, vcenter.port);
    let make = move || VsphereClient::new(service.clone(), &authority, credentials.clone(), options.clone());
    Ok(Arc::new(ClientVCenter {
        client: make(),
        another_client: if behaviours.keep_one_session { None } else { Some(Box::new(make)) },
        host: vcenter.host.clone(),
        cluster_id: cluster_id.to_owned(),
        distribution: distribution.to_owned(),
        datacenters: vcenter.datacenters.clone(),
        absent: Mutex::default(),
        log: Arc::clone(host),
        behaviours,
    }))
}

/// Reads a vCenter's account anew: the file is a Secret's, and changes while the driver runs.
fn credentials_in_file(host: &Arc<dyn Host>, started: &ControllerOptions, vcenter: &str) -> Renew {
    let (host, vcenter) = (Arc::clone(host), vcenter.to_owned());
    let (path, environment) = (started.config_path.clone(), started.environment.clone());
    Arc::new(move || {
        // A file that is wrong or gone just now has nothing to say; the account that is known stays.
        let bytes = host.read_file(&path).ok()?;
        let config = Config::parse(&path.display().to_string(), &bytes, &environment).ok()?;
        let found = config.vcenters.into_iter().find(|found| found.host.eq_ignore_ascii_case(&vcenter))?;
        Some(Credentials { user: found.user, password: found.password.reveal().to_owned() })
    })
}

impl ClientVCenter {
    fn client(&self) -> VsphereClient {
        self.another_client.as_ref().map_or_else(|| self.client.clone(), |make| make())
    }

    /// What CNS keeps beside a volume: whose it is.
    async fn metadata(&self) -> Result<CnsVolumeMetadata, VCenterError> {
        let container_cluster = CnsContainerCluster {
            cluster_type: "KUBERNETES".to_owned(),
            cluster_id: self.cluster_id.clone(),
            vsphere_user: self.session_user().await?,
            cluster_flavor: Some("VANILLA".to_owned()),
            cluster_distribution: Some(self.distribution.clone()).filter(|name| !name.is_empty()),
            ..CnsContainerCluster::default()
        };
        let container_cluster_array = vec![container_cluster.clone()];
        Ok(CnsVolumeMetadata { container_cluster, container_cluster_array, ..CnsVolumeMetadata::default() })
    }

    async fn query(&self, filter: CnsQueryFilter) -> Result<Vec<Volume>, VCenterError> {
        let found = self.client().cns_query_volumes(filter).await.map_err(|failure| error("CnsQueryVolume", &failure))?;
        Ok(found.into_iter().map(volume).collect())
    }

    /// The references of the datastores of the configured datacenters; `None` means that all may be used.
    async fn configured_datastores(&self) -> Result<Option<Vec<MoRef>>, VCenterError> {
        if self.datacenters.is_empty() {
            return Ok(None);
        }
        let read = |failure| error("RetrievePropertiesEx", &failure);
        let mut absent = self.datacenters.clone();
        let (mut datastores, mut names) = (Vec::new(), Vec::new());
        for datacenter in tasks::datacenters_below(&self.client(), &self.root_folder().await?).await.map_err(read)? {
            let name: String = datacenter.properties.require("name").map_err(read)?;
            // A datacenter may be configured by its path; its name is the path's end.
            let is_it = |configured: &String| configured.rsplit('/').next() == Some(name.as_str());
            if self.datacenters.iter().any(is_it) {
                datastores.extend(datacenter.properties.list::<MoRef>("datastore").map_err(read)?);
            }
            absent.retain(|configured| !is_it(configured));
            names.push(name);
        }
        if self.behaviours.report_absent_datacenters {
            self.remember_absent(absent, &names);
        }
        Ok(Some(datastores))
    }

    /// Remembers which datacenters are not there; a change is said once.
    fn remember_absent(&self, absent: Vec<String>, present: &[String]) {
        let mut known = self.absent.lock().unwrap_or_else(PoisonError::into_inner);
        if *known == absent {
            return;
        }
        if absent.is_empty() {
            self.log.log(&format!("vCenter {}: all configured datacenters are there", self.host));
        } else {
            let (gone, there) = (absent.join(", "), present.join(", "));
            self.log.log(&format!(
                "vCenter {}: there is no datacenter {gone} that the account can see (there are {there}); correct `datacenters` in vsphere.conf, or grant the account read access there",
                self.host
            ));
        }
        *known = absent;
    }

    async fn root_folder(&self) -> Result<MoRef, VCenterError> {
        let content = self.client().service_content().await.map_err(|failure| error("RetrieveServiceContent", &failure))?;
        Ok(content.root_folder)
    }

    async fn all_datastores(&self) -> Result<Vec<Datastore>, VCenterError> {
        let found = self.client().datastores().await.map_err(|failure| error("RetrievePropertiesEx", &failure))?;
        let datastore = |found: vsphere_client::Datastore| Datastore {
            reference: found.reference,
            name: found.name,
            url: found.url,
            // Nothing new is put where a datastore is being emptied.
            accessible: found.accessible && found.maintenance_mode.is_none_or(|mode| mode == "normal"),
        };
        Ok(found.into_iter().map(datastore).collect())
    }
}

#[async_trait]
impl VCenter for ClientVCenter {
    fn host(&self) -> &str {
        &self.host
    }

    async fn about(&self) -> Result<About, VCenterError> {
        let about = self.client().about().await.map_err(|failure| error("RetrieveServiceContent", &failure))?;
        Ok(About { version: Version::parse(&about.version) })
    }

    async fn session_user(&self) -> Result<String, VCenterError> {
        self.client().session_user().await.map_err(|failure| error("Login", &failure))
    }

    async fn datastores(&self) -> Result<Vec<Datastore>, VCenterError> {
        let mut datastores = self.all_datastores().await?;
        if let Some(configured) = self.configured_datastores().await? {
            datastores.retain(|datastore| configured.contains(&datastore.reference));
        }
        Ok(datastores)
    }

    fn absent_datacenters(&self) -> Vec<String> {
        self.absent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn create_volume(&self, volume: &NewVolume) -> Result<MoRef, VCenterError> {
        let backing = CnsBlockBackingDetails { capacity_in_mb: Some(volume.capacity_mb), ..CnsBlockBackingDetails::default() };
        let spec = CnsVolumeCreateSpec {
            name: volume.name.clone(),
            volume_type: "BLOCK".to_owned(),
            volume_id: volume.chosen_id.clone().map(|id| CnsVolumeId { id }),
            datastores: volume.datastores.clone(),
            metadata: Some(self.metadata().await?),
            backing_object_details: backing.into(),
            create_spec: volume.key_provider.as_deref().map(encrypted_by),
            profile: volume.profile.iter().map(|id| profile(id)).collect(),
            volume_source: volume.source.as_ref().map(made_of),
            ..CnsVolumeCreateSpec::default()
        };
        let client = self.client().with_operation_id(&volume.operation_id);
        client.cns_create_volume(spec).await.map_err(|failure| error("CnsCreateVolume", &failure))
    }

    async fn wait_for_creation(&self, task: &MoRef) -> Result<Created, VCenterError> {
        let info = self.ended("CnsCreateVolume", task).await?;
        tasks::created(&info)
    }

    async fn create_tasks(&self) -> Result<Vec<CreateTask>, VCenterError> {
        let found = self.client().recent_tasks().await.map_err(|failure| tasks::unanswered("RetrievePropertiesEx", &failure))?;
        Ok(found.iter().filter_map(tasks::create_task).collect())
    }

    async fn volumes_by_name(&self, name: &str) -> Result<Vec<Volume>, VCenterError> {
        let container_cluster_ids = vec![self.cluster_id.clone()];
        let filter = CnsQueryFilter { names: vec![name.to_owned()], container_cluster_ids, ..CnsQueryFilter::default() };
        let mut found = self.query(filter).await?;
        // The name must be exactly this one, whatever a release takes a filter for.
        found.retain(|volume| volume.name == name);
        Ok(found)
    }

    async fn volumes(&self) -> Result<Vec<Volume>, VCenterError> {
        self.query(CnsQueryFilter { container_cluster_ids: vec![self.cluster_id.clone()], ..CnsQueryFilter::default() }).await
    }

    async fn volume_by_id(&self, id: &str) -> Result<Option<Volume>, VCenterError> {
        let filter = CnsQueryFilter { volume_ids: vec![CnsVolumeId { id: id.to_owned() }], ..CnsQueryFilter::default() };
        match self.query(filter).await {
            Ok(found) => Ok(found.into_iter().find(|volume| volume.id == id)),
            // Up to 9.0 an id that does not exist may be a fault.
            Err(failure) if failure.is_fault("NotFound") || failure.is_fault("CnsVolumeNotFoundFault") => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn register_disk(&self, id: &str) -> Result<bool, VCenterError> {
        let disk = match self.client().first_class_disk(id).await.map_err(|failure| error("VslmRetrieveVStorageObject", &failure)) {
            Ok(disk) => disk,
            Err(failure) if failure.is_fault("NotFound") || failure.is_fault("InvalidArgument") => return Ok(false),
            Err(failure) => return Err(failure),
        };
        let backing = CnsBlockBackingDetails { backing_disk_id: Some(id.to_owned()), ..CnsBlockBackingDetails::default() };
        let spec = CnsVolumeCreateSpec {
            name: disk.config.name,
            volume_type: "BLOCK".to_owned(),
            metadata: Some(self.metadata().await?),
            backing_object_details: backing.into(),
            ..CnsVolumeCreateSpec::default()
        };
        let task = self.client().cns_create_volume(spec).await.map_err(|failure| error("CnsCreateVolume", &failure))?;
        match self.wait_for_creation(&task).await {
            Ok(_) => Ok(true),
            Err(failure) if failure.is_fault("CnsAlreadyRegisteredFault") => Ok(true),
            Err(failure) => Err(failure),
        }
    }

    async fn delete_volume(&self, id: &str) -> Result<(), VCenterError> {
        let task = self.client().cns_delete_volume(id, true).await.map_err(|failure| error("CnsDeleteVolume", &failure))?;
        let info = self.ended("CnsDeleteVolume", &task).await?;
        volume_result::<CnsVolumeOperationResult>(&info).map(drop).map_err(|failure| error("CnsDeleteVolume", &failure))
    }

    async fn extend_volume(&self, id: &str, capacity_mb: i64) -> Result<(), VCenterError> {
        let task = self.client().cns_extend_volume(id, capacity_mb).await.map_err(|failure| error("CnsExtendVolume", &failure))?;
        let info = self.ended("CnsExtendVolume", &task).await?;
        volume_result::<CnsVolumeOperationResult>(&info).map(drop).map_err(|failure| error("CnsExtendVolume", &failure))
    }

    async fn attach_volume(&self, id: &str, vm: &MoRef) -> Result<String, VCenterError> {
        let task = self.client().cns_attach_volume(id, vm).await.map_err(|failure| error("CnsAttachVolume", &failure))?;
        let info = self.ended("CnsAttachVolume", &task).await?;
        attached_disk(&info).map_err(|failure| error("CnsAttachVolume", &failure))
    }

    async fn detach_volume(&self, id: &str, vm: &MoRef) -> Result<(), VCenterError> {
        let task = self.client().cns_detach_volume(id, vm).await.map_err(|failure| error("CnsDetachVolume", &failure))?;
        let info = self.ended("CnsDetachVolume", &task).await?;
        volume_result::<CnsVolumeOperationResult>(&info).map(drop).map_err(|failure| error("CnsDetachVolume", &failure))
    }

    async fn vm_by_bios_uuid(&self, uuid: &str) -> Result<Option<MoRef>, VCenterError> {
        self.client().find_vm_by_uuid(uuid).await.map_err(|failure| error("FindByUuid", &failure))
    }

    async fn machine(&self, vm: &MoRef) -> Result<Option<MachineView>, VCenterError> {
        match self.client().machine(vm).await {
            Ok(facts) => machine_view(facts).map(Some).map_err(|failure| error("RetrievePropertiesEx", &failure)),
            Err(failure) if fault_is_about(&failure, vm) => Ok(None),
            Err(failure) => Err(error("RetrievePropertiesEx", &failure)),
        }
    }

    async fn machines(&self, vms: &[MoRef]) -> Result<Vec<MachineView>, VCenterError> {
        if vms.is_empty() {
            return Ok(Vec::new());
        }
        let read = |failure| error("RetrievePropertiesEx", &failure);
        self.client().machines(vms).await.map_err(read)?.into_iter().map(machine_view).collect::<Result<_, _>>().map_err(read)
    }

    async fn hosts_of(&self, vms: &[MoRef]) -> Result<Vec<MoRef>, VCenterError> {
        let read = |failure| error("RetrievePropertiesEx", &failure);
        let found = self.client().properties_of_all(vms, &["runtime.host"]).await.map_err(read)?;
        let hosts: Vec<Option<MoRef>> = found.iter().map(|vm| vm.properties.get("runtime.host")).collect::<Result<_, _>>().map_err(read)?;
        Ok(hosts.into_iter().flatten().collect())
    }

    async fn hosts(&self) -> Result<Vec<HostView>, VCenterError> {
        let found = self.client().hosts().await.map_err(|failure| error("RetrievePropertiesEx", &failure))?;
        let view = |facts: vsphere_client::HostFacts| HostView {
            usable: facts.connected && !facts.in_maintenance,
            reference: facts.reference,
            name: facts.name,
            datastores: facts.datastores,
            lineage: facts.lineage,
        };
        Ok(found.into_iter().map(view).collect())
    }

    async fn tags_on(&self, objects: &[MoRef]) -> Result<BTreeMap<MoRef, Vec<Tag>>, VCenterError> {
        let found = self.client().tags_on(objects).await.map_err(|failure| error("list-attached-tags-on-objects", &failure))?;
        let plain = |tags: Vec<vsphere_client::Tag>| tags.into_iter().map(|tag| Tag { category: tag.category, name: tag.name }).collect();
        Ok(found.into_iter().map(|(object, tags)| (object, plain(tags))).collect())
    }

    async fn policy_id(&self, name: &str) -> Result<Option<String>, VCenterError> {
        self.client().policy_by_name(name).await.map_err(|failure| error("PbmQueryProfile", &failure))
    }

    async fn compatible_datastores(&self, policy: &str, datastores: &[MoRef]) -> Result<Vec<MoRef>, VCenterError> {
        self.client().compatible_datastores(policy, datastores).await.map_err(|failure| error("PbmCheckRequirements", &failure))
    }

    async fn holders_of(&self, volume_id: &str) -> Result<Vec<Holder>, VCenterError> {
        let Some(volume) = self.volume_by_id(volume_id).await? else { return Ok(Vec::new()) };
        let datastores = self.all_datastores().await?.into_iter().filter(|datastore| datastore.url == volume.datastore_url);
        let read = |failure| error("RetrievePropertiesEx", &failure);
        let mut holders = Vec::new();
        for datastore in datastores {
            let users: Vec<MoRef> =
                self.client().properties(&datastore.reference, &["vm"]).await.map_err(read)?.list("vm").map_err(read)?;
            for facts in self.client().machines(&users).await.map_err(read)? {
                let machine = machine_view(facts).map_err(read)?;
                if machine.disks.iter().flatten().any(|disk| disk.volume_id.as_deref() == Some(volume_id)) {
                    holders.push(Holder { vm: machine.vm, name: machine.name });
                }
            }
        }
        Ok(holders)
    }

    async fn key_providers(&self) -> Result<Vec<String>, VCenterError> {
        self.client().key_providers().await.map_err(|failure| error("ListKmsClusters", &failure))
    }

    async fn key_of_volume(&self, volume: &Volume) -> Result<Option<Key>, VCenterError> {
        self.read_key(&volume.id, &volume.datastore_url).await
    }

    async fn way_to_recrypt(&self, volume: &Volume) -> Result<Option<RecryptWay>, VCenterError> {
        let version = self.about().await?.version;
        if version >= Version::CNS_RECRYPT {
            return Ok(Some(RecryptWay::Cns));
        }
        if version < Version::DISK_RECRYPT {
            return Ok(None);
        }
        let datastore = self.datastore_of(&volume.id, &volume.datastore_url).await?;
        Ok(Some(RecryptWay::Disk { datastore }))
    }

    async fn begin_recrypt(&self, id: &str, way: &RecryptWay, provider: &str) -> Result<MoRef, VCenterError> {
        Self::begin_recrypt(self, id, way, provider).await
    }

    async fn end_recrypt(&self, task: &MoRef, way: &RecryptWay) -> Result<(), VCenterError> {
        Self::end_recrypt(self, task, way).await
    }

    async fn logout(&self) -> Result<(), VCenterError> {
        self.client().logout().await.map_err(|failure| error("Logout", &failure))
    }
}

/// A storage policy as CNS is told of it.
fn profile(id: &str) -> Object {
    VirtualMachineDefinedProfileSpec { profile_id: id.to_owned(), ..VirtualMachineDefinedProfileSpec::default() }.into()
}

/// The snapshot that a volume is made of.
fn made_of(source: &SnapshotId) -> Object {
    CnsSnapshotVolumeSource {
        volume_id: Some(CnsVolumeId { id: source.volume.clone() }),
        snapshot_id: Some(CnsSnapshotId { id: source.snapshot.clone() }),
        linked_clone: None,
    }
    .into()
}

/// What a volume is encrypted with from its beginning, where that is not left to vCenter.
fn encrypted_by(provider: &str) -> Object {
    let encrypt = CryptoSpecEncrypt { crypto_key_id: fresh_key(provider) };
    CnsBlockCreateSpec { crypto_spec: Some(encrypt.into()) }.into()
}
