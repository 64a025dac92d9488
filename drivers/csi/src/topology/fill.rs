//! The task beside the controller's RPCs that answers nodes: it watches the objects that ask, and fills in their status.
//!
//! An object is looked at when it appears or changes, and once more at each start. One that cannot be answered is told why,
//! in its status and in an event, and tried again after a growing pause: tags are attached by people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use driver_host::Host;
use futures::StreamExt;
use kube::api::{Api, PostParams};
use kube::runtime::watcher::{self, Event};
use tokio::time::Instant;

use super::resource::{Answer, CsiNodeTopology};
use super::segments::Segments;
use super::views::TopologyViews;
use crate::behaviours::Behaviours;
use crate::events::Events;
use crate::pool::VCenterPool;

/// The first pause before an object that could not be answered is tried again; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// After a watch that failed, it is begun anew no sooner.
const WATCH_AGAIN: Duration = Duration::from_secs(1);

/// A view may be this old when a node asks: a node asks when something about it has changed.
const FRESH: Duration = Duration::from_secs(10);

/// What the task works with.
pub(crate) struct Filler {
    pub host: Arc<dyn Host>,
    pub pool: Arc<VCenterPool>,
    pub views: Arc<TopologyViews>,
    pub client: kube::Client,
    pub behaviours: Behaviours,
}

/// What the task remembers of the objects.
#[derive(Default)]
struct Memory {
    /// Those that this process has looked at.
    seen: BTreeSet<String>,
    /// When one that could not be answered is tried again, and how long the pause before that was.
    pauses: BTreeMap<String, (Instant, Duration)>,
}

impl Filler {
    /// Answers nodes for as long as the process lives.
    pub(crate) async fn run(self) {
        let objects: Api<CsiNodeTopology> = Api::all(self.client.clone());
        let mut changes = watcher::watcher(objects.clone(), watcher::Config::default()).boxed();
        let mut memory = Memory::default();
        loop {
            let due = memory.pauses.iter().map(|(name, (at, _))| (*at, name.clone())).min();
            tokio::select! {
                biased;
                change = changes.next() => match change {
                    Some(Ok(Event::Apply(object) | Event::InitApply(object))) => self.consider(&objects, object, &mut memory).await,
                    Some(Ok(Event::Delete(object))) => memory.forget(&object.spec.node_id),
                    Some(Ok(Event::Init | Event::InitDone)) => {}
                    Some(Err(_)) => tokio::time::sleep(WATCH_AGAIN).await,
                    None => return,
                },
                name = until(due) => {
                    if let Ok(Some(object)) = objects.get_opt(&name).await {
                        self.answer(&objects, object, &mut memory).await;
                    } else {
                        memory.later(&name);
                    }
                }
            }
        }
    }

    /// An object that has its answer is left alone, but for once in the life of this process: tags may have changed while
    /// nobody looked. One that could not be answered waits for its time.
    async fn consider(&self, objects: &Api<CsiNodeTopology>, object: CsiNodeTopology, memory: &mut Memory) {
        if memory.seen.insert(object.spec.node_id.clone()) || object.status.status.is_empty() {
            self.answer(objects, object, memory).await;
        }
    }

    async fn answer(&self, objects: &Api<CsiNodeTopology>, object: CsiNodeTopology, memory: &mut Memory) {
        let name = object.spec.node_id.clone();
        let found = self.find(&object.spec.node_uuid).await;
        let (answer, slots) = match &found {
            Ok((segments, slots)) => (Answer::success(segments), *slots),
            Err(reason) => (Answer::error(reason), None),
        };
        if let Err(reason) = found.as_ref().map_err(String::as_str)
            && reason != object.status.error_message
        {
            self.host.log(&format!("where node {name} is, is not known: {reason}"));
            let events = Events { client: self.client.clone(), host: Arc::clone(&self.host) };
            events.warn(&object, "TopologyRetrievalFailed", reason).await;
        }
        let before = object.clone();
        let after = object.answered(answer, slots);
        let kube_name = after.metadata.name.clone().unwrap_or_default();
        // A write that fails is made good: by the change that was faster, or by the next try.
        let written = after == before || objects.replace(&kube_name, &PostParams::default(), &after).await.is_ok();
        if found.is_ok() && written {
            memory.pauses.remove(&name);
        } else {
            memory.later(&name);
        }
    }

    /// The segments of a machine's host, and the machine's slots.
    async fn find(&self, uuid: &str) -> Result<(Segments, Option<usize>), String> {
        let Some((vcenter, vm)) = self.pool.machine(uuid).await.map_err(|error| error.to_string())? else {
            return Err(format!("no virtual machine has the BIOS uuid {uuid}, in any of the configured vCenters"));
        };
        let machine = vcenter.machine(&vm).await.map_err(|error| error.to_string())?;
        let Some(machine) = machine else { return Err(format!("the virtual machine {vm} has just gone")) };
        let slots = machine.slots.filter(|_| self.behaviours.report_attach_limit);
        if self.views.categories().is_empty() {
            return Ok((Segments::new(), slots));
        }
        let Some(host) = machine.host else { return Err(format!("no host has the virtual machine {} just now", machine.name)) };
        let view = self.views.view(&*vcenter, FRESH).await.map_err(|error| error.to_string())?;
        let location = view.location(&host).ok_or_else(|| format!("the host {host} of {} is not in the inventory", machine.name))?;
        let segments = location.segments.clone().map_err(|problem| format!("{problem} ({})", vcenter.host()))?;
        Ok((segments, slots))
    }
}

impl Memory {
    fn later(&mut self, name: &str) {
        let pause = self.pauses.get(name).map_or(FIRST_PAUSE, |(_, pause)| (*pause * 2).min(LONGEST_PAUSE));
        self.pauses.insert(name.to_owned(), (Instant::now() + pause, pause));
    }

    fn forget(&mut self, name: &str) {
        self.seen.remove(name);
        self.pauses.remove(name);
    }
}

/// The name that is due next, when it is; never when none is.
async fn until(due: Option<(Instant, String)>) -> String {
    match due {
        Some((at, name)) => {
            tokio::time::sleep_until(at).await;
            name
        }
        None => std::future::pending().await,
    }
}
