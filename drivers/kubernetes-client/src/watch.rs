//! The task that keeps an informer's cache equal to what the API server shows. Neither the kind of the objects nor what the task
//! runs in is known here, so that it is compiled once, and kube's watcher with it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use futures::StreamExt;
use kube::api::Api;
use kube::runtime::watcher::{self, Event};
use tokio::sync::Notify;

use crate::backoff::Backoff;
use crate::cache::{Cache, Change, Entry};
use crate::errors::reason_of;
use crate::key::ObjectKey;
use crate::raw::Raw;

type Handler = Arc<dyn Fn(&Change) + Send + Sync>;

/// Reads an object of the informer's kind.
type Decode = fn(&Raw) -> Result<(ObjectKey, Entry), serde_json::Error>;

/// What an informer watches, and how.
pub(crate) struct Watch {
    pub(crate) api: Api<Raw>,
    pub(crate) config: watcher::Config,
    pub(crate) backoff: Backoff,
    pub(crate) decode: Decode,
    /// Takes what went wrong.
    pub(crate) log: Box<dyn Fn(&str) + Send + Sync>,
}

/// What an informer and its task share.
#[derive(Default)]
pub(crate) struct Shared {
    cache: Mutex<Cache>,
    handlers: Mutex<Vec<Handler>>,
    /// Wakes in the order in which they began to wait; tokio's watch channel would draw lots.
    changed: Notify,
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

impl Watch {
    /// Follows the API server until the task is dropped.
    pub(crate) fn run(self, shared: Arc<Shared>) -> impl Future<Output = ()> + Send {
        // Made here and not in the task: one that is dropped before its first step lets go, too.
        let life = WatchLife(shared);
        self.follow(life)
    }

    async fn follow(self, life: WatchLife) {
        let Self { api, config, mut backoff, decode, log } = self;
        let mut fresh = BTreeMap::new();
        let mut last_error = String::new();
        let mut events = std::pin::pin!(watcher::watcher(api, config));
        while let Some(event) = events.next().await {
            let text = match event.map(|event| life.0.take(event, &mut fresh, decode)) {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(error) => words_of(&error),
            };
            if text != last_error {
                log(&text);
                last_error = text;
            }
            tokio::time::sleep(backoff.next_delay()).await;
        }
    }
}

impl Shared {
    pub(crate) fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().expect("nothing panics while the cache is locked")
    }

    fn handlers(&self) -> MutexGuard<'_, Vec<Handler>> {
        self.handlers.lock().expect("nothing panics while the handlers are locked")
    }

    pub(crate) async fn changed_since(&self, turns: u64) -> u64 {
        loop {
            let changed = self.changed.notified();
            let now = self.cache().turns;
            if now > turns {
                return now;
            }
            changed.await;
        }
    }

    pub(crate) fn on_change(&self, handler: Handler) {
        let held = self.cache().appearances();
        held.iter().for_each(|change| handler(change));
        self.handlers().push(handler);
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

/// What the API server says of a watch that failed, without what only programs read.
fn words_of(error: &watcher::Error) -> String {
    match error {
        watcher::Error::InitialListFailed(error) => format!("the list failed: {}", reason_of(error)),
        watcher::Error::WatchStartFailed(error) => format!("the watch was refused: {}", reason_of(error)),
        other => other.to_string(),
    }
}
