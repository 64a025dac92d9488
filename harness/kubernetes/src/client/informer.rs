//! An ordered cache of all objects of one kind, kept up to date by a watch.
//!
//! It survives an API server that is down: the watch is tried again with a seeded back-off, and after a gap the
//! cache is made equal to a new list. Controllers may [`Informer::remember`] what they wrote, so that they see
//! their own last write; an older event never takes an object back.
//!
//! Only the outermost layer knows the type of the objects: what is below is compiled once, and not for each kind.
//!
//! Not modelled: indexes, resyncs (a controller that has one keeps its own timer), streaming lists.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard};

use futures::StreamExt;
use kube::api::Api;
use kube::runtime::watcher::{self, Event};
use kube::{Resource, ResourceExt};
use seatrial_seed::Generator;
use seatrial_wires::Process;
use tokio::sync::Notify;

use super::backoff::Backoff;
use super::cache::{AnyObject, Cache, Change, Entry};
use super::key::ObjectKey;
use super::queue::WorkQueue;
use super::raw::Raw;

/// What an informer can hold: any typed object.
pub trait Cached: Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned + Send + Sync + 'static {}

impl<K> Cached for K where K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned + Send + Sync + 'static {}

/// One change as the API server showed it. At least one of the two sides is there.
pub struct Delta<K> {
    /// Which object.
    pub key: ObjectKey,
    /// As it was shown before; what was remembered does not count, lest a change go unnoticed.
    pub before: Option<Arc<K>>,
    /// As it is now; `None` when it is gone.
    pub after: Option<Arc<K>>,
}

impl<K> Delta<K> {
    /// The object as it is, or as it last was.
    pub fn object(&self) -> &Arc<K> {
        self.after.as_ref().or(self.before.as_ref()).expect("a delta has a side")
    }
}

type Handler = Arc<dyn Fn(&Change) + Send + Sync>;

/// Reads an object of the informer's kind.
type Decode = fn(&Raw) -> Result<(ObjectKey, Entry), serde_json::Error>;

/// What an informer watches, and how.
struct Watch {
    name: String,
    api: Api<Raw>,
    config: watcher::Config,
    backoff: Backoff,
    decode: Decode,
}

struct Shared {
    cache: Mutex<Cache>,
    handlers: Mutex<Vec<Handler>>,
    /// Wakes in the order in which they began to wait; tokio's watch channel would draw lots.
    changed: Notify,
}

/// The cache; clones share it.
pub struct Informer<K> {
    shared: Arc<Shared>,
    kind: PhantomData<fn() -> K>,
}

/// Lets go of the handlers when the watch ends with its process: a handler may hold the controller that holds the
/// informer, and such a ring would keep a killed process's client alive.
struct WatchLife(Arc<Shared>);

impl Drop for WatchLife {
    fn drop(&mut self) {
        // What a handler owns may drop informers in turn; that happens outside the lock.
        let handlers = self.0.handlers.lock().map(|mut handlers| std::mem::take(&mut *handlers));
        drop(handlers);
    }
}

impl<K> Clone for Informer<K> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), kind: PhantomData }
    }
}

impl<K: Cached> Informer<K> {
    /// Watches all objects of the kind.
    pub fn all(process: &Process, client: &kube::Client) -> Self {
        Self::start(process, Api::all(client.clone()), watcher::Config::default())
    }

    /// Watches what `api` and the selectors of `config` show.
    pub fn start(process: &Process, api: Api<K>, config: watcher::Config) -> Self {
        let name = format!("informer {}", K::plural(&()));
        let backoff = Backoff::reflector(process.generator(&format!("{name} {api:?}")));
        let config = config.timeout(watch_seconds(&mut process.generator(&format!("{name} time-out"))));
        let watch = Watch { name, api: Raw::api_of(api), config, backoff, decode: decode::<K> };
        Self { shared: Shared::start(process, watch), kind: PhantomData }
    }

    /// The object, if the cache has it.
    pub fn get(&self, key: &ObjectKey) -> Option<Arc<K>> {
        let object = self.shared.cache().get(key).cloned();
        object.map(typed)
    }

    /// The cluster-scoped object, if the cache has it.
    pub fn named(&self, name: &str) -> Option<Arc<K>> {
        self.get(&ObjectKey::cluster(name))
    }

    /// All objects, ordered by namespace and name.
    pub fn list(&self) -> Vec<Arc<K>> {
        all_typed(self.shared.cache().all())
    }

    /// All objects of a namespace, ordered by name.
    pub fn list_in(&self, namespace: &str) -> Vec<Arc<K>> {
        all_typed(self.shared.cache().all_in(namespace))
    }

    /// Waits until the first list is in the cache.
    pub async fn synced(&self) {
        self.shared.changed_since(0).await;
    }

    /// A number that grows each time the cache has followed the API server.
    pub fn turns(&self) -> u64 {
        self.shared.cache().turns
    }

    /// Waits until [`Informer::turns`] has grown beyond `turns`; answers what it is then.
    pub async fn changed_since(&self, turns: u64) -> u64 {
        self.shared.changed_since(turns).await
    }

