//! A vCenter and a record store that a controller can die in front of, at any border, and that outlive it.
//!
//! A double and not the fake vCenter, because what is asked of creation goes beyond what an honest vCenter does at a
//! time of its own: tasks are forgotten at once, calendars disagree, a chosen id is refused, two creates of one name have ended in
//! this order or in that. What a controller does against vCenter as it is, is tested in the harness (`driver-tests`).
//!
//! The vCenter makes volumes by tasks that take time; a running create is in no query; names are not unique; from 9.1
//! a chosen id is taken once. A crash point stops the caller's future for good at one place and tells the test.

mod records;
mod snapshots;
mod vcenter;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use driver_host::Host;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::time::Instant;
use vsphere_types::MoRef;

use crate::operations::Record;
use crate::vcenter::{Datastore, HostView, NewVolume, Refusal, Tag, VCenterError, Volume};

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
    /// Virtual machines by their BIOS uuids.
    pub vms: BTreeMap<&'static str, MoRef>,
    /// What the inventory has.
    pub hosts: Vec<HostView>,
    pub tags: BTreeMap<MoRef, Vec<Tag>>,
    pub datastores: Vec<Datastore>,
    /// Policies: name, id, and the datastores that satisfy it.
    pub policies: Vec<(String, String, Vec<MoRef>)>,
    /// Nothing is answered.
    pub down: bool,
    /// How many calls of each kind there were.
    pub calls: BTreeMap<&'static str, usize>,
    writes: u64,
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
            log: Vec::new(),
            vms: BTreeMap::new(),
            hosts: Vec::new(),
            tags: BTreeMap::new(),
            datastores: vec![super::tests::datastore()],
            policies: Vec::new(),
            down: false,
            calls: BTreeMap::new(),
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
        if volume.chosen_id.is_some() && script.refuses_chosen_ids {
            return Err(fault("CnsFault", Some("NotSupported")));
        }
        let id = volume.chosen_id.clone().unwrap_or_else(|| format!("{}{DISK}{number:02}", self.prefix()));
        let taken =
            script.volumes.iter().map(|known| &known.id).chain(script.tasks.iter().map(|task| &task.volume.id)).any(|known| *known == id);
        let failure = (taken && script.chooses_another_datastore).then_some("CnsVolumeAlreadyExistsFault");
        let chosen = volume.datastores.first().and_then(|first| script.datastores.iter().find(|known| known.reference == *first));
        let datastore_url = chosen.map_or_else(|| "ds:///a/".to_owned(), |datastore| datastore.url.clone());
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
