//! Who is woken by which change: a bell for each resource, so that a heartbeat does not wake every watch.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use crate::store::ResourceName;

/// The bells. Each wakes in the order in which its listeners began to wait.
#[derive(Default)]
pub(super) struct Bells(Mutex<BTreeMap<ResourceName, Arc<Notify>>>);

impl Bells {
    /// The bell of a resource.
    pub(super) fn of(&self, resource: &ResourceName) -> Arc<Notify> {
        let mut bells = self.0.lock().expect("nothing panics while the bells are locked");
        match bells.get(resource) {
            Some(bell) => Arc::clone(bell),
            None => Arc::clone(bells.entry(resource.clone()).or_default()),
        }
    }

    /// Rings for those who watch what was touched. A change of a definition may be the end of any watch.
    pub(super) fn ring(&self, touched: &[ResourceName]) {
        if touched.iter().any(|resource| resource.plural == "customresourcedefinitions") {
            return self.ring_all();
        }
        let bells = self.0.lock().expect("nothing panics while the bells are locked");
        for bell in touched.iter().filter_map(|resource| bells.get(resource)) {
            bell.notify_waiters();
        }
    }

    /// Rings for everybody.
    pub(super) fn ring_all(&self) {
        let bells = self.0.lock().expect("nothing panics while the bells are locked");
        bells.values().for_each(|bell| bell.notify_waiters());
    }
}
