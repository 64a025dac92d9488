//! Custom resources: declared once, made at a driver's start, then waited for.

use std::fmt::Debug;
use std::time::Duration;

use driver_host::tried_for;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, ListParams, PostParams};
use kube::{Client, Resource};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::errors::{is_present_already, reason_of};

/// How often the API server is asked whether it serves the resource.
const POLL: Duration = Duration::from_secs(1);

/// How long a start waits for the API server before it is given up; whoever started the driver starts it again.
const PATIENCE: Duration = Duration::from_secs(300);

/// The names of a custom resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// `cns.vmware.com`
    pub group: &'static str,
    /// `v1alpha1`
    pub version: &'static str,
    /// `CSINodeTopology`
    pub kind: &'static str,
    /// `csinodetopologies`
    pub plural: &'static str,
    /// `csinodetopology`
    pub singular: &'static str,
    /// Whether its objects lie in namespaces.
    pub namespaced: bool,
}

impl Declaration {
    /// `cns.vmware.com/v1alpha1`
    pub fn api_version(&self) -> String {
        format!("{}/{}", self.group, self.version)
    }

    /// The definition, with this schema of the whole object. Status is no subresource of its own: upstream's definitions have
    /// none.
    fn definition(&self, schema: &Value) -> CustomResourceDefinition {
        let Self { group, version, kind, plural, singular, namespaced } = self;
        let scope = if *namespaced { "Namespaced" } else { "Cluster" };
        let names = json!({"kind": kind, "listKind": format!("{kind}List"), "plural": plural, "singular": singular});
        let served = json!({"name": version, "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}});
        let definition = json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": format!("{plural}.{group}")},
            "spec": {"group": group, "scope": scope, "names": names, "versions": [served]},
        });
        serde_json::from_value(definition).expect("its shape is written above, and each schema is read by a test of its own")
    }
}

/// A type whose objects are a custom resource; [`crate::declare!`] makes it one.
pub trait Declared: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned {
    /// Its names.
    const DECLARATION: Declaration;

    /// What the schema of an object says beside `apiVersion`, `kind` and `metadata`: `properties`, and `required`.
    fn schema() -> Value;

    /// The definition of the custom resource.
    fn definition() -> CustomResourceDefinition {
        let text = json!({"type": "string"});
        let mut schema = Self::schema();
        schema["type"] = json!("object");
        for (property, of) in [("apiVersion", &text), ("kind", &text), ("metadata", &json!({"type": "object"}))] {
            schema["properties"][property] = of.clone();
        }
        Self::DECLARATION.definition(&schema)
    }
}

/// Makes a type with the field `metadata` one whose objects the API server serves under these names.
#[macro_export]
macro_rules! resource {
    ($type:ty, $scope:ident, $declaration:expr) => {
        impl $crate::kube::Resource for $type {
            type DynamicType = ();
            type Scope = $crate::kube::core::$scope;

            fn kind((): &()) -> ::std::borrow::Cow<'_, str> {
                const { $declaration }.kind.into()
            }

            fn group((): &()) -> ::std::borrow::Cow<'_, str> {
                const { $declaration }.group.into()
            }

            fn version((): &()) -> ::std::borrow::Cow<'_, str> {
                const { $declaration }.version.into()
            }

            fn plural((): &()) -> ::std::borrow::Cow<'_, str> {
                const { $declaration }.plural.into()
            }

            fn meta(&self) -> &::k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta {
                &self.metadata
            }

            fn meta_mut(&mut self) -> &mut ::k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta {
                &mut self.metadata
            }
        }
    };
}

/// Makes a type with the fields `api_version`, `kind` and `metadata` a custom resource of this scope, by these names.
#[macro_export]
macro_rules! declare {
    ($type:ty, $scope:ident, $declaration:expr, $schema:expr) => {
        impl $crate::Declared for $type {
            const DECLARATION: $crate::Declaration = $declaration;

            fn schema() -> ::serde_json::Value {
                $schema
            }
        }

        $crate::resource!($type, $scope, <Self as $crate::Declared>::DECLARATION);
    };
}

/// A custom resource cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the custom resource {resource} is not served after {} s: {reason}", PATIENCE.as_secs())]
pub struct DefinitionError {
    resource: String,
    reason: String,
}

/// Makes the definition unless it is there, and waits until the API server serves the resource: until `objects` can be listed.
///
/// # Errors
/// [`DefinitionError`] when the API server does not serve it within five minutes.
pub async fn ensure<K: Declared>(client: &Client, objects: &Api<K>) -> Result<(), DefinitionError> {
    let definition = K::definition();
    let served = tried_for(PATIENCE, POLL, || attempt(client, &definition, objects)).await;
    served.map_err(|error| DefinitionError { resource: definition.metadata.name.unwrap_or_default(), reason: reason_of(&error) })
}

/// One look: the definition is made if it is missing, then the resource is listed, which is the proof.
async fn attempt<K: Declared>(client: &Client, definition: &CustomResourceDefinition, objects: &Api<K>) -> kube::Result<()> {
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    let name = definition.metadata.name.as_deref().unwrap_or_default();
    if definitions.get_opt(name).await?.is_none() {
        match definitions.create(&PostParams::default(), definition).await {
            Ok(_) => {}
            // Another controller was faster.
            Err(error) if is_present_already(&error) => {}
            Err(error) => return Err(error),
        }
    }
    objects.list(&ListParams::default().limit(1)).await.map(drop)
}
