//! Who is woken by which change: a notifier for each resource, so that a heartbeat does not wake every watch.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use crate::store::ResourceName;

/// The notifiers. Each wakes in the order in which its listeners began to wait.
#[derive(Default)]
pub(super) struct Notifiers(Mutex<BTreeMap<ResourceName, Arc<Notify>>>);

impl Notifiers {
    /// The notifier of a resource.
    pub(super) fn of(&self, resource: &ResourceName) -> Arc<Notify> {
        let mut notifiers = self.0.lock().expect("nothing panics while the notifiers are locked");
        match notifiers.get(resource) {
            Some(notifier) => Arc::clone(notifier),
            None => Arc::clone(notifiers.entry(resource.clone()).or_default()),
        }
    }

    /// Wakes those who watch what was touched. A change of a definition may be the end of any watch.
    pub(super) fn notify(&self, touched: &[ResourceName]) {
        if touched.iter().any(|resource| resource.plural == "customresourcedefinitions") {
            return self.notify_all();
        }
        let notifiers = self.0.lock().expect("nothing panics while the notifiers are locked");
        for notifier in touched.iter().filter_map(|resource| notifiers.get(resource)) {
            notifier.notify_waiters();
        }
    }

    /// Wakes everybody.
    pub(super) fn notify_all(&self) {
        let notifiers = self.0.lock().expect("nothing panics while the notifiers are locked");
        notifiers.values().for_each(|notifier| notifier.notify_waiters());
    }
}
