//! A vCenter and a record store that a controller can die in front of, at any border, and that outlive it.
//!
//! The vCenter makes volumes by tasks that take time; a running create is in no query; names are not unique; from 9.1
//! a chosen id is taken once. A crash point stops the caller's future for good at one place and tells the test.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use driver_host::{Host, HostError, HttpService, Peer, Task};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::time::Instant;
use vsphere_types::MoRef;

use crate::nodes::Nodes;
use crate::operations::{Operations, Record, StoreError};
use crate::vcenter::{
    About, AttachedDisk, CreateTask, Created, Datastore, Holder, HostView, Key, MachineView, NewVolume, RecryptWay, Refusal, Tag, VCenter,
    VCenterError, Version, Volume,
};

/// Where the controller dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crash {
    Never,
    BeforeTheIntentIsWritten,
    AfterTheIntentIsWritten,
    BeforeSending,
    /// The request is under way when its sender dies, and arrives three seconds later.
    WhileTheRequestIsUnderWay,
    AfterTheEffect,
    AfterTheAnswer,
    AfterTheTaskIsRecorded,
    AfterTheTaskHasEnded,
    AfterTheResultIsRecorded,
}

pub(crate) struct Script {
    pub version: &'static str,
    pub crash: Crash,
    /// The next create has its effect and its answer is lost on the way.
    pub lose_next_answer: bool,
    /// Ended tasks are forgotten at once.
    pub forgets_tasks: bool,
    pub refuses_chosen_ids: bool,
    /// A chosen id that exists is refused, because the second call chose another datastore.
    pub chooses_another_datastore: bool,
    pub skew: SignedDuration,
    pub volumes: Vec<Volume>,
    pub tasks: Vec<RunningTask>,
    pub records: Vec<Record>,
    pub creates: usize,
    /// The policies that creates carried.
    pub profiles: Vec<Option<String>>,
    pub log: Vec<String>,
    pub vms: Vec<Machine>,
    /// The BIOS uuids that Kubernetes has of its nodes.
    pub nodes: Vec<&'static str>,
    /// What the inventory has.
    pub hosts: Vec<HostView>,
    pub tags: BTreeMap<MoRef, Vec<Tag>>,
    pub datastores: Vec<Datastore>,
    /// Policies: name, id, and the datastores that satisfy it.
    pub policies: Vec<(String, String, Vec<MoRef>)>,
    /// Key providers by name, and whether they answer.
    pub providers: BTreeMap<&'static str, bool>,
    /// The keys of volumes, by provider; the provider before while a recrypt is not finished.
    pub keys: BTreeMap<String, (&'static str, Option<&'static str>)>,
    /// The key providers that creates asked for.
    pub key_providers: Vec<Option<String>>,
    /// No datastore has room.
    pub full: bool,
    /// vCenter restarts while the next create runs: its task is forgotten, and its host brings it to its end.
    pub lose_tasks_once: bool,
    /// The next recrypt stops in the middle.
    pub interrupt_next_recrypt: bool,
    /// Nothing is answered.
    pub down: bool,
    /// How many calls of each kind there were.
    pub calls: BTreeMap<&'static str, usize>,
    /// How the next attach or detach ends instead.
    pub next_end: Option<VCenterError>,
    writes: u64,
}

/// A virtual machine and the volumes that it has.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub uuid: &'static str,
    pub name: &'static str,
    pub volumes: Vec<String>,
    /// The host that it is on.
    pub host: Option<MoRef>,
    /// vCenter has lost sight of its hardware.
    pub out_of_sight: bool,
    /// The key provider that it is encrypted by.
    pub provider: Option<&'static str>,
}

impl Machine {
    pub(crate) fn new(uuid: &'static str, name: &'static str) -> Self {
        Self { uuid, name, volumes: Vec::new(), host: None, out_of_sight: false, provider: None }
    }

    fn reference(&self) -> MoRef {
        MoRef::new("VirtualMachine", format!("vm-{}", self.name))
    }
}

