//! The bindings of RBAC, which keep the role that they name.
//!
//! Not modelled: aggregation of cluster roles, the escalation check (who may write roles may write any).

use k8s_openapi::api::rbac::v1::{ClusterRoleBinding, RoleBinding};
use serde_json::Value;

use super::{Decoded, Strategy, typed};
use crate::store::status::FieldError;
use crate::store::value::default_to;

/// `rolebindings` and `clusterrolebindings`
pub struct Bindings {
    /// Whether they bind in the whole cluster.
    pub cluster: bool,
}

impl Strategy for Bindings {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        if self.cluster { typed::<ClusterRoleBinding>(object) } else { typed::<RoleBinding>(object) }
    }

    fn default(&self, object: &mut Value) {
        default_to(object, &["roleRef", "apiGroup"], "rbac.authorization.k8s.io");
        for subject in object.get_mut("subjects").and_then(Value::as_array_mut).into_iter().flatten() {
            let group = if subject["kind"] == "ServiceAccount" { "" } else { "rbac.authorization.k8s.io" };
            if !group.is_empty() {
                default_to(subject, &["apiGroup"], group);
            }
        }
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        if object["roleRef"] == old["roleRef"] {
            return Vec::new();
        }
        vec![FieldError::invalid("roleRef", &object["roleRef"], "cannot change roleRef")]
    }
}
