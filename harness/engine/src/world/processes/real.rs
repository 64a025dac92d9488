//! The process `kube-apiserver` in front of a real server, and who watches that server for the journal.

use seatrial_journal::Border;
use seatrial_kubernetes::api::ApiServer;
use seatrial_kubernetes::client::API_SERVER;
use seatrial_kubernetes::real::{Mirror, Proxy, watch};

use super::ProcessEnvironmentError;
use crate::cluster::Cluster;
use crate::world::context::WorldContext;

/// Who watches the real server; no fault of a scenario reaches it.
const WATCHER: &str = "kubernetes-watch";

/// Starts both; the real server itself is there already.
pub(crate) fn start_real_api_server(context: &WorldContext<'_>, cluster: &Cluster) -> Result<(), ProcessEnvironmentError> {
    let upstream = cluster.upstream()?;
    let mirror = Mirror::new(context.network.journal().clone());
    watch(&context.network.process(WATCHER), &upstream.administrator, &mirror);
    let (proxy, environment) = (Proxy::new(upstream, mirror, cluster.is_anothers()), context.environment.cloned());
    context.supervisor.start("kube-apiserver", move |process| {
        process.listen(API_SERVER, Border::Kubernetes, proxy.service(), ApiServer::describe());
        if let Some(environment) = &environment {
            environment.open(API_SERVER, process);
        }
    });
    Ok(())
}
