//! Objects as the API server writes them, of whatever kind: what informers watch.
//!
//! kube's watcher is a large machine, and the compiler makes one of each kind of object that is given to it. It gets one kind
//! only, this; the text becomes a typed object afterwards.

use std::borrow::Cow;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::Api;
use kube::core::{ApiResource, DynamicResourceScope};
use kube::{Client, Resource};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The text of an object.
#[derive(Clone, Debug)]
pub(crate) struct Raw {
    text: Box<RawValue>,
    /// Its resource version, which is all that a watcher reads; nothing else is in it.
    meta: ObjectMeta,
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    metadata: HeadMeta,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeadMeta {
    resource_version: Option<String>,
}

impl Raw {
    /// The object.
    pub(crate) fn decode<K: DeserializeOwned>(&self) -> Result<K, serde_json::Error> {
        serde_json::from_str(self.text.get())
    }

    /// The API that shows as text what `api` shows typed.
    pub(crate) fn api_of<K: Resource<DynamicType = ()>>(api: Api<K>) -> Api<Self> {
        Self::api(&ApiResource::erase::<K>(&()), api.namespace().map(str::to_owned), api.into_client())
    }

    fn api(resource: &ApiResource, namespace: Option<String>, client: Client) -> Api<Self> {
        match namespace {
            Some(namespace) => Api::namespaced_with(client, &namespace, resource),
            None => Api::all_with(client, resource),
        }
    }
}

impl<'de> Deserialize<'de> for Raw {
    /// Reads JSON text only; the type of a watch's event must stand before its object, as servers write it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let head: Head = serde_json::from_str(text.get()).map_err(D::Error::custom)?;
        let meta = ObjectMeta { resource_version: head.metadata.resource_version, ..ObjectMeta::default() };
        Ok(Self { text, meta })
    }
}

impl Resource for Raw {
    type DynamicType = ApiResource;
    type Scope = DynamicResourceScope;

    fn kind(resource: &ApiResource) -> Cow<'_, str> {
        resource.kind.as_str().into()
    }

    fn group(resource: &ApiResource) -> Cow<'_, str> {
        resource.group.as_str().into()
    }

    fn version(resource: &ApiResource) -> Cow<'_, str> {
        resource.version.as_str().into()
    }

    fn plural(resource: &ApiResource) -> Cow<'_, str> {
        resource.plural.as_str().into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.meta
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::{Node, Pod};
    use kube::api::ObjectList;
    use kube::core::WatchEvent;
    use kube::{Resource, ResourceExt};

    use super::*;

    #[test]
    fn an_event_and_a_list_carry_objects_with_their_revision_and_their_text() {
        let text = r#"{"metadata":{"name":"p","namespace":"n","resourceVersion":"7"}}"#;
        let event: WatchEvent<Raw> = serde_json::from_str(&format!(r#"{{"type":"ADDED","object":{text}}}"#)).unwrap();
        let WatchEvent::Added(raw) = event else { panic!("another event") };
        assert_eq!(raw.resource_version().as_deref(), Some("7"));
        assert_eq!(raw.decode::<Pod>().unwrap().name_any(), "p");
        let list: ObjectList<Raw> = serde_json::from_str(&format!(r#"{{"metadata":{{}},"items":[{text},{text}]}}"#)).unwrap();
        assert_eq!(list.items.iter().filter_map(ResourceExt::resource_version).collect::<Vec<_>>(), ["7", "7"]);
    }

    #[test]
    fn the_url_of_each_kind_is_that_of_the_typed_api() {
        let erased = |namespace| Raw::url_path(&ApiResource::erase::<Pod>(&()), namespace);
        assert_eq!(erased(Some("n")), Pod::url_path(&(), Some("n")));
        assert_eq!(erased(None), Pod::url_path(&(), None));
        assert_eq!(Raw::url_path(&ApiResource::erase::<Node>(&()), None), Node::url_path(&(), None));
    }
}