    /// Calls `handler` for every change from now on, and for every object that the cache holds already.
    ///
    /// It is called in the informer's task, after the cache has changed; it must not wait.
    pub fn on_change(&self, handler: impl Fn(&Delta<K>) + Send + Sync + 'static) {
        self.shared.on_change(Arc::new(move |change| {
            let (before, after) = (change.before.clone().map(typed), change.after.clone().map(typed));
            handler(&Delta { key: change.key.clone(), before, after });
        }));
    }

    /// Adds the key of every changed object to `queue`.
    pub fn feed(&self, queue: &WorkQueue<ObjectKey>) {
        let queue = queue.clone();
        self.shared.on_change(Arc::new(move |change| queue.add(change.key.clone())));
    }

    /// Puts an object that the caller has just written into the cache, unless the watch has come that far already:
    /// then the cache holds it, or what became of it.
    ///
    /// Handlers are not called; they are when the watch brings it.
    pub fn remember(&self, object: K) {
        let meta = object.meta();
        // What has nobody left to wait for is gone by now: no event would ever take it out of the cache.
        let ended =
            meta.deletion_timestamp.is_some() && object.finalizers().is_empty() && meta.deletion_grace_period_seconds.unwrap_or(0) == 0;
        if !ended {
            let (key, entry) = entry(object);
            self.shared.cache().remember(key, entry);
        }
    }
}

fn decode<K: Cached>(raw: &Raw) -> Result<(ObjectKey, Entry), serde_json::Error> {
    raw.decode::<K>().map(entry)
}

fn entry<K: Cached>(object: K) -> (ObjectKey, Entry) {
    let revision = object.resource_version().and_then(|text| text.parse().ok()).unwrap_or(0);
    (ObjectKey::of(&object), Entry { object: Arc::new(object), revision })
}

fn typed<K: Cached>(object: AnyObject) -> Arc<K> {
    object.downcast().expect("an informer decodes objects of its own kind only")
}

fn all_typed<K: Cached>(objects: Vec<AnyObject>) -> Vec<Arc<K>> {
    objects.into_iter().map(typed).collect()
}

impl Shared {
    fn start(process: &Process, watch: Watch) -> Arc<Self> {
        let shared = Arc::new(Self { cache: Mutex::default(), handlers: Mutex::default(), changed: Notify::new() });
        let life = WatchLife(Arc::clone(&shared));
        let name = watch.name.clone();
        process.spawn(&name, Arc::clone(&shared).run(process.clone(), watch, life));
        shared
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().expect("nothing panics while the cache is locked")
    }

    fn handlers(&self) -> MutexGuard<'_, Vec<Handler>> {
        self.handlers.lock().expect("nothing panics while the handlers are locked")
    }

    async fn changed_since(&self, turns: u64) -> u64 {
        loop {
            let changed = self.changed.notified();
            let now = self.cache().turns;
            if now > turns {
                return now;
            }
            changed.await;
        }
    }

    fn on_change(&self, handler: Handler) {
        let held = self.cache().appearances();
        held.iter().for_each(|change| handler(change));
        self.handlers().push(handler);
    }

    async fn run(self: Arc<Self>, process: Process, watch: Watch, _life: WatchLife) {
        let Watch { name, api, config, mut backoff, decode } = watch;
        let mut fresh = BTreeMap::new();
        let mut last_error = String::new();
        let mut events = std::pin::pin!(watcher::watcher(api, config));
        while let Some(event) = events.next().await {
            let text = match event.map(|event| self.take(event, &mut fresh, decode)) {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            };
            if text != last_error {
                process.log(&format!("{name}: {text}"));
                last_error = text;
            }
            tokio::time::sleep(backoff.next_delay()).await;
        }
    }

    fn take(&self, event: Event<Raw>, fresh: &mut BTreeMap<ObjectKey, Entry>, decode: Decode) -> Result<(), serde_json::Error> {
        match event {
            Event::Init => fresh.clear(),
            Event::InitApply(raw) => {
                let (key, entry) = decode(&raw)?;
                fresh.insert(key, entry);
            }
            Event::InitDone => {
                let changes = self.cache().replace(std::mem::take(fresh));
                self.tell(&changes);
            }
            Event::Apply(raw) => {
                let (key, entry) = decode(&raw)?;
                let change = self.cache().show(key, entry);
                self.tell(&[change]);
            }
            Event::Delete(raw) => {
                let (key, entry) = decode(&raw)?;
                let change = self.cache().drop_gone(key, entry);
                self.tell(&[change]);
            }
        }
        Ok(())
    }

    fn tell(&self, changes: &[Change]) {
        self.cache().turns += 1;
        self.changed.notify_waiters();
        let handlers = self.handlers().clone();
        for change in changes {
            for handler in &handlers {
                handler(change);
            }
        }
    }
}

/// How long a watch is asked for: five to ten minutes, as client-go has it, so that watches do not all end together.
fn watch_seconds(generator: &mut Generator) -> u32 {
    300 + u32::try_from(generator.below(300)).unwrap_or(0)
}
