//! Events about Nodes: what `kubectl describe node` shows.
//!
//! The same thing is said once for as long as it stays true. An event that cannot be written is said again with the next
//! try, not held up for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use driver_host::Host;
use k8s_openapi::api::core::v1::{Event, EventSource, Node, ObjectReference};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::api::{Api, ObjectMeta, PostParams};

use super::reason_of;

/// How grave an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grade {
    Normal,
    Warning,
}

/// What was last said of a Node: its uid, the reason, the message.
type Said = (Option<String>, String, String);

/// Writes the events of one component.
pub(crate) struct Events {
    client: kube::Client,
    host: Arc<dyn Host>,
    component: &'static str,
    said: Mutex<BTreeMap<String, Said>>,
}

impl Events {
    pub(crate) fn new(client: &kube::Client, host: Arc<dyn Host>, component: &'static str) -> Self {
        Self { client: client.clone(), host, component, said: Mutex::default() }
    }

    /// Says something of a Node, and logs it, unless it is what was last said of it.
    pub(crate) async fn say(&self, node: &Node, grade: Grade, reason: &str, message: &str) {
        let name = node.metadata.name.clone().unwrap_or_default();
        let saying = (node.metadata.uid.clone(), reason.to_owned(), message.to_owned());
        let before = self.said.lock().expect("no holder of what was said panics").insert(name.clone(), saying.clone());
        if before == Some(saying) {
            return;
        }
        self.host.log(&format!("node {name}: {reason}: {message}"));
        let api: Api<Event> = Api::namespaced(self.client.clone(), "default");
        if let Err(error) = api.create(&PostParams::default(), &self.event(node, &name, grade, reason, message)).await {
            self.host.log(&format!("node {name}: the event {reason} could not be written: {}", reason_of(&error)));
            self.forget(&name);
        }
    }

    /// Forgets what was said of a Node.
    pub(crate) fn forget(&self, name: &str) {
        self.said.lock().expect("no holder of what was said panics").remove(name);
    }

    fn event(&self, node: &Node, name: &str, grade: Grade, reason: &str, message: &str) -> Event {
        let calendar = self.host.calendar();
        // Events keep whole seconds.
        let now = Time(jiff::Timestamp::from_second(calendar.as_second()).unwrap_or(calendar));
        Event {
            metadata: ObjectMeta {
                name: Some(format!("{name}.{:016x}", self.host.random())),
                namespace: Some("default".to_owned()),
                ..ObjectMeta::default()
            },
            involved_object: ObjectReference {
                api_version: Some("v1".to_owned()),
                kind: Some("Node".to_owned()),
                name: Some(name.to_owned()),
                uid: node.metadata.uid.clone(),
                ..ObjectReference::default()
            },
            reason: Some(reason.to_owned()),
            message: Some(message.to_owned()),
            type_: Some(if grade == Grade::Normal { "Normal" } else { "Warning" }.to_owned()),
            count: Some(1),
            first_timestamp: Some(now.clone()),
            last_timestamp: Some(now),
            source: Some(EventSource { component: Some(self.component.to_owned()), host: None }),
            reporting_component: Some(self.component.to_owned()),
            ..Event::default()
        }
    }
}
