//! The process `kube-apiserver` in front of a real server, and who watches that server for the journal.

use seatrial_journal::Border;
use seatrial_kubernetes::api::ApiServer;
use seatrial_kubernetes::client::API_SERVER;
use seatrial_kubernetes::real::{Mirror, Proxy, watch};

use super::ShellError;
use crate::cluster::Cluster;
use crate::world::Ground;

/// Who watches the real server; no fault of a scenario reaches it.
const WATCHER: &str = "kubernetes-watch";

/// Starts both; the real server itself is there already.
pub(in crate::world) fn start_real_api_server(ground: &Ground<'_>, cluster: &Cluster) -> Result<(), ShellError> {
    let upstream = cluster.upstream()?;
    let mirror = Mirror::new(ground.network.journal().clone());
    watch(&ground.network.process(WATCHER), &upstream.administrator, &mirror);
    let (proxy, shell) = (Proxy::new(upstream, mirror, cluster.is_anothers()), ground.shell.cloned());
    ground.supervisor.start("kube-apiserver", move |process| {
        process.listen(API_SERVER, Border::Kubernetes, proxy.service(), ApiServer::describe());
        if let Some(shell) = &shell {
            shell.open(API_SERVER, process);
        }
    });
    Ok(())
}
