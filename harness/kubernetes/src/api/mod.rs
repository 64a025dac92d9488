//! The API server: HTTP in front of the pure store.
//!
//! Modelled: the REST paths of all served resources, discovery (plain, aggregated, OpenAPI v2 and v3), watches, lists in pages,
//! PartialObjectMetadata, tables, the patch types, bodies in JSON, YAML and protobuf, users and what they may do, reviews,
//! tokens of service accounts, `/version` and the health endpoints.
//! Not modelled: answers in protobuf, CONNECT-like subresources (`log`, `exec`, `proxy`).
//!
//! A watch is a body that awaits the store's next change; nothing is spawned, and dropping the body ends it.

mod accept;
mod access;
mod body;
mod describe;
mod discovery;
mod handle;
mod notifiers;
mod openapi;
mod openapi_v2;
mod options;
pub mod protobuf;
mod query;
mod reads;
mod respond;
mod route;
mod table;
mod watch;
mod writes;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

pub use discovery::RELEASE;
pub(crate) use respond::status as status_response;
pub(crate) use route::{Route, Target, route};

use bytes::Bytes;
use driver_host::{BoxError, HttpService};
use jiff::Timestamp;
use seatrial_journal::{CallId, Describe, Event, Journal};
use seatrial_seed::{Generator, Seed, SharedClock};
use serde_json::Value;
use tokio::sync::Notify;
use tower::util::BoxCloneSyncService;

use crate::store::{Command, Status, Store, WriteOutcome};

/// How long a request waits for a version that is not yet.
const PATIENCE: Duration = Duration::from_secs(3);

/// In how many bytes of JSON most objects find room.
const ORDINARY_OBJECT: usize = 1024;

/// The API server of one cluster.
pub struct ApiServer {
    store: Mutex<Store>,
    /// Wakes those who wait for a version, in the order in which they began to; tokio's watch channel would draw lots.
    changed: Notify,
    /// Wakes watches.
    notifiers: notifiers::Notifiers,
    random: Mutex<Generator>,
    /// The stored object that was put into JSON last: its writer is answered with it, then each watch tells it.
    put_last: Mutex<Option<(Arc<Value>, Bytes)>>,
    /// Tokens of service accounts.
    tokens: access::Tokens,
    clock: SharedClock,
    journal: Journal,
}

impl ApiServer {
    /// An API server with an empty cluster.
    pub fn new(clock: SharedClock, seed: Seed, journal: Journal) -> Arc<Self> {
        let seed = seed.child("kube-apiserver");
        let store = Store::new(clock.calendar(), &seed);
        let server = Self {
            store: Mutex::new(store),
            changed: Notify::new(),
            notifiers: notifiers::Notifiers::default(),
            random: Mutex::new(seed.child("watch").generator()),
            put_last: Mutex::default(),
            tokens: access::Tokens::new(&seed),
            clock,
            journal,
        };
        server.with_store("start", |_| ());
        Arc::new(server)
    }

    /// The server as a service, for wires and sockets.
    pub fn service(self: &Arc<Self>) -> HttpService {
        let server = Arc::clone(self);
        BoxCloneSyncService::new(tower::service_fn(move |request| {
            let server = Arc::clone(&server);
            async move { Ok::<_, BoxError>(handle::handle(&server, request).await) }
        }))
    }

    /// Gives the cluster the roles and bindings that a real one has from its first day, and the `default` service account
    /// of each first namespace. For live runs, where requests carry identities; what is there already stays as it is.
    pub fn install_policy(&self) {
        for (at, object) in access::policy() {
            // Whoever starts on a store that was kept finds them there.
            let _there = self.apply("start", Command::Create { at, object, options: crate::store::WriteOptions::default() });
        }
    }

    /// How its calls are read for the journal.
    pub fn describe() -> Arc<dyn Describe> {
        Arc::new(describe::KubernetesBorder)
    }

    /// Looks at the store or changes it, as an administrator beside the API; `cause` goes to the journal.
    pub fn with_store<Answer>(&self, cause: &str, act: impl FnOnce(&mut Store) -> Answer) -> Answer {
        let (answer, touched) = {
            let mut store = self.lock();
            let answer = act(&mut store);
            let changes = store.take_changes();
            for mut change in changes {
                change.cause = Some(cause.to_owned());
                self.journal.record(Event::Change(change));
            }
            (answer, store.take_touched())
        };
        if !touched.is_empty() {
            self.changed.notify_waiters();
            self.notifiers.notify(&touched);
        }
        answer
    }

    /// Forgets history, as a server that restarts does: watches and lists of older versions are answered 410.
    pub fn forget_history(&self) {
        self.lock().compact();
        self.changed.notify_waiters();
        self.notifiers.notify_all();
    }

    /// The version of the last change.
    pub fn revision(&self) -> u64 {
        self.lock().revision()
    }

    fn apply(&self, cause: &str, command: Command) -> Result<WriteOutcome, Status> {
        let now = self.now();
        self.with_store(cause, |store| store.apply(now, command))
    }

    fn now(&self) -> Timestamp {
        self.clock.calendar()
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().expect("the store does not panic while it is locked")
    }

    /// An object of the store in JSON.
    fn json_of(&self, object: &Arc<Value>) -> Bytes {
        let mut last = self.put_last.lock().expect("a value that is written as JSON does not panic");
        if let Some((held, bytes)) = &*last
            && Arc::ptr_eq(held, object)
        {
            return bytes.clone();
        }
        let mut json = Vec::with_capacity(ORDINARY_OBJECT);
        serde_json::to_writer(&mut json, object.as_ref()).expect("a JSON value can be written");
        let bytes = Bytes::from(json);
        *last = Some((Arc::clone(object), bytes.clone()));
        bytes
    }

    fn draw(&self, low: Duration, high: Duration) -> Duration {
        self.random.lock().expect("a generator does not panic while it is locked").between(low, high)
    }

    /// Waits until the store has reached a version.
    async fn reach(&self, revision: u64) -> Result<(), Status> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let mut notified = std::pin::pin!(self.changed.notified());
            notified.as_mut().enable();
            let current = self.revision();
            if current >= revision {
                return Ok(());
            }
            if tokio::time::timeout_at(deadline, notified).await.is_err() {
                return Err(Status::too_large(revision, current));
            }
        }
    }
}

/// What brought a change about: the call's number where the wire tells it, else what was asked.
fn cause_of(call: Option<CallId>, asked: &str) -> String {
    call.map_or_else(|| asked.to_owned(), |call| call.0.to_string())
}
