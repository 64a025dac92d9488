//! Writes core/v1 Events: what `kubectl describe` shows. As client-go does it ([`EventWriter`]), or each thing once for as
//! long as it is true ([`Announcer`]).
//!
//! An [`EventWriter`] never holds up the caller: notes go to a task that folds repeats into a count ([`correlator`]) and
//! sends them one by one. An event that cannot be sent for want of a server is tried twelve times, ten seconds
//! apart; one that the server refuses is dropped.
//!
//! Not modelled: events.k8s.io/v1 with its series, which the real scheduler writes.

mod announcer;
mod correlator;
mod event;

pub use announcer::Announcer;
pub use event::EventType;

use std::time::Duration;

use driver_host::{Random, Runtime};
use k8s_openapi::api::core::v1::{Event, EventSource, ObjectReference};
use kube::Resource;
use kube::api::{Api, Patch, PatchParams, PostParams};
use serde_json::json;
use tokio::sync::mpsc;

use self::correlator::{Correlator, Folded};
use self::event::{Said, event, namespace_of};
use crate::errors::{ErrorKind, error_kind};
use crate::whole_seconds;

const TRIES: u32 = 12;
const BETWEEN_TRIES: Duration = Duration::from_secs(10);

/// What a component wants to say about an object.
#[derive(Clone, Debug)]
struct Note {
    about: ObjectReference,
    kind: EventType,
    reason: String,
    message: String,
}

/// Writes the events of one component; clones share its memory of what was written.
#[derive(Clone)]
pub struct EventWriter {
    notes: mpsc::UnboundedSender<Note>,
}

impl EventWriter {
    /// Events of `component`, on `host` when it belongs to a node.
    pub fn start(runtime: &impl Runtime, client: &kube::Client, component: &str, host: Option<&str>) -> Self {
        let (notes, incoming) = mpsc::unbounded_channel();
        let name = format!("events {component}");
        let sender = Sender {
            client: client.clone(),
            runtime: runtime.clone(),
            source: EventSource { component: Some(component.to_owned()), host: host.map(str::to_owned) },
            random: runtime.random_for(&name),
            correlator: Correlator::default(),
        };
        runtime.start(&name, Box::pin(sender.run(incoming)));
        Self { notes }
    }

    /// Writes an event about an object.
    pub fn write<K: Resource<DynamicType = ()>>(&self, about: &K, kind: EventType, reason: &str, message: impl Into<String>) {
        self.write_about(about.object_ref(&()), kind, reason, message);
    }

    /// Writes an event about what a reference names.
    pub fn write_about(&self, about: ObjectReference, kind: EventType, reason: &str, message: impl Into<String>) {
        let note = Note { about, kind, reason: reason.to_owned(), message: message.into() };
        // Nobody listens only when the process is dead, and then nobody writes.
        drop(self.notes.send(note));
    }
}

struct Sender<R> {
    client: kube::Client,
    runtime: R,
    source: EventSource,
    random: Random,
    correlator: Correlator,
}

impl<R: Runtime> Sender<R> {
    async fn run(mut self, mut incoming: mpsc::UnboundedReceiver<Note>) {
        while let Some(note) = incoming.recv().await {
            let now = self.runtime.now();
            if let Some(folded) = self.correlator.fold(note, now) {
                self.deliver(folded).await;
            }
        }
    }

    async fn deliver(&mut self, mut folded: Folded) {
        for attempt in 0..TRIES {
            match self.send(&folded).await {
                Ok(name) => return self.correlator.written(&folded, name),
                Err(error) => match error_kind(&error) {
                    // It expired, or was deleted by hand.
                    ErrorKind::Missing if folded.name.is_some() => folded.name = None,
                    ErrorKind::Unreachable => {
                        // The first pause is a part of the others, so that many writers do not come back at once.
                        let least = if attempt == 0 { Duration::ZERO } else { BETWEEN_TRIES };
                        tokio::time::sleep(self.random.between(least, BETWEEN_TRIES)).await;
                    }
                    _ => return,
                },
            }
        }
    }

    async fn send(&mut self, folded: &Folded) -> Result<String, kube::Error> {
        let namespace = namespace_of(&folded.note.about);
        let events: Api<Event> = Api::namespaced(self.client.clone(), namespace);
        if let Some(name) = &folded.name {
            let patch = json!({"count": folded.count, "lastTimestamp": whole_seconds(folded.last), "message": folded.note.message});
            events.patch(name, &PatchParams::default(), &Patch::Strategic(patch)).await?;
            return Ok(name.clone());
        }
        let name = format!("{}.{}", folded.note.about.name.as_deref().unwrap_or_default(), self.random.hex(16));
        let Note { about, kind, reason, message } = &folded.note;
        let said = Said { about, kind: *kind, reason, message, count: folded.count, first: folded.first, last: folded.last };
        let event = event(&name, &self.source, &said);
        events.create(&PostParams::default(), &event).await?;
        Ok(name)
    }
}
