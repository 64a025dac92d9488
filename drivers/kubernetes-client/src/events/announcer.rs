//! Events that say each thing once, for as long as it stays true. One that cannot be written is said again with the next try,
//! not held up for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use driver_host::Host;
use k8s_openapi::api::core::v1::{Event, EventSource, ObjectReference};
use kube::Resource;
use kube::api::{Api, PostParams};

use super::event::{EventType, Said, event, namespace_of};
use crate::errors::reason_of;

/// As many characters as an event's message may have in the API server.
const LONGEST: usize = 1024;

/// What was last said of an object: its uid, the reason, the message.
type Last = (Option<String>, String, String);

/// Writes the events of one component about objects of one kind.
pub struct Announcer {
    client: kube::Client,
    host: Arc<dyn Host>,
    source: EventSource,
    last: Mutex<BTreeMap<String, Last>>,
}

impl Announcer {
    /// Nothing has been said yet.
    pub fn new(client: &kube::Client, host: Arc<dyn Host>, component: &str) -> Self {
        let source = EventSource { component: Some(component.to_owned()), host: None };
        Self { client: client.clone(), host, source, last: Mutex::default() }
    }

    fn last(&self) -> MutexGuard<'_, BTreeMap<String, Last>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says something of an object, and logs it, unless it is what was last said of it.
    pub async fn say<K: Resource<DynamicType = ()>>(&self, object: &K, kind: EventType, reason: &str, message: &str) {
        let about = object.object_ref(&());
        let name = about.name.clone().unwrap_or_default();
        let saying = (about.uid.clone(), reason.to_owned(), message.to_owned());
        let before = self.last().insert(name.clone(), saying.clone());
        if before == Some(saying) {
            return;
        }
        let what = format!("{} {name}", K::kind(&()).to_ascii_lowercase());
        self.host.log(&format!("{what}: {reason}: {message}"));
        if let Err(error) = self.write(&about, &name, kind, reason, message).await {
            self.host.log(&format!("{what}: the event {reason} could not be written: {}", reason_of(&error)));
            self.forget(&name);
        }
    }

    /// Forgets what was said of an object.
    pub fn forget(&self, name: &str) {
        self.last().remove(name);
    }

    async fn write(&self, about: &ObjectReference, name: &str, kind: EventType, reason: &str, message: &str) -> kube::Result<()> {
        let now = self.host.calendar();
        let message: String = message.chars().take(LONGEST).collect();
        let said = Said { about, kind, reason, message: &message, count: 1, first: now, last: now };
        let event = event(&format!("{name}.{:016x}", self.host.random()), &self.source, &said);
        let api: Api<Event> = Api::namespaced(self.client.clone(), namespace_of(about));
        api.create(&PostParams::default(), &event).await.map(drop)
    }
}
