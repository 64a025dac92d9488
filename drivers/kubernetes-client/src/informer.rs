//! An ordered cache of all objects of one kind, kept up to date by a watch.
//!
//! It survives an API server that is down: the watch is tried again with a back-off, and after a gap the
//! cache is made equal to a new list. Controllers may [`Informer::remember`] what they wrote, so that they see
//! their own last write; an older event never takes an object back.
//!
//! Only this layer knows the type of the objects and what it runs in: the rest ([`crate::watch`]) is compiled once, and not for
//! each kind.
//!
//! Not modelled: indexes, resyncs (a controller that has one keeps its own timer), streaming lists.

use std::marker::PhantomData;
use std::sync::Arc;

use driver_host::{Random, Runtime};
use kube::api::Api;
use kube::runtime::watcher;
use kube::{Resource, ResourceExt};

use crate::backoff::Backoff;
use crate::cache::{AnyObject, Entry};
use crate::key::ObjectKey;
use crate::queue::WorkQueue;
use crate::raw::Raw;
use crate::watch::{Shared, Watch};

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

/// The cache; clones share it.
pub struct Informer<K> {
    shared: Arc<Shared>,
    kind: PhantomData<fn() -> K>,
}

impl<K> Clone for Informer<K> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), kind: PhantomData }
    }
}

impl<K: Cached> Informer<K> {
    /// Watches all objects of the kind.
    pub fn all(runtime: &impl Runtime, client: &kube::Client) -> Self {
        Self::start(runtime, Api::all(client.clone()), watcher::Config::default())
    }

    /// Watches what `api` and the selectors of `config` show.
    pub fn start(runtime: &impl Runtime, api: Api<K>, config: watcher::Config) -> Self {
        let name = format!("informer {}", K::plural(&()));
        let backoff = Backoff::reflector(runtime.random_for(&format!("{name} {api:?}")));
        let config = config.timeout(watch_seconds(&mut runtime.random_for(&format!("{name} time-out"))));
        let shared = Arc::new(Shared::default());
        let log = {
            let (runtime, name) = (runtime.clone(), name.clone());
            Box::new(move |text: &str| runtime.say(&format!("{name}: {text}")))
        };
        let watch = Watch { api: Raw::api_of(api), config, backoff, decode: decode::<K>, log };
        runtime.start(&name, Box::pin(watch.run(Arc::clone(&shared))));
        Self { shared, kind: PhantomData }
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

/// How long a watch is asked for: five to ten minutes, as client-go has it, so that watches do not all end together.
fn watch_seconds(random: &mut Random) -> u32 {
    300 + u32::try_from(random.below(300)).unwrap_or(0)
}
