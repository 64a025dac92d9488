//! One event as it lies in the API server.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Event, EventSource, ObjectReference};
use kube::api::ObjectMeta;

use crate::whole_seconds;

/// How grave an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventType {
    /// All is as it should be.
    Normal,
    /// Something is not.
    Warning,
}

impl EventType {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Warning => "Warning",
        }
    }
}

/// What is said of an object.
pub(super) struct Said<'a> {
    pub about: &'a ObjectReference,
    pub kind: EventType,
    pub reason: &'a str,
    pub message: &'a str,
    pub count: i32,
    pub first: Timestamp,
    pub last: Timestamp,
}

/// The namespace of the events about an object: of those without one they lie in `default`.
pub(super) fn namespace_of(about: &ObjectReference) -> &str {
    about.namespace.as_deref().unwrap_or("default")
}

/// An event of this name.
pub(super) fn event(name: &str, source: &EventSource, said: &Said<'_>) -> Event {
    Event {
        metadata: ObjectMeta { name: Some(name.to_owned()), namespace: Some(namespace_of(said.about).to_owned()), ..Default::default() },
        involved_object: said.about.clone(),
        reason: Some(said.reason.to_owned()),
        message: Some(said.message.to_owned()),
        type_: Some(said.kind.as_str().to_owned()),
        count: Some(said.count),
        first_timestamp: Some(whole_seconds(said.first)),
        last_timestamp: Some(whole_seconds(said.last)),
        source: Some(source.clone()),
        reporting_component: source.component.clone(),
        reporting_instance: source.host.clone(),
        ..Default::default()
    }
}
