//! `networkpolicies`, `ingresses`, `ingressclasses`, `endpoints`, `endpointslices`.

use k8s_openapi::api::core::v1::Endpoints;
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::networking::v1::{Ingress, IngressClass, NetworkPolicy};
use serde_json::{Value, json};

use super::Stored;
use crate::store::status::FieldError;
use crate::store::value::{default_to, for_each, list, part, put, text};

/// `networkpolicies`
pub fn network_policies() -> Stored<NetworkPolicy> {
    Stored { default: default_policy, ..Stored::default() }
}

/// `ingresses`
pub fn ingresses() -> Stored<Ingress> {
    Stored { create: |object| put(object, &["status"], json!({"loadBalancer": {}})), validate: validate_ingress, ..Stored::default() }
}

/// `ingressclasses`
pub fn ingress_classes() -> Stored<IngressClass> {
    Stored { default: default_class, immutable: &[&["spec", "controller"]], ..Stored::default() }
}

/// `endpoints`
pub fn endpoints() -> Stored<Endpoints> {
    Stored { default: |object| for_each(object, &["subsets"], |subset| for_each(subset, &["ports"], over_tcp)), ..Stored::default() }
}

/// `endpointslices`
pub fn endpoint_slices() -> Stored<EndpointSlice> {
    Stored { default: default_slice, immutable: &[&["addressType"]], ..Stored::default() }
}

fn over_tcp(port: &mut Value) {
    default_to(port, &["protocol"], "TCP");
}

fn default_policy(policy: &mut Value) {
    for direction in ["ingress", "egress"] {
        for_each(policy, &["spec", direction], |rule| for_each(rule, &["ports"], over_tcp));
    }
    // An empty selector is every pod; the real server tells it as such.
    default_to(policy, &["spec", "podSelector"], json!({}));
    if list(policy, "/spec/policyTypes").is_empty() {
        let egress = !list(policy, "/spec/egress").is_empty();
        put(policy, &["spec", "policyTypes"], if egress { json!(["Ingress", "Egress"]) } else { json!(["Ingress"]) });
    }
}

fn validate_ingress(ingress: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if part(ingress, "/spec/defaultBackend").is_null() && list(ingress, "/spec/rules").is_empty() {
        errors.push(FieldError::invalid("spec", part(ingress, "/spec"), "either `defaultBackend` or `rules` must be specified"));
    }
    for (rule_at, rule) in list(ingress, "/spec/rules").iter().enumerate() {
        for (path_at, path) in list(rule, "/http/paths").iter().enumerate() {
            let field = format!("spec.rules[{rule_at}].http.paths[{path_at}].pathType");
            match text(path, "/pathType") {
                "Exact" | "Prefix" | "ImplementationSpecific" => {}
                "" => errors.push(FieldError::required(field, "pathType must be specified")),
                _ => errors.push(FieldError::not_supported(field, part(path, "/pathType"), &["Exact", "ImplementationSpecific", "Prefix"])),
            }
        }
    }
    errors
}

fn default_class(class: &mut Value) {
    if !part(class, "/spec/parameters").is_null() {
        default_to(class, &["spec", "parameters", "scope"], "Cluster");
    }
}

fn default_slice(slice: &mut Value) {
    for_each(slice, &["ports"], |port| {
        default_to(port, &["name"], "");
        over_tcp(port);
    });
}
