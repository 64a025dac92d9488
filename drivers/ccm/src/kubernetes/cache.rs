//! All Nodes, in the order of their names, kept up to date by a watch.
//!
//! It survives an API server that is down: the watch is tried again after a while, and after a gap the cache is made
//! equal to a new list.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use driver_host::Host;
use futures::StreamExt;
use k8s_openapi::api::core::v1::Node;
use kube::api::Api;
use kube::runtime::watcher::{self, Event};
use tokio::sync::Notify;

use super::reason_of;
use crate::timings::Backoff;

use std::time::Duration;

/// Of a watch that broke: client-go's reflector.
const RETRY: Backoff = Backoff { first: Duration::from_millis(1600), longest: Duration::from_secs(60) };

/// What is told of a change: the name, and the Node as it is now.
type Listener = Box<dyn Fn(&str, Option<&Node>) + Send + Sync>;

#[derive(Default)]
struct Inner {
    nodes: BTreeMap<String, Arc<Node>>,
    synced: bool,
}

/// The cache.
pub(crate) struct NodeCache {
    inner: Mutex<Inner>,
    changed: Notify,
    listener: Listener,
}

impl NodeCache {
    /// Starts to watch; `listener` hears of every change, and must not wait.
    pub(crate) fn start(host: &Arc<dyn Host>, client: &kube::Client, listener: Listener) -> Arc<Self> {
        let cache = Arc::new(Self { inner: Mutex::default(), changed: Notify::new(), listener });
        // Five to ten minutes, as client-go has it.
        let seconds = 300 + u32::try_from(host.random() % 300).unwrap_or(0);
        let run = Arc::clone(&cache).run(Arc::clone(host), Api::all(client.clone()), watcher::Config::default().timeout(seconds));
        host.spawn("node informer", Box::pin(run));
        cache
    }

    /// All Nodes, ordered by name.
    pub(crate) fn list(&self) -> Vec<Arc<Node>> {
        self.inner.lock().expect("no holder of the nodes panics").nodes.values().cloned().collect()
    }

    /// The Node of this name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<Node>> {
        self.inner.lock().expect("no holder of the nodes panics").nodes.get(name).cloned()
    }

    /// Waits until the first list is in the cache.
    pub(crate) async fn synced(&self) {
        loop {
            let changed = self.changed.notified();
            if self.inner.lock().expect("no holder of the nodes panics").synced {
                return;
            }
            changed.await;
        }
    }

    async fn run(self: Arc<Self>, host: Arc<dyn Host>, api: Api<Node>, config: watcher::Config) {
        let mut fresh = BTreeMap::new();
        let (mut failures, mut said) = (0, String::new());
        let mut events = std::pin::pin!(watcher::watcher(api, config));
        while let Some(event) = events.next().await {
            match event {
                Ok(event) => {
                    failures = 0;
                    self.take(event, &mut fresh);
                }
                Err(error) => {
                    let text = match &error {
                        watcher::Error::InitialListFailed(inner) | watcher::Error::WatchStartFailed(inner) => reason_of(inner),
                        other => other.to_string(),
                    };
                    if text != said {
                        host.log(&format!("the watch of nodes failed: {text}"));
                        said = text;
                    }
                    tokio::time::sleep(RETRY.delay(failures, host.random())).await;
                    failures += 1;
                }
            }
        }
    }

    fn take(&self, event: Event<Node>, fresh: &mut BTreeMap<String, Arc<Node>>) {
        match event {
            Event::Init => fresh.clear(),
            Event::InitApply(node) => {
                fresh.insert(name_of(&node), Arc::new(node));
            }
            Event::InitDone => self.replace(&std::mem::take(fresh)),
            Event::Apply(node) => {
                let (name, node) = (name_of(&node), Arc::new(node));
                self.inner.lock().expect("no holder of the nodes panics").nodes.insert(name.clone(), Arc::clone(&node));
                (self.listener)(&name, Some(&node));
            }
            Event::Delete(node) => {
                let name = name_of(&node);
                self.inner.lock().expect("no holder of the nodes panics").nodes.remove(&name);
                (self.listener)(&name, None);
            }
        }
    }

    fn replace(&self, fresh: &BTreeMap<String, Arc<Node>>) {
        let before = {
            let mut inner = self.inner.lock().expect("no holder of the nodes panics");
            inner.synced = true;
            std::mem::replace(&mut inner.nodes, fresh.clone())
        };
        self.changed.notify_waiters();
        for name in before.keys().filter(|name| !fresh.contains_key(*name)) {
            (self.listener)(name, None);
        }
        for (name, node) in fresh {
            (self.listener)(name, Some(node));
        }
    }
}

fn name_of(node: &Node) -> String {
    node.metadata.name.clone().unwrap_or_default()
}
