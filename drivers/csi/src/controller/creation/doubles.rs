//! A vCenter and a record store that a controller can die in front of, at any border, and that outlive it.
//!
//! The vCenter makes volumes by tasks that take time; a running create is in no query; names are not unique; from 9.1
//! a chosen id is taken once. A crash point stops the caller's future for good at one place and tells the test.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use driver_host::{Host, HostError, HttpService, Peer, Task};
use fake_vcenter_types::MoRef;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::operations::{Operations, Record, StoreError};
use crate::vcenter::{
    About, AttachedDisk, CreateTask, Created, Datastore, Holder, NewVolume, Refusal, Vcenter, VcenterError, Version, Volume,
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
    pub log: Vec<String>,
    pub vms: Vec<Machine>,
    /// How the next attach or detach ends instead.
    pub next_end: Option<VcenterError>,
    writes: u64,
}

/// A virtual machine and the volumes that it has.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub uuid: &'static str,
    pub name: &'static str,
    pub volumes: Vec<String>,
}

impl Machine {
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
pub(crate) struct Sea {
    script: Arc<Mutex<Script>>,
    started: Instant,
    pub crashed: Arc<Notify>,
}

const DISK: &str = "00000000-0000-4000-8000-0000000000";

impl Sea {
    pub(crate) fn new(version: &'static str, crash: Crash) -> Self {
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
            log: Vec::new(),
            vms: Vec::new(),
            next_end: None,
            writes: 0,
        };
        Self { script: Arc::new(Mutex::new(script)), started: Instant::now(), crashed: Arc::new(Notify::new()) }
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("nobody panicked")
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
    pub(super) fn accept(&self, volume: &NewVolume, arrives: Instant) -> Result<MoRef, VcenterError> {
        self.settle();
        let queued = self.calendar();
        let mut script = self.script();
        script.creates += 1;
        let number = script.creates;
        if volume.chosen_id.is_some() && script.refuses_chosen_ids {
            return Err(fault("CnsFault", Some("NotSupported")));
        }
        let id = volume.chosen_id.clone().unwrap_or_else(|| format!("{DISK}{number:02}"));
        let taken =
            script.volumes.iter().map(|known| &known.id).chain(script.tasks.iter().map(|task| &task.volume.id)).any(|known| *known == id);
        let failure = (taken && script.chooses_another_datastore).then_some("CnsVolumeAlreadyExistsFault");
        let made = Volume { id, name: volume.name.clone(), capacity_mb: volume.capacity_mb, datastore_url: "ds:///a/".into() };
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

pub(crate) fn fault(name: &str, cause: Option<&str>) -> VcenterError {
    VcenterError::Fault(Box::new(Refusal {
        operation: "CnsCreateVolume",
        fault: name.into(),
        message: "scripted".into(),
        cause: cause.map(str::to_owned),
        object: None,
    }))
}

/// The uuid that the disk of a volume has, as vCenter writes it.
fn disk_uuid(id: &str) -> String {
    format!("6000C29A-{}", &id[9..])
}

#[async_trait]
impl Vcenter for Sea {
    fn host(&self) -> &str {
        "vc-a"
    }

    async fn about(&self) -> Result<About, VcenterError> {
        Ok(About { version: Version::parse(self.script().version) })
    }

    async fn session_user(&self) -> Result<String, VcenterError> {
        Ok("k8s@vsphere.local".into())
    }

    async fn datastores(&self) -> Result<Vec<Datastore>, VcenterError> {
        Ok(vec![super::tests::datastore()])
    }

    async fn create_volume(&self, volume: &NewVolume) -> Result<MoRef, VcenterError> {
        self.border(Crash::BeforeSending).await;
        if self.script().crash == Crash::WhileTheRequestIsUnderWay {
            let (sea, volume) = (self.clone(), volume.clone());
            super::tests::later(Duration::from_secs(3), move || drop(sea.accept(&volume, Instant::now())));
            self.border(Crash::WhileTheRequestIsUnderWay).await;
        }
        let task = self.accept(volume, Instant::now())?;
        self.border(Crash::AfterTheEffect).await;
        if std::mem::take(&mut self.script().lose_next_answer) {
            return Err(VcenterError::NoAnswer { operation: "CnsCreateVolume", reason: "connection reset".into() });
        }
        Ok(task)
    }

    async fn wait_for_creation(&self, task: &MoRef) -> Result<Created, VcenterError> {
        let found = self.script().tasks.iter().find(|known| known.reference == *task).cloned();
        let Some(found) = found else { return Err(VcenterError::TaskGone { task: task.clone() }) };
        tokio::time::sleep_until(found.ends).await;
        self.settle();
        self.border(Crash::AfterTheTaskHasEnded).await;
        match found.failure {
            Some(name) => Err(fault(name, None)),
            None => Ok(Created { id: found.volume.id, name: Some(found.volume.name) }),
        }
    }

    async fn create_tasks(&self) -> Result<Vec<CreateTask>, VcenterError> {
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

    async fn volumes_by_name(&self, name: &str) -> Result<Vec<Volume>, VcenterError> {
        self.settle();
        Ok(self.script().volumes.iter().filter(|volume| volume.name == name).cloned().collect())
    }

    async fn volume_by_id(&self, id: &str) -> Result<Option<Volume>, VcenterError> {
        self.settle();
        Ok(self.script().volumes.iter().find(|volume| volume.id == id).cloned())
    }

    async fn delete_volume(&self, id: &str) -> Result<(), VcenterError> {
        let mut script = self.script();
        let before = script.volumes.len();
        script.volumes.retain(|volume| volume.id != id);
        if script.volumes.len() < before { Ok(()) } else { Err(fault("NotFound", None)) }
    }

    async fn attach_volume(&self, id: &str, vm: &MoRef) -> Result<String, VcenterError> {
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

    async fn detach_volume(&self, id: &str, vm: &MoRef) -> Result<(), VcenterError> {
        let mut script = self.script();
        if let Some(end) = script.next_end.take() {
            return Err(end);
        }
        let machine = script.vms.iter_mut().find(|known| known.reference() == *vm).expect("it was just found");
        let before = machine.volumes.len();
        machine.volumes.retain(|held| held != id);
        if machine.volumes.len() < before { Ok(()) } else { Err(fault("InvalidArgument", None)) }
    }

    async fn vm_by_bios_uuid(&self, uuid: &str) -> Result<Option<MoRef>, VcenterError> {
        Ok(self.script().vms.iter().find(|vm| vm.uuid == uuid).map(Machine::reference))
    }

    async fn disks_of(&self, vm: &MoRef) -> Result<Option<Vec<AttachedDisk>>, VcenterError> {
        let script = self.script();
        let disk = |id: &String| AttachedDisk { volume_id: Some(id.clone()), disk_uuid: disk_uuid(id) };
        Ok(script.vms.iter().find(|known| known.reference() == *vm).map(|known| known.volumes.iter().map(disk).collect()))
    }

    async fn holders_of(&self, volume_id: &str) -> Result<Vec<Holder>, VcenterError> {
        let script = self.script();
        let holders = script.vms.iter().filter(|vm| vm.volumes.iter().any(|held| held == volume_id));
        Ok(holders.map(|vm| Holder { vm: vm.reference(), name: vm.name.to_owned() }).collect())
    }

    async fn logout(&self) -> Result<(), VcenterError> {
        Ok(())
    }
}

#[async_trait]
impl Operations for Sea {
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
impl Host for Sea {
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
        Err(HostError::Read { path: path.display().to_string(), reason: "there are no files here".into() })
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
