//! Events: what people see of the driver's troubles in `kubectl describe`.

use std::sync::Arc;

use driver_host::Host;
use k8s_openapi::api::core::v1::{Event, EventSource, ObjectReference};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta, Time};
use kube::api::{Api, PostParams};

use crate::identity::DRIVER_NAME;

/// What an event may say; the API server takes no more.
const LONGEST: usize = 1024;

/// Writes events.
pub(crate) struct Events {
    pub client: kube::Client,
    pub host: Arc<dyn Host>,
}

impl Events {
    /// Warns about an object. An event that cannot be written is only logged: nothing hangs on it.
    pub(crate) async fn warn<K>(&self, object: &K, reason: &str, message: &str)
    where
        K: kube::Resource<DynamicType = ()>,
    {
        let meta = object.meta();
        // Events about objects without a namespace lie in `default`.
        let namespace = meta.namespace.clone().unwrap_or_else(|| "default".to_owned());
        let name = meta.name.clone().unwrap_or_default();
        let now = self.host.calendar();
        let event = Event {
            metadata: ObjectMeta {
                name: Some(format!("{name}.{:016x}", self.host.random())),
                namespace: Some(namespace.clone()),
                ..ObjectMeta::default()
            },
            involved_object: ObjectReference {
                api_version: Some(K::api_version(&()).into_owned()),
                kind: Some(K::kind(&()).into_owned()),
                name: Some(name),
                namespace: meta.namespace.clone(),
                uid: meta.uid.clone(),
                ..ObjectReference::default()
            },
            reason: Some(reason.to_owned()),
            message: Some(message.chars().take(LONGEST).collect()),
            type_: Some("Warning".to_owned()),
            source: Some(EventSource { component: Some(DRIVER_NAME.to_owned()), host: None }),
            reporting_component: Some(DRIVER_NAME.to_owned()),
            first_timestamp: Some(Time(now)),
            last_timestamp: Some(Time(now)),
            event_time: None::<MicroTime>,
            count: Some(1),
            ..Event::default()
        };
        let events: Api<Event> = Api::namespaced(self.client.clone(), &namespace);
        if let Err(error) = events.create(&PostParams::default(), &event).await {
            self.host.log(&format!("an event about {reason} could not be written: {error}"));
        }
    }
}
