//! Writes core/v1 Events: what `kubectl describe` shows.
//!
//! Writing never holds up the caller: notes go to a task that folds repeats into a count ([`correlator`]) and
//! sends them one by one. An event that cannot be sent for want of a server is tried twelve times, ten seconds
//! apart; one that the server refuses is dropped.
//!
//! Not modelled: events.k8s.io/v1 with its series, which the real scheduler writes.

mod correlator;

use std::time::Duration;

use k8s_openapi::api::core::v1::{Event, EventSource, ObjectReference};
use kube::Resource;
use kube::api::{Api, ObjectMeta, Patch, PatchParams, PostParams};
use seatrial_seed::Generator;
use seatrial_wires::Process;
use serde_json::json;
use tokio::sync::mpsc;

use self::correlator::{Correlator, Folded};
use super::errors::{ErrorKind, error_kind};
use super::whole_seconds;

const TRIES: u32 = 12;
const BETWEEN_TRIES: Duration = Duration::from_secs(10);

/// How grave an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventType {
    /// All is as it should be.
    Normal,
    /// Something is not.
    Warning,
}

impl EventType {
    fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Warning => "Warning",
        }
    }
}

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
    pub fn start(process: &Process, client: &kube::Client, component: &str, host: Option<&str>) -> Self {
        let (notes, incoming) = mpsc::unbounded_channel();
        let name = format!("events {component}");
        let sender = Sender {
            client: client.clone(),
            process: process.clone(),
            source: EventSource { component: Some(component.to_owned()), host: host.map(str::to_owned) },
            generator: process.generator(&name),
            correlator: Correlator::default(),
        };
        process.spawn(&name, sender.run(incoming));
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

struct Sender {
    client: kube::Client,
    process: Process,
    source: EventSource,
    generator: Generator,
    correlator: Correlator,
}

impl Sender {
    async fn run(mut self, mut incoming: mpsc::UnboundedReceiver<Note>) {
        while let Some(note) = incoming.recv().await {
            let now = self.process.clock().calendar();
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
                        tokio::time::sleep(self.generator.between(least, BETWEEN_TRIES)).await;
                    }
                    _ => return,
                },
            }
        }
    }

    async fn send(&mut self, folded: &Folded) -> Result<String, kube::Error> {
        let namespace = folded.note.about.namespace.as_deref().unwrap_or("default");
        let events: Api<Event> = Api::namespaced(self.client.clone(), namespace);
        if let Some(name) = &folded.name {
            let patch = json!({"count": folded.count, "lastTimestamp": whole_seconds(folded.last), "message": folded.note.message});
            events.patch(name, &PatchParams::default(), &Patch::Strategic(patch)).await?;
            return Ok(name.clone());
        }
        let name = format!("{}.{}", folded.note.about.name.as_deref().unwrap_or_default(), self.generator.hex(16));
        let event = Event {
            metadata: ObjectMeta { name: Some(name.clone()), namespace: Some(namespace.to_owned()), ..Default::default() },
            involved_object: folded.note.about.clone(),
            reason: Some(folded.note.reason.clone()),
            message: Some(folded.note.message.clone()),
            type_: Some(folded.note.kind.as_str().to_owned()),
            count: Some(folded.count),
            first_timestamp: Some(whole_seconds(folded.first)),
            last_timestamp: Some(whole_seconds(folded.last)),
            source: Some(self.source.clone()),
            reporting_component: self.source.component.clone(),
            reporting_instance: self.source.host.clone(),
            ..Default::default()
        };
        events.create(&PostParams::default(), &event).await?;
        Ok(name)
    }
}
