//! An ordered cache of all objects of one kind, kept up to date by a watch.
//!
//! It survives an API server that is down: the watch is tried again with a seeded back-off, and after a gap the
//! cache is made equal to a new list. Controllers may [`Informer::remember`] what they wrote, so that they see
//! their own last write; an older event never takes an object back.
//!
//! Not modelled: indexes, resyncs (a controller that has one keeps its own timer), streaming lists.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use futures::StreamExt;
use kube::api::Api;
use kube::runtime::watcher::{self, Event};
use kube::{Resource, ResourceExt};
use seatrial_seed::Generator;
use seatrial_wires::Process;
use tokio::sync::Notify;

use super::backoff::Backoff;
use super::key::ObjectKey;
use super::queue::WorkQueue;

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

type Handler<K> = Arc<dyn Fn(&Delta<K>) + Send + Sync>;

struct Cache<K> {
    objects: BTreeMap<ObjectKey, Arc<K>>,
    /// As the API server last showed them, without what was remembered: what handlers compare with.
    shown: BTreeMap<ObjectKey, Arc<K>>,
    /// The newest revision that the watch or a list has shown.
    seen: u64,
    /// How often the cache has followed the API server; 0 until the first list is in it.
    turns: u64,
}

impl<K: Resource> Cache<K> {
    /// Keeps the newer of the two.
    fn put(&mut self, key: ObjectKey, object: Arc<K>) {
        if self.objects.get(&key).is_none_or(|held| revision(held.as_ref()) <= revision(object.as_ref())) {
            self.objects.insert(key, object);
        }
    }
}

struct Shared<K> {
    cache: Mutex<Cache<K>>,
    handlers: Mutex<Vec<Handler<K>>>,
    /// Wakes in the order in which they began to wait; tokio's watch channel would draw lots.
    changed: Notify,
}

/// The cache; clones share it.
pub struct Informer<K> {
    shared: Arc<Shared<K>>,
}

/// Lets go of the handlers when the watch ends with its process: a handler may hold the controller that holds the
/// informer, and such a ring would keep a killed process's client alive.
struct WatchLife<K>(Arc<Shared<K>>);

impl<K> Drop for WatchLife<K> {
    fn drop(&mut self) {
        // What a handler owns may drop informers in turn; that happens outside the lock.
        let handlers = self.0.handlers.lock().map(|mut handlers| std::mem::take(&mut *handlers));
        drop(handlers);
    }
}

impl<K> Clone for Informer<K> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<K: Cached> Informer<K> {
    /// Watches all objects of the kind.
    pub fn all(process: &Process, client: &kube::Client) -> Self {
        Self::start(process, Api::all(client.clone()), watcher::Config::default())
    }

    /// Watches what `api` and the selectors of `config` show.
    pub fn start(process: &Process, api: Api<K>, config: watcher::Config) -> Self {
        let shared = Arc::new(Shared {
            cache: Mutex::new(Cache { objects: BTreeMap::new(), shown: BTreeMap::new(), seen: 0, turns: 0 }),
            handlers: Mutex::default(),
            changed: Notify::new(),
        });
        let informer = Self { shared };
        let name = format!("informer {}", K::plural(&()));
        let config = config.timeout(watch_seconds(&mut process.generator(&format!("{name} time-out"))));
        let life = WatchLife(Arc::clone(&informer.shared));
        process.spawn(&name, informer.clone().run(process.clone(), api, config, name.clone(), life));
        informer
    }

    /// The object, if the cache has it.
    pub fn get(&self, key: &ObjectKey) -> Option<Arc<K>> {
        self.cache().objects.get(key).cloned()
    }

    /// The cluster-scoped object, if the cache has it.
    pub fn named(&self, name: &str) -> Option<Arc<K>> {
        self.get(&ObjectKey::cluster(name))
    }

    /// All objects, ordered by namespace and name.
    pub fn list(&self) -> Vec<Arc<K>> {
        self.cache().objects.values().cloned().collect()
    }

    /// All objects of a namespace, ordered by name.
    pub fn list_in(&self, namespace: &str) -> Vec<Arc<K>> {
        let first = ObjectKey::new(namespace, "");
        let cache = self.cache();
        let here = cache.objects.range(first..).take_while(|(key, _)| key.namespace == namespace);
        here.map(|(_, object)| Arc::clone(object)).collect()
    }

    /// Waits until the first list is in the cache.
    pub async fn synced(&self) {
        self.changed_since(0).await;
    }

    /// A number that grows each time the cache has followed the API server.
    pub fn turns(&self) -> u64 {
        self.cache().turns
    }

    /// Waits until [`Informer::turns`] has grown beyond `turns`; answers what it is then.
    pub async fn changed_since(&self, turns: u64) -> u64 {
        loop {
            let changed = self.shared.changed.notified();
            let now = self.turns();
            if now > turns {
                return now;
            }
            changed.await;
        }
    }

