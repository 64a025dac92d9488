//! Custom resources: each definition brings a watch of its objects' metadata.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use driver_host::Runtime;
use futures::StreamExt;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::ResourceExt;
use kube::api::{Api, DynamicObject, PartialObjectMeta};
use kube::runtime::watcher::{self, Event};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::Collector;
use super::kinds::ResourceKind;
use crate::client::{Backoff, ObjectKey};

/// Between two looks at what is served.
const DISCOVERY: Duration = Duration::from_secs(30);

/// A watch that runs.
struct Watch {
    kind: Arc<ResourceKind>,
    end: Arc<Notify>,
}

impl Collector {
    /// Starts and ends watches as definitions come and go, for as long as the process lives.
    pub(super) async fn watch_definitions(self) {
        self.definitions.synced().await;
        let begin = Instant::now();
        let mut watches: BTreeMap<String, Watch> = BTreeMap::new();
        loop {
            let turns = self.definitions.turns();
            self.follow(&mut watches);
            self.definitions.changed_since(turns).await;
            let looks = u32::try_from(begin.elapsed().as_micros() / DISCOVERY.as_micros()).unwrap_or(u32::MAX - 1);
            tokio::time::sleep_until(begin + DISCOVERY * (looks + 1)).await;
        }
    }

    fn follow(&self, watches: &mut BTreeMap<String, Watch>) {
        let served: BTreeMap<String, ResourceKind> =
            self.definitions.list().iter().filter_map(|definition| Some((definition.name_any(), kind_of(definition)?))).collect();
        for (_, ended) in watches.extract_if(.., |name, _| !served.contains_key(name)) {
            ended.end.notify_one();
            self.kinds().remove(&ended.kind);
        }
        for (name, kind) in served {
            if watches.contains_key(&name) {
                continue;
            }
            self.kinds().add(kind.clone());
            let watch = Watch { kind: Arc::new(kind), end: Arc::new(Notify::new()) };
            let (collector, kind, end) = (self.clone(), Arc::clone(&watch.kind), Arc::clone(&watch.end));
            self.process.spawn(&format!("garbage collector {name}"), async move {
                tokio::select! {
                    biased;
                    () = end.notified() => {}
                    () = collector.watch_objects(&kind) => {}
                }
            });
            watches.insert(name, watch);
        }
    }

    async fn watch_objects(&self, kind: &Arc<ResourceKind>) {
        let api: Api<PartialObjectMeta<DynamicObject>> = Api::all_with(self.client.clone(), &kind.resource);
        let name = format!("garbage collector {}", kind.resource.plural);
        let seconds = 300 + u32::try_from(self.process.generator(&name).below(300)).unwrap_or(0);
        let mut backoff = Backoff::reflector(self.process.random_for(&format!("{name} back-off")));
        let mut known: BTreeSet<String> = BTreeSet::new();
        let mut fresh: BTreeSet<String> = BTreeSet::new();
        let config = watcher::Config::default().timeout(seconds);
        let mut events = std::pin::pin!(watcher::watcher(api, config));
        while let Some(event) = events.next().await {
            match event {
                Ok(Event::Init) => fresh.clear(),
                Ok(Event::InitApply(object)) => {
                    fresh.insert(object.uid().unwrap_or_default());
                    self.seen(kind, key_of(&object), &object.metadata);
                }
                Ok(Event::InitDone) => {
                    let gone = known.iter().filter(|uid| !fresh.contains(*uid));
                    gone.for_each(|uid| self.gone(uid));
                    known = std::mem::take(&mut fresh);
                }
                Ok(Event::Apply(object)) => {
                    known.insert(object.uid().unwrap_or_default());
                    self.seen(kind, key_of(&object), &object.metadata);
                }
                Ok(Event::Delete(object)) => {
                    let uid = object.uid().unwrap_or_default();
                    known.remove(&uid);
                    self.gone(&uid);
                }
                Err(_) => tokio::time::sleep(backoff.next_delay()).await,
            }
        }
    }
}

fn key_of(object: &PartialObjectMeta<DynamicObject>) -> ObjectKey {
    ObjectKey::new(object.metadata.namespace.as_deref().unwrap_or_default(), object.metadata.name.as_deref().unwrap_or_default())
}

/// The kind that an established definition serves.
fn kind_of(definition: &CustomResourceDefinition) -> Option<ResourceKind> {
    let conditions = definition.status.as_ref()?.conditions.as_deref()?;
    if !conditions.iter().any(|condition| condition.type_ == "Established" && condition.status == "True") {
        return None;
    }
    let spec = &definition.spec;
    let version = spec.versions.iter().find(|version| version.served)?;
    Some(ResourceKind::new(&spec.group, &version.name, &spec.names.kind, &spec.names.plural, spec.scope == "Namespaced"))
}