#[derive(Clone)]
pub(crate) struct RunningTask {
    pub reference: MoRef,
    pub ends: Instant,
    pub queued: Timestamp,
    pub user: String,
    pub volume: Volume,
    pub failure: Option<&'static str>,
    pub ended: bool,
}

/// All that outlives the controller.
#[derive(Clone)]
pub(crate) struct TestWorld {
    name: &'static str,
    script: Arc<Mutex<Script>>,
    started: Instant,
    pub crashed: Arc<Notify>,
}

const DISK: &str = "-0000-4000-8000-0000000000";

impl TestWorld {
    pub(crate) fn new(version: &'static str, crash: Crash) -> Self {
        Self::named("vc-a", version, crash)
    }

    /// One of several.
    pub(crate) fn named(name: &'static str, version: &'static str, crash: Crash) -> Self {
        let script = Script {
            version,
            crash,
            lose_next_answer: false,
            forgets_tasks: false,
            refuses_chosen_ids: false,
            chooses_another_datastore: false,
            skew: SignedDuration::from_secs(-30),
            volumes: Vec::new(),
            tasks: Vec::new(),
            records: Vec::new(),
            creates: 0,
            profiles: Vec::new(),
            log: Vec::new(),
            vms: Vec::new(),
            nodes: Vec::new(),
            hosts: Vec::new(),
            tags: BTreeMap::new(),
            datastores: vec![super::tests::datastore()],
            policies: Vec::new(),
            providers: BTreeMap::new(),
            keys: BTreeMap::new(),
            key_providers: Vec::new(),
            full: false,
            lose_tasks_once: false,
            interrupt_next_recrypt: false,
            down: false,
            calls: BTreeMap::new(),
            next_end: None,
            writes: 0,
        };
        Self { name, script: Arc::new(Mutex::new(script)), started: Instant::now(), crashed: Arc::new(Notify::new()) }
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("nobody panicked")
    }

    /// What the ids of volumes begin with: ids of volumes are no one else's, unlike those of managed objects.
    fn prefix(&self) -> String {
        let last = self.name.bytes().last().unwrap_or(b'a');
        format!("{:08x}", last - b'a')
    }

    /// A call arrives; nothing comes back when all is down.
    fn call(&self, operation: &'static str) -> Result<(), VCenterError> {
        let mut script = self.script();
        *script.calls.entry(operation).or_default() += 1;
        if script.down {
            return Err(VCenterError::NoAnswer { operation, reason: format!("{} is down", self.name) });
        }
        Ok(())
    }

    /// Dies here for good when the script says so; a process dies once.
    async fn border(&self, crash: Crash) {
        let dies = {
            let mut script = self.script();
            let dies = script.crash == crash;
            if dies {
                script.crash = Crash::Never;
            }
            dies
        };
        if dies {
            self.crashed.notify_one();
            std::future::pending::<()>().await;
        }
    }

    /// Tasks whose time has come end, and their volumes appear.
    fn settle(&self) {
        let mut script = self.script();
        let now = Instant::now();
        let forgets = script.forgets_tasks;
        let due: Vec<Volume> =
            script.tasks.iter_mut().filter(|task| task.ends <= now && !task.ended).filter_map(RunningTask::end).collect();
        for volume in due {
            if !script.volumes.iter().any(|known| known.id == volume.id) {
                script.volumes.push(volume);
            }
        }
        if forgets {
            script.tasks.retain(|task| !task.ended);
        }
    }