    /// Calls `handler` for every change from now on, and for every object that the cache holds already.
    ///
    /// It is called in the informer's task, after the cache has changed; it must not wait.
    pub fn on_change(&self, handler: impl Fn(&Delta<K>) + Send + Sync + 'static) {
        let held: Vec<(ObjectKey, Arc<K>)> = self.cache().shown.iter().map(|(key, object)| (key.clone(), Arc::clone(object))).collect();
        for (key, object) in held {
            handler(&Delta { key, before: None, after: Some(object) });
        }
        self.handlers().push(Arc::new(handler));
    }

    /// Adds the key of every changed object to `queue`.
    pub fn feed(&self, queue: &WorkQueue<ObjectKey>) {
        let queue = queue.clone();
        self.on_change(move |delta| queue.add(delta.key.clone()));
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
        let mut cache = self.cache();
        if revision(&object) > cache.seen && !ended {
            cache.put(ObjectKey::of(&object), Arc::new(object));
        }
    }

    fn cache(&self) -> MutexGuard<'_, Cache<K>> {
        self.shared.cache.lock().expect("nothing panics while the cache is locked")
    }

    fn handlers(&self) -> MutexGuard<'_, Vec<Handler<K>>> {
        self.shared.handlers.lock().expect("nothing panics while the handlers are locked")
    }

    async fn run(self, process: Process, api: Api<K>, config: watcher::Config, name: String, _life: WatchLife<K>) {
        let mut backoff = Backoff::reflector(process.generator(&format!("{name} {api:?}")));
        let mut fresh = BTreeMap::new();
        let mut last_error = String::new();
        let mut events = std::pin::pin!(watcher::watcher(api, config));
        while let Some(event) = events.next().await {
            match event {
                Ok(event) => self.take(event, &mut fresh),
                Err(error) => {
                    let text = error.to_string();
                    if text != last_error {
                        process.log(&format!("{name}: {text}"));
                        last_error = text;
                    }
                    tokio::time::sleep(backoff.next_delay()).await;
                }
            }
        }
    }

    fn take(&self, event: Event<K>, fresh: &mut BTreeMap<ObjectKey, Arc<K>>) {
        match event {
            Event::Init => fresh.clear(),
            Event::InitApply(object) => {
                fresh.insert(ObjectKey::of(&object), Arc::new(object));
            }
            Event::InitDone => {
                let deltas = self.replace(std::mem::take(fresh));
                self.tell(&deltas);
            }
            Event::Apply(object) => {
                let delta = self.show(Arc::new(object));
                self.tell(&[delta]);
            }
            Event::Delete(object) => {
                let delta = self.drop_gone(object);
                self.tell(&[delta]);
            }
        }
    }

    fn show(&self, object: Arc<K>) -> Delta<K> {
        let mut cache = self.cache();
        let key = ObjectKey::of(object.as_ref());
        cache.seen = cache.seen.max(revision(object.as_ref()));
        let before = cache.shown.insert(key.clone(), Arc::clone(&object));
        cache.put(key.clone(), Arc::clone(&object));
        Delta { key, before, after: Some(object) }
    }

    fn drop_gone(&self, object: K) -> Delta<K> {
        let key = ObjectKey::of(&object);
        let mut cache = self.cache();
        cache.seen = cache.seen.max(revision(&object));
        cache.shown.remove(&key);
        // What was remembered of a successor of the same name stays.
        if cache.objects.get(&key).is_some_and(|held| revision(held.as_ref()) <= revision(&object)) {
            cache.objects.remove(&key);
        }
        Delta { key, before: Some(Arc::new(object)), after: None }
    }

    fn replace(&self, fresh: BTreeMap<ObjectKey, Arc<K>>) -> Vec<Delta<K>> {
        let mut cache = self.cache();
        cache.objects.retain(|key, _| fresh.contains_key(key));
        let before = std::mem::take(&mut cache.shown);
        let mut deltas = Vec::new();
        for (key, gone) in before.iter().filter(|(key, _)| !fresh.contains_key(key)) {
            deltas.push(Delta { key: key.clone(), before: Some(Arc::clone(gone)), after: None });
        }
        for (key, object) in fresh {
            cache.seen = cache.seen.max(revision(object.as_ref()));
            cache.put(key.clone(), Arc::clone(&object));
            cache.shown.insert(key.clone(), Arc::clone(&object));
            deltas.push(Delta { before: before.get(&key).cloned(), after: Some(object), key });
        }
        deltas
    }

    fn tell(&self, deltas: &[Delta<K>]) {
        self.cache().turns += 1;
        self.shared.changed.notify_waiters();
        let handlers = self.handlers().clone();
        for delta in deltas {
            for handler in &handlers {
                handler(delta);
            }
        }
    }
}

/// How long a watch is asked for: five to ten minutes, as client-go has it, so that watches do not all end together.
fn watch_seconds(generator: &mut Generator) -> u32 {
    300 + u32::try_from(generator.below(300)).unwrap_or(0)
}

/// The store's number of the object's last change; controllers compare it as the real ones do.
fn revision<K: Resource>(object: &K) -> u64 {
    object.resource_version().and_then(|text| text.parse().ok()).unwrap_or(0)
}
