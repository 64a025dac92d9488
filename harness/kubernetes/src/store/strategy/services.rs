//! `services`: defaults only.
//!
//! Not modelled: allocation of cluster addresses and node ports (a service that asks for none gets none), load
//! balancers. Nothing in the harness routes by services.

use k8s_openapi::api::core::v1::Service;
use serde_json::Value;

use super::{Decoded, FieldSupport, Strategy, dotted, typed};
use crate::store::value::{default_to, for_each, part};

/// `services`
pub struct Services;

impl Strategy for Services {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<Service>(object)
    }

    fn default(&self, object: &mut Value) {
        default_to(object, &["spec", "type"], "ClusterIP");
        default_to(object, &["spec", "sessionAffinity"], "None");
        for_each(object, &["spec", "ports"], |port| {
            default_to(port, &["protocol"], "TCP");
            let number = part(port, "/port").clone();
            default_to(port, &["targetPort"], number);
        });
    }

    fn fields(&self) -> FieldSupport<'_> {
        FieldSupport::Fields(&["metadata.name", "metadata.namespace", "spec.clusterIP", "spec.type"])
    }

    fn field(&self, object: &Value, field: &str) -> Option<String> {
        dotted(object, field)
    }
}
