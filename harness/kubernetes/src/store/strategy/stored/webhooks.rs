//! `mutatingwebhookconfigurations` and `validatingwebhookconfigurations`: kept, never asked.

use k8s_openapi::api::admissionregistration::v1::{MutatingWebhookConfiguration, ValidatingWebhookConfiguration};
use serde_json::{Value, json};

use super::Stored;
use crate::store::value::{default_to, for_each, part};

/// `mutatingwebhookconfigurations`
pub fn mutating() -> Stored<MutatingWebhookConfiguration> {
    Stored {
        default: |object| {
            for_each(object, &["webhooks"], |webhook| {
                default_webhook(webhook);
                default_to(webhook, &["reinvocationPolicy"], "Never");
            });
        },
        ..Stored::default()
    }
}

/// `validatingwebhookconfigurations`
pub fn validating() -> Stored<ValidatingWebhookConfiguration> {
    Stored { default: |object| for_each(object, &["webhooks"], default_webhook), ..Stored::default() }
}

fn default_webhook(webhook: &mut Value) {
    for (field, value) in [
        ("failurePolicy", json!("Fail")),
        ("matchPolicy", json!("Equivalent")),
        ("namespaceSelector", json!({})),
        ("objectSelector", json!({})),
        ("timeoutSeconds", json!(10)),
    ] {
        default_to(webhook, &[field], value);
    }
    for_each(webhook, &["rules"], |rule| default_to(rule, &["scope"], "*"));
    if !part(webhook, "/clientConfig/service").is_null() {
        default_to(webhook, &["clientConfig", "service", "port"], 443);
    }
}
