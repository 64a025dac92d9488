//! What the API server forbids, said at once and once: who may not do what, and which rule would allow it.
//!
//! A driver tries again, for a right can be given while it waits; without a word it would only be slow. The layer lies under
//! kube's client, so it hears of every call, watches included.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::{Response, StatusCode};
use serde::Deserialize;
use tower::ServiceExt;

use crate::http_service::{Body, BoxError, HttpService, body_from, collect_body};
use crate::{Host, kubernetes_client};

/// Something that an account may not do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Forbidden {
    /// The account, `system:serviceaccount:vmware-system-csi:csi-controller`.
    pub user: String,
    /// `list`
    pub verb: String,
    /// `csinodetopologies`, `nodes/status`
    pub resource: String,
    /// `cns.vmware.com`; empty for the core.
    pub group: String,
    /// The namespace; `None` for the whole cluster.
    pub namespace: Option<String>,
}

impl Forbidden {
    /// Reads what the API server says of it: `nodes is forbidden: User "u" cannot list resource "nodes" in API group "" at the
    /// cluster scope`. `None` for what an admission plugin forbids, which no role would allow.
    pub fn parse(message: &str) -> Option<Self> {
        let (user, rest) = message.split_once("User \"")?.1.split_once("\" cannot ")?;
        let (verb, rest) = rest.split_once(" resource \"")?;
        let (resource, rest) = rest.split_once("\" in API group \"")?;
        let (group, place) = rest.split_once("\" ")?;
        let namespace = place.strip_prefix("in the namespace \"").and_then(|rest| rest.split_once('"')).map(|(name, _)| name.to_owned());
        let [user, verb, resource, group] = [user, verb, resource, group].map(str::to_owned);
        Some(Self { user, verb, resource, group, namespace })
    }
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { user, verb, resource, group, namespace } = self;
        let whole = if group.is_empty() { resource.clone() } else { format!("{resource} of {group}") };
        let place = namespace.as_ref().map_or_else(|| "in the cluster".to_owned(), |namespace| format!("in the namespace {namespace}"));
        let role = if namespace.is_some() { "a Role there or a ClusterRole" } else { "a ClusterRole" };
        write!(
            f,
            "{user} may not {verb} {whole} {place}: bind it to {role} with the rule {{apiGroups: [\"{group}\"], resources: [{resource}], verbs: [{verb}]}}"
        )
    }
}

#[derive(Deserialize)]
struct Status {
    message: String,
}

/// A Kubernetes client that says in the host's log what it is forbidden, each thing once. `role` is where the rules stand that
/// the program is delivered with: `ClusterRole vsphere-csi-controller`.
pub fn reporting_kubernetes_client(service: HttpService, host: Arc<dyn Host>, role: &'static str) -> kube::Client {
    let told = Arc::new(Mutex::new(BTreeSet::new()));
    let service = service.and_then(move |response: Response<Body>| {
        let (host, told) = (Arc::clone(&host), Arc::clone(&told));
        async move {
            if response.status() != StatusCode::FORBIDDEN {
                return Ok::<_, BoxError>(response);
            }
            let (head, body) = response.into_parts();
            let bytes = collect_body(body).await?;
            let forbidden = serde_json::from_slice::<Status>(&bytes).ok().and_then(|status| Forbidden::parse(&status.message));
            if let Some(forbidden) = forbidden
                && told.lock().unwrap_or_else(PoisonError::into_inner).insert(forbidden.clone())
            {
                host.log(&format!("{forbidden}; {role} of its manifests has all that is needed"));
            }
            Ok(Response::from_parts(head, body_from(bytes)))
        }
    });
    kubernetes_client(HttpService::new(service))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forbidden_is_told_with_the_rule_that_allows_it() {
        let messages = [
            "nodes is forbidden: User \"u\" cannot list resource \"nodes\" in API group \"\" at the cluster scope",
            "secrets \"vc\" is forbidden: User \"system:serviceaccount:a:b\" cannot get resource \"secrets\" in API group \"\" in the namespace \"kube-system\"",
            "nodes \"n\" is forbidden: User \"u\" cannot patch resource \"nodes/status\" in API group \"\" at the cluster scope: RBAC: clusterrole.rbac.authorization.k8s.io \"x\" not found",
            "csinodetopologies.cns.vmware.com is forbidden: User \"u\" cannot watch resource \"csinodetopologies\" in API group \"cns.vmware.com\" at the cluster scope",
        ];
        let told: Vec<String> = messages.iter().map(|message| Forbidden::parse(message).expect("it is of this form").to_string()).collect();
        insta::assert_snapshot!(told.join("\n"));
        for other in ["pods \"p\" is forbidden: exceeded quota: q, requested: pods=1", "forbidden: User \"u\" cannot get path \"/\"", ""] {
            assert_eq!(Forbidden::parse(other), None, "{other}");
        }
    }
}
