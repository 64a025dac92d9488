//! A vCenter that runs: a world, the clock that it lives by, the journal that hears of its changes.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use fake_vcenter_world::{World, WorldConfig};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use jiff::Timestamp;
use seatrial_journal::{Describe, Event, Journal};
use seatrial_seed::{Seed, SharedClock};
use tokio::time::Instant;
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

use crate::describe::Vsphere;
use crate::endpoints;
use crate::notifier::Notifier;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type AnyBody = UnsyncBoxBody<Bytes, BoxError>;

/// The shape that services have at every HTTP border.
pub type HttpService = BoxCloneSyncService<http::Request<AnyBody>, http::Response<AnyBody>, BoxError>;

/// A vCenter that runs. It outlives the processes that serve it: a restarted one finds it as it was left.
pub struct VCenter {
    world: Mutex<World>,
    clock: SharedClock,
    journal: Journal,
    notifier: Notifier,
}

impl VCenter {
    /// A vCenter as it is described, but that its calendar begins at the clock's; its first inventory is recorded at once.
    pub fn new(config: WorldConfig, seed: Seed, clock: SharedClock, journal: Journal) -> Arc<Self> {
        // Whether that is the wall's or a world's: one that began later than it is told would let nothing come to pass.
        let config = WorldConfig { begins: clock.calendar(), ..config };
        let world = World::with_journal(config, seed, journal.is_heard());
        let vcenter = Arc::new(Self { world: Mutex::new(world), clock, journal, notifier: Notifier::default() });
        vcenter.with_world(|_| ());
        vcenter
    }

    /// The endpoints.
    pub fn service(self: &Arc<Self>) -> Router {
        endpoints::router(Arc::clone(self))
    }

    /// The endpoints as one service.
    pub fn http_service(self: &Arc<Self>) -> HttpService {
        let service = self
            .service()
            .map_request(|request: http::Request<AnyBody>| request.map(Body::new))
            .map_response(|response: http::Response<Body>| response.map(|body| body.map_err(Into::into).boxed_unsync()))
            .map_err(|never: std::convert::Infallible| match never {});
        BoxCloneSyncService::new(service)
    }

    /// How calls to it are read for the journal.
    pub fn describe(&self) -> Arc<dyn Describe> {
        Arc::new(Vsphere)
    }

    /// Looks at the world or lets something happen in it; what changes is recorded before anybody else sees it.
    pub fn with_world<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.lock().expect("nothing panics while it holds the world");
        world.set_heard(self.journal.is_heard());
        let outcome = act(&mut world);
        for change in world.take_changes() {
            self.journal.record(Event::Change(change));
        }
        let version = world.version();
        self.notifier.advance(version);
        outcome
    }

    /// The instant on the run's calendar.
    pub fn now(&self) -> Timestamp {
        self.clock.calendar()
    }

    /// Where the world is, for [`VCenter::changed_since`].
    pub fn version(&self) -> u64 {
        self.notifier.now()
    }

    /// Waits until something in the world has changed that a waiting call may want to know.
    pub async fn changed_since(&self, version: u64) {
        self.notifier.after(version).await;
    }

    /// Lets tasks begin and end and sessions expire when it is time; never ends.
    pub async fn run(self: Arc<Self>) {
        loop {
            let (now, version) = (self.now(), self.version());
            let due = self.with_world(|world| {
                world.advance(now);
                world.next_due()
            });
            let Some(due) = due else {
                self.changed_since(version).await;
                continue;
            };
            let wake = Instant::now() + due.duration_since(now).unsigned_abs();
            tokio::select! {
                biased;
                () = self.changed_since(version) => {}
                () = tokio::time::sleep_until(wake) => {}
            }
        }
    }
}
