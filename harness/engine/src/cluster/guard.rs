//! The guard before somebody else's cluster.
//!
//! A cloud controller manager deletes each Node whose VM it does not find, and here it looks in a fake vCenter: all Nodes of
//! a real cluster would go. Our control loops act on its volumes, too. So a cluster with Nodes or PersistentVolumes that no
//! run has made is refused, unless its user has named that very context. One with control loops of its own is refused
//! always: two of each would work against each other.

use std::time::Duration;

use driver_host::HttpService;
use jiff::Timestamp;
use seatrial_kubernetes::real::MARK;
use serde_json::Value;

use super::probe::get;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How fresh a lease is whose holder lives.
const FRESH: Duration = Duration::from_secs(60);
/// How many names an error tells.
const TOLD: usize = 3;

/// Why a cluster must not be used.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// Nobody answers, or not what is needed.
    #[error("context {context} cannot be used: {reason}; mend it, or choose another with --kubeconfig and --context")]
    NoAnswer {
        /// Which.
        context: String,
        /// What came instead.
        reason: String,
    },
    /// It holds what no run has made.
    #[error(
        "context {context} has {what} that no run of seatrial made: {names}. A cloud controller manager that looks for their \
         VMs in a fake vCenter would delete them. Use an empty cluster, or say --yes-use-context {context} if all this may be lost"
    )]
    Foreign {
        /// Which context.
        context: String,
        /// Nodes or volumes.
        what: &'static str,
        /// Their names.
        names: String,
    },
    /// It has control loops.
    #[error(
        "context {context} has a {holder} at work, and seatrial brings its own: the two would work against each other; use a \
         cluster of etcd and kube-apiserver alone"
    )]
    Manned {
        /// Which context.
        context: String,
        /// Who works there.
        holder: &'static str,
    },
}

/// Looks at everything that forbids a run.
pub(super) async fn inspect(service: &HttpService, context: &str, allowed: bool) -> Result<(), GuardError> {
    let ask = async |path: &str| {
        let no = |reason: String| GuardError::NoAnswer { context: context.to_owned(), reason };
        match tokio::time::timeout(PATIENCE, get(service, path)).await {
            Err(_) => Err(no(format!("no answer to GET {path} within {} seconds", PATIENCE.as_secs()))),
            Ok(Err(error)) => Err(no(whole(error.as_ref()))),
            Ok(Ok(answer @ (200 | 404, _))) => Ok(answer),
            Ok(Ok((code, answer))) => {
                Err(no(format!("GET {path} was answered {code}: {}", answer["message"].as_str().unwrap_or("no reason given"))))
            }
        }
    };
    for (path, what) in [("/api/v1/nodes", "Nodes"), ("/api/v1/persistentvolumes", "PersistentVolumes")] {
        let (_, list) = ask(path).await?;
        let foreign = foreign(&list);
        if !foreign.is_empty() && !allowed {
            return Err(GuardError::Foreign { context: context.to_owned(), what, names: in_short(&foreign) });
        }
    }
    for holder in ["kube-controller-manager", "kube-scheduler"] {
        let (_, lease) = ask(&format!("/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/{holder}")).await?;
        if is_held(&lease) {
            return Err(GuardError::Manned { context: context.to_owned(), holder });
        }
    }
    Ok(())
}

/// The names of what carries no mark.
fn foreign(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().into_iter().flatten();
    let unmarked = items.filter(|item| item["metadata"]["labels"][MARK].is_null());
    unmarked.filter_map(|item| item["metadata"]["name"].as_str().map(str::to_owned)).collect()
}

fn in_short(names: &[String]) -> String {
    let told = names.iter().take(TOLD).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > TOLD { format!("{told} and {} more", names.len() - TOLD) } else { told }
}

fn is_held(lease: &Value) -> bool {
    let renewed = lease["spec"]["renewTime"].as_str().and_then(|time| time.parse::<Timestamp>().ok());
    #[expect(clippy::disallowed_methods, reason = "the other cluster lives by the wall's clock")]
    let now = Timestamp::now();
    lease["spec"]["holderIdentity"].as_str().is_some_and(|holder| !holder.is_empty())
        && renewed.is_some_and(|renewed| renewed + FRESH > now)
}

/// An error with what it came from.
fn whole(error: &(dyn std::error::Error + 'static)) -> String {
    let (mut text, mut source) = (error.to_string(), error.source());
    while let Some(error) = source {
        let said = error.to_string();
        if !text.contains(&said) {
            text.push_str(&format!(": {said}"));
        }
        source = error.source();
    }
    text
}