    /// A create arrives.
    pub(crate) fn accept(&self, volume: &NewVolume, arrives: Instant) -> Result<MoRef, VCenterError> {
        self.settle();
        let queued = self.calendar();
        let mut script = self.script();
        script.creates += 1;
        let number = script.creates;
        if script.full {
            return Err(fault("NoDiskSpace", None));
        }
        if volume.chosen_id.is_some() && script.refuses_chosen_ids {
            return Err(fault("CnsFault", Some("NotSupported")));
        }
        let id = volume.chosen_id.clone().unwrap_or_else(|| format!("{}{DISK}{number:02}", self.prefix()));
        let taken =
            script.volumes.iter().map(|known| &known.id).chain(script.tasks.iter().map(|task| &task.volume.id)).any(|known| *known == id);
        let failure = (taken && script.chooses_another_datastore).then_some("CnsVolumeAlreadyExistsFault");
        let chosen = volume.datastores.first().and_then(|first| script.datastores.iter().find(|known| known.reference == *first));
        let datastore_url = chosen.map_or_else(|| "ds:///a/".to_owned(), |datastore| datastore.url.clone());
        script.profiles.push(volume.profile.clone());
        script.key_providers.push(volume.key_provider.clone());
        let made = Volume { id, name: volume.name.clone(), capacity_mb: volume.capacity_mb, datastore_url };
        let reference = MoRef::new("Task", format!("task-{number}"));
        let queued = queued + script.skew;
        let ends = arrives + Duration::from_secs(4);
        let user = "VSPHERE.LOCAL\\K8s".to_owned();
        script.tasks.push(RunningTask { reference: reference.clone(), ends, queued, user, volume: made, failure, ended: false });
        Ok(reference)
    }
}

impl RunningTask {
    fn end(&mut self) -> Option<Volume> {
        self.ended = true;
        self.failure.is_none().then(|| self.volume.clone())
    }
}

pub(crate) fn fault(name: &str, cause: Option<&str>) -> VCenterError {
    VCenterError::Fault(Box::new(Refusal {
        operation: "CnsCreateVolume",
        fault: name.into(),
        message: "scripted".into(),
        cause: cause.map(str::to_owned),
        cause_message: String::new(),
        object: None,
    }))
}

