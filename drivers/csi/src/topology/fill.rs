//! The task beside the controller's RPCs that answers nodes: it watches the objects that ask, and fills in their status.
//!
//! An object is looked at when it appears or changes, and once more at each start. One that cannot be answered is told why,
//! in its status and in an event, and tried again after a growing pause: tags are attached by people.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use driver_host::Host;
use kube::api::{Api, PostParams};
use kubernetes_client::{Announcer, BackoffLimits, Delta, EventType, Informer, Next, ObjectKey, WorkQueue};
use vsphere_types::MoRef;

use super::resource::{Answer, CsiNodeTopology};
use super::segments::{Segments, TagProblem};
use super::views::TopologyViews;
use crate::behaviours::Behaviours;
use crate::names::DRIVER_NAME;
use crate::pool::{PoolError, VCenterPool};
use crate::vcenter::VCenterError;

/// The pauses before an object that could not be answered is tried again.
const PAUSES: BackoffLimits = BackoffLimits::seconds(5, 300);

/// A view may be this old when a node asks: a node asks when something about it has changed.
const FRESH: Duration = Duration::from_secs(10);

/// Why it cannot be said where a node is, in words for its object and an event.
#[derive(Debug, thiserror::Error)]
enum FindError {
    /// Not all vCenters could be asked for its machine.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// The vCenter of its machine does not answer.
    #[error(transparent)]
    VCenter(#[from] VCenterError),
    /// There is no such machine.
    #[error("no virtual machine has the BIOS uuid {uuid}, in any of the configured vCenters")]
    NoMachine {
        /// What it would be known by.
        uuid: String,
    },
    /// There was one.
    #[error("the virtual machine {vm} has just gone")]
    Gone {
        /// Which.
        vm: MoRef,
    },
    /// Its machine is on its way somewhere.
    #[error("no host has the virtual machine {machine} just now")]
    NoHost {
        /// Which.
        machine: String,
    },
    /// Its host is nowhere.
    #[error("the host {host} of {machine} is not in the inventory")]
    UnknownHost {
        /// Which.
        host: MoRef,
        /// What is on it.
        machine: String,
    },
    /// Its host's tags do not say it.
    #[error("{problem} ({vcenter})")]
    Tags {
        /// What is wrong with them.
        problem: TagProblem,
        /// Where.
        vcenter: String,
    },
}

/// What the task works with.
pub(crate) struct Filler {
    pub host: Arc<dyn Host>,
    pub pool: Arc<VCenterPool>,
    pub views: Arc<TopologyViews>,
    pub client: kube::Client,
    pub behaviours: Behaviours,
}

/// One that works.
struct Working {
    filler: Filler,
    objects: Informer<CsiNodeTopology>,
    announcer: Arc<Announcer>,
}

/// What a change of an object means to the queue. One that has its answer is left alone, but for once in the life of this
/// process: tags may have changed while nobody looked. One that could not be answered waits for its time.
fn listen(queue: &WorkQueue<ObjectKey>, announcer: &Announcer, delta: &Delta<CsiNodeTopology>) {
    match &delta.after {
        Some(object) if delta.before.is_none() || object.status.status.is_empty() => queue.add(delta.key.clone()),
        Some(_) => {}
        None => {
            queue.remove(&delta.key);
            announcer.forget(&delta.key.name);
        }
    }
}

impl Filler {
    /// Answers nodes for as long as the process lives.
    pub(crate) fn start(self) {
        let host = Arc::clone(&self.host);
        let objects = Informer::all(&host, &self.client);
        let announcer = Arc::new(Announcer::new(&self.client, Arc::clone(&host), DRIVER_NAME));
        let queue = WorkQueue::new(PAUSES);
        let (listening, saying) = (queue.clone(), Arc::clone(&announcer));
        objects.on_change(move |delta| listen(&listening, &saying, delta));
        let working = Arc::new(Working { filler: self, objects, announcer });
        queue.serve(&host, "node topology", 1, move |key| {
            let working = Arc::clone(&working);
            async move { Ok::<_, Infallible>(working.answer(&key).await) }
        });
    }
}

impl Working {
    async fn answer(&self, key: &ObjectKey) -> Next {
        let Some(object) = self.objects.get(key) else { return Next::Forget };
        let found = self.filler.find(&object.spec.node_uuid).await.map_err(|error| error.to_string());
        let (answer, slots) = match &found {
            Ok((segments, slots)) => (Answer::success(segments), *slots),
            Err(reason) => (Answer::error(reason), None),
        };
        if let Err(reason) = found.as_ref().map_err(String::as_str)
            && reason != object.status.error_message
        {
            self.announcer.say(&*object, EventType::Warning, "TopologyRetrievalFailed", reason).await;
        }
        let after = CsiNodeTopology::clone(&object).answered(answer, slots);
        let objects: Api<CsiNodeTopology> = Api::all(self.filler.client.clone());
        // A write that fails is made good: by the change that was faster, or by the next try.
        let written = after == *object || objects.replace(&key.name, &PostParams::default(), &after).await.is_ok();
        if found.is_ok() && written { Next::Forget } else { Next::Again }
    }
}

impl Filler {
    /// The segments of a machine's host, and the machine's slots.
    async fn find(&self, uuid: &str) -> Result<(Segments, Option<usize>), FindError> {
        let Some((vcenter, vm)) = self.pool.machine(uuid).await? else {
            return Err(FindError::NoMachine { uuid: uuid.to_owned() });
        };
        let Some(machine) = vcenter.machine(&vm).await? else { return Err(FindError::Gone { vm }) };
        let slots = machine.slots.filter(|_| self.behaviours.report_attach_limit);
        if self.views.categories().is_empty() {
            return Ok((Segments::new(), slots));
        }
        let Some(host) = machine.host else { return Err(FindError::NoHost { machine: machine.name }) };
        let view = self.views.view(&*vcenter, FRESH).await?;
        let Some(location) = view.location(&host) else { return Err(FindError::UnknownHost { host, machine: machine.name }) };
        let tags = |problem| FindError::Tags { problem, vcenter: vcenter.host().to_owned() };
        Ok((location.segments.clone().map_err(tags)?, slots))
    }
}
