//! Decoding by way of a type of the typed API.
//!
//! Most of what is sent comes out of it as it went in. That is found out without building it anew, by a [`Writer`] that compares.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::writer::Writer;

/// What was sent, borrowed where decoding changes nothing of it; or the decoder's words.
pub type Decoded<'o> = Result<Cow<'o, Value>, String>;

/// Decodes what was sent as a `T`.
pub fn typed<T: Serialize + DeserializeOwned>(object: &Value) -> Decoded<'_> {
    let decoded = T::deserialize(object).map_err(|error| error.to_string())?;
    if decoded.serialize(Writer::Compare(object)).is_ok() {
        return Ok(Cow::Borrowed(object));
    }
    decoded.serialize(Writer::Build).map(Cow::Owned).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::{Node, Secret, Service};
    use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaProps;
    use serde::Deserialize;
    use serde_json::json;

    #[test]
    fn what_is_built_is_what_serde_json_builds() {
        let schema = json!({"type": "object", "multipleOf": 0.5, "maximum": 3.0, "enum": [1, "a", null, {"b": [true]}], "default": {"x": -1},
            "additionalProperties": true, "items": [{"type": "string"}, {"x-kubernetes-int-or-string": true}]});
        let secret = json!({"data": {"k": "YQ=="}, "metadata": {"creationTimestamp": "2026-01-01T00:00:00.5Z", "managedFields": [{}]}});
        let service = json!({"spec": {"ports": [{"port": 80, "targetPort": "http"}, {"port": 81, "targetPort": 8081}]}});
        assert_same::<JSONSchemaProps>(&schema);
        assert_same::<Secret>(&secret);
        assert_same::<Service>(&service);
    }

    fn assert_same<T: Serialize + DeserializeOwned>(sent: &Value) {
        let decoded = T::deserialize(sent).unwrap();
        assert_eq!(decoded.serialize(Writer::Build).unwrap(), serde_json::to_value(&decoded).unwrap());
    }

    #[test]
    fn what_comes_out_as_it_went_in_is_borrowed_and_nothing_else() {
        let node = |spec: Value| json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "labels": {"a": "b"}}, "spec": spec});
        let taint = || json!({"key": "k", "effect": "NoSchedule"});
        let table = [
            (node(json!({})), true),
            (node(json!({"podCIDR": "10.0.0.0/24", "unschedulable": true, "taints": [taint(), taint()]})), true),
            (node(json!({"podCIDR": null})), false),
            (node(json!({"other": 1})), false),
            (node(json!({"taints": [{"key": "k", "effect": "NoSchedule", "timeAdded": "2026-01-01T00:00:00.5Z"}]})), false),
            (json!({"metadata": {}}), false),
        ];
        for (sent, borrowed) in table {
            let decoded = typed::<Node>(&sent).unwrap();
            assert_eq!(matches!(decoded, Cow::Borrowed(_)), borrowed, "{sent}");
            let built = serde_json::to_value(Node::deserialize(&sent).unwrap()).unwrap();
            assert_eq!(*decoded, built);
        }
    }
}