/// The uuid that the disk of a volume has, as vCenter writes it.
fn disk_uuid(id: &str) -> String {
    format!("6000C29A-{}", &id[9..])
}

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
            super::tests::later(Duration::from_secs(3), move || drop(world.accept(&volume, Instant::now())));
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
        if std::mem::take(&mut self.script().lose_tasks_once) {
            self.script().tasks.retain(|known| known.reference != *task);
            let (world, volume) = (self.clone(), found.volume.clone());
            super::tests::later(Duration::from_secs(20), move || world.script().volumes.push(volume));
            return Err(VCenterError::TaskGone { task: task.clone() });
        }
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
        if script.vms.iter().any(|vm| vm.volumes.iter().any(|held| held == id)) {
            return Err(fault("ResourceInUse", None));
        }
        let before = script.volumes.len();
        script.volumes.retain(|volume| volume.id != id);
        if script.volumes.len() < before { Ok(()) } else { Err(fault("NotFound", None)) }
    }

    async fn attach_volume(&self, id: &str, vm: &MoRef) -> Result<String, VCenterError> {
        self.call("CnsAttachVolume")?;
        let mut script = self.script();
        if let Some(end) = script.next_end.take() {
            return Err(end);
        }
        if !script.volumes.iter().any(|volume| volume.id == id) {
            return Err(fault("NotFound", None));
        }
        if script.vms.iter().any(|vm| vm.volumes.iter().any(|held| held == id)) {
            return Err(fault("ResourceInUse", None));
        }
        let machine = script.vms.iter_mut().find(|known| known.reference() == *vm).expect("it was just found");
        machine.volumes.push(id.to_owned());
        Ok(disk_uuid(id))
    }

    async fn detach_volume(&self, id: &str, vm: &MoRef) -> Result<(), VCenterError> {
        self.call("CnsDetachVolume")?;
        let mut script = self.script();
        if let Some(end) = script.next_end.take() {
            return Err(end);
        }
        let machine = script.vms.iter_mut().find(|known| known.reference() == *vm).expect("it was just found");
        let before = machine.volumes.len();
        machine.volumes.retain(|held| held != id);
        if machine.volumes.len() < before { Ok(()) } else { Err(fault("InvalidArgument", None)) }
    }

    async fn vm_by_bios_uuid(&self, uuid: &str) -> Result<Option<MoRef>, VCenterError> {
        self.call("FindByUuid")?;
        Ok(self.script().vms.iter().find(|vm| vm.uuid == uuid).map(Machine::reference))
    }

    async fn machine(&self, vm: &MoRef) -> Result<Option<MachineView>, VCenterError> {
        self.call("machine")?;
        let script = self.script();
        let disk = |id: &String| AttachedDisk { volume_id: Some(id.clone()), disk_uuid: disk_uuid(id), key: None };
        let view = |known: &Machine| MachineView {
            vm: vm.clone(),
            name: known.name.to_owned(),
            bios_uuid: Some(known.uuid.to_owned()),
            host: known.host.clone(),
            disks: (!known.out_of_sight).then(|| known.volumes.iter().map(disk).collect()),
            slots: (!known.out_of_sight).then_some(59),
            key: known.provider.map(|provider| Key { provider: provider.to_owned(), id: "machine".to_owned() }),
        };
        Ok(script.vms.iter().find(|known| known.reference() == *vm).map(view))
    }

    async fn hosts_of(&self, vms: &[MoRef]) -> Result<Vec<MoRef>, VCenterError> {
        self.call("hosts of machines")?;
        let script = self.script();
        let host = |vm: &MoRef| script.vms.iter().find(|known| known.reference() == *vm).map(|known| known.host.clone());
        let gone = VCenterError::Fault(Box::new(Refusal { operation: "RetrievePropertiesEx", ..plain("ManagedObjectNotFound") }));
        let hosts: Option<Vec<Option<MoRef>>> = vms.iter().map(host).collect();
        Ok(hosts.ok_or(gone)?.into_iter().flatten().collect())
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

    async fn holders_of(&self, volume_id: &str) -> Result<Vec<Holder>, VCenterError> {
        self.call("holders")?;
        let script = self.script();
        let holders = script.vms.iter().filter(|vm| vm.volumes.iter().any(|held| held == volume_id));
        Ok(holders.map(|vm| Holder { vm: vm.reference(), name: vm.name.to_owned() }).collect())
    }

    async fn key_providers(&self) -> Result<Vec<String>, VCenterError> {
        self.call("ListKmsClusters")?;
        Ok(self.script().providers.keys().map(|name| (*name).to_owned()).collect())
    }

    async fn key_of_volume(&self, volume: &Volume) -> Result<Option<Key>, VCenterError> {
        self.call("RetrieveVStorageObject")?;
        let key = |(provider, _): &(&'static str, _)| Key { provider: (*provider).to_owned(), id: format!("key of {provider}") };
        Ok(self.script().keys.get(&volume.id).map(key))
    }

    async fn way_to_recrypt(&self, _volume: &Volume) -> Result<Option<RecryptWay>, VCenterError> {
        let version = self.about().await?.version;
        let disk = || RecryptWay::Disk { datastore: super::tests::datastore().reference };
        Ok(if version >= Version::CNS_RECRYPT { Some(RecryptWay::Cns) } else { (version >= Version::DISK_RECRYPT).then(disk) })
    }

    async fn begin_recrypt(&self, id: &str, way: &RecryptWay, provider: &str) -> Result<MoRef, VCenterError> {
        self.call(way.operation())?;
        let mut script = self.script();
        let attached = script.vms.iter().any(|vm| vm.volumes.iter().any(|held| held == id));
        if attached != matches!(way, RecryptWay::Machine { .. }) {
            return Err(fault("InvalidState", None));
        }
        let (name, answers) = script.providers.get_key_value(provider).map(|(name, answers)| (*name, *answers)).expect("it was looked up");
        if !answers {
            return Err(fault("CnsFault", Some("EncryptionKeyRequired")));
        }
        let (now, before) = script.keys.get(id).copied().expect("it was found encrypted");
        let interrupted = std::mem::take(&mut script.interrupt_next_recrypt);
        script.keys.insert(id.to_owned(), (name, interrupted.then_some(before.unwrap_or(now))));
        drop(script);
        if interrupted {
            Err(VCenterError::NoAnswer { operation: way.operation(), reason: "reset".into() })
        } else {
            Ok(MoRef::new("Task", "task-r"))
        }
    }

    async fn end_recrypt(&self, _task: &MoRef, _way: &RecryptWay) -> Result<(), VCenterError> {
        self.call("recrypt task")
    }

    async fn logout(&self) -> Result<(), VCenterError> {
        Ok(())
    }
}

fn plain(name: &str) -> Refusal {
    let (message, cause_message) = ("scripted".to_owned(), String::new());
    Refusal { operation: "CnsCreateVolume", fault: name.to_owned(), message, cause: None, cause_message, object: None }
}

#[async_trait]
impl Nodes for TestWorld {
    async fn uuids(&self) -> Result<Vec<String>, StoreError> {
        Ok(self.script().nodes.iter().map(|uuid| (*uuid).to_owned()).collect())
    }
}

#[async_trait]
impl Operations for TestWorld {
    async fn find(&self, name: &str) -> Result<Option<Record>, StoreError> {
        Ok(self.script().records.iter().find(|record| record.name == name).cloned())
    }

    async fn write(&self, record: &Record) -> Result<Record, StoreError> {
        let (before, after) = match record.operation() {
            Some(operation) if record.volume_id.is_some() && operation.task_id.is_some() => (Crash::Never, Crash::AfterTheResultIsRecorded),
            Some(operation) if operation.task_id.is_some() => (Crash::AfterTheAnswer, Crash::AfterTheTaskIsRecorded),
            _ => (Crash::BeforeTheIntentIsWritten, Crash::AfterTheIntentIsWritten),
        };
        if before != Crash::Never {
            self.border(before).await;
        }
        let written = {
            let mut script = self.script();
            script.writes += 1;
            let mut written = record.clone();
            written.version = Some(script.writes.to_string());
            let known = script.records.iter().position(|known| known.name == record.name);
            match known {
                Some(at) if script.records[at].version == record.version => script.records[at] = written.clone(),
                None if record.version.is_none() => script.records.push(written.clone()),
                _ => return Err(StoreError::Conflict { name: record.name.clone() }),
            }
            written
        };
        self.border(after).await;
        Ok(written)
    }

    async fn of_volume(&self, volume_id: &str) -> Result<Vec<Record>, StoreError> {
        Ok(self.script().records.iter().filter(|record| record.volume_id.as_deref() == Some(volume_id)).cloned().collect())
    }

    async fn list(&self) -> Result<Vec<Record>, StoreError> {
        Ok(self.script().records.clone())
    }

    async fn remove(&self, record: &Record) -> Result<(), StoreError> {
        self.script().records.retain(|known| known.name != record.name);
        Ok(())
    }
}

#[async_trait]
impl Host for TestWorld {
    fn calendar(&self) -> Timestamp {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a timestamp");
        start + SignedDuration::try_from(self.started.elapsed()).expect("tests are short")
    }

    fn random(&self) -> u64 {
        7
    }

    #[allow(clippy::disallowed_methods, reason = "the double's host is the one who spawns")]
    fn spawn(&self, _name: &str, task: Task) {
        tokio::spawn(task);
    }

    fn log(&self, line: &str) {
        self.script().log.push(line.to_owned());
    }

    fn read_file(&self, path: &std::path::Path) -> Result<Vec<u8>, HostError> {
        Err(HostError::Absent { path: path.display().to_string() })
    }

    async fn connect(&self, peer: &Peer) -> Result<HttpService, HostError> {
        Err(HostError::Connect { peer: format!("{peer:?}"), reason: "there is nothing here".into() })
    }

    async fn listen(&self, endpoint: &str, _routes: tonic::service::Routes) -> Result<(), HostError> {
        Err(HostError::Listen { endpoint: endpoint.to_owned(), reason: "nobody calls here".into() })
    }

    fn machine(&self) -> Arc<dyn driver_host::Machine> {
        unreachable!("a controller touches no machine")
    }
}
