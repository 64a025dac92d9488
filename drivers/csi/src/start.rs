//! Starting the controller and the node plugin on a [`Host`].

use std::sync::Arc;
use std::time::Duration;

use csi_api::v1::controller_server::ControllerServer;
use csi_api::v1::identity_server::IdentityServer;
use csi_api::v1::node_server::NodeServer;
use driver_config::{outdated, read_file};
use driver_host::{Host, HostError, Peer, end_sessions, reporting_kubernetes_client};
use kubernetes_client::DefinitionError;
use tonic::service::Routes;

use crate::cluster_id::{ClusterIdError, cluster_id};
use crate::config::{Config, ConfigError};
use crate::controller::{Controller, Parts};
use crate::identity::Identity;
use crate::node::Node;
use crate::nodes::KubernetesNodes;
use crate::operations::KubernetesOperations;
use crate::options::{ControllerOptions, NodeOptions};
use crate::pool::VCenterPool;
use crate::topology::{Filler, NodeTopology, TopologyViews, ensure_resource};
use crate::vcenter::VCenterError;
use crate::vcenter::client::connect;

/// Why a driver could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration file is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The machine cannot do what is needed.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The records cannot be kept.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// What CNS knows the cluster by is not known.
    #[error(transparent)]
    ClusterId(#[from] ClusterIdError),
}

impl StartError {
    /// Whether what was given is wrong, as opposed to what is around.
    pub fn is_input(&self) -> bool {
        matches!(
            self,
            Self::Config(_)
                | Self::Host(HostError::Read { .. } | HostError::Absent { .. })
                | Self::ClusterId(ClusterIdError::Another { .. })
        )
    }
}

/// A controller that is being served.
pub struct RunningController {
    pool: Arc<VCenterPool>,
    host: Arc<dyn Host>,
    options: ControllerOptions,
    config: Config,
}

impl RunningController {
    /// Comes back when the configuration file says something else than what this runs by: it is to end then, and to be started again. A
    /// whole new start is the one way in which no field is forgotten, and what is under way is kept in records anyway.
    pub async fn outdated(&self) {
        if !self.options.behaviours.follow_configuration {
            return std::future::pending().await;
        }
        let path = &self.options.config_path;
        let file = path.display().to_string();
        outdated(&*self.host, path, &self.config, |bytes| Config::parse(&file, bytes, &self.options.environment)).await;
    }

    /// Ends the sessions as far as that is possible at once, and says where one stays.
    pub async fn leave(&self) {
        let sessions = async {
            if let Err(error) = self.shut_down().await {
                self.host.log(&format!("the session stays behind: {error}"));
            }
        };
        end_sessions(&*self.host, sessions).await;
    }

    /// Ends the sessions with the vCenters, so that none is left behind.
    ///
    /// # Errors
    /// The first [`VCenterError`] of a vCenter that does not answer; its session then ends by itself when it has been idle
    /// long enough.
    pub async fn shut_down(&self) -> Result<(), VCenterError> {
        let mut outcome = Ok(());
        for member in self.pool.members() {
            outcome = outcome.and(member.logout().await);
        }
        outcome
    }
}

/// Where the rules stand that the programs are delivered with.
const ROLES: &str = "ClusterRole and Role vsphere-csi-controller";
const NODE_ROLE: &str = "ClusterRole vsphere-csi-node";

/// Reads the configuration, and says what in it changes nothing. The file may be missing where the environment says all.
fn configuration(host: &dyn Host, options: &ControllerOptions) -> Result<Config, StartError> {
    let file = options.config_path.display().to_string();
    let text = read_file(host, &options.config_path, &options.environment)?;
    let config = Config::parse(&file, &text, &options.environment)?;
    config.notices.iter().for_each(|notice| host.log(&format!("{file}: {notice}")));
    Ok(config)
}

/// Between two looks for the configured datacenters of a vCenter that did not answer.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// Looks once for the configured datacenters of each vCenter, which says in the log what is not there: whoever has misspelt one
/// is told now, and not by the first claim.
async fn look_for_datacenters(pool: Arc<VCenterPool>) {
    let mut left = pool.members().to_vec();
    while !left.is_empty() {
        let mut silent = Vec::new();
        for member in left {
            if member.datastores().await.is_err() {
                silent.push(member);
            }
        }
        left = silent;
        if !left.is_empty() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

/// Starts the controller and comes back when it is served; it is served for as long as the process lives.
///
/// # Errors
/// [`StartError`] when the configuration is wrong, the endpoint cannot be bound or the records cannot be kept. A
/// vCenter that is down is no error: Probe says "not ready" until it is up.
pub async fn run_controller(host: Arc<dyn Host>, options: ControllerOptions) -> Result<(), StartError> {
    start_controller(host, options).await.map(drop)
}

/// The same, with a handle to end the session with.
///
/// # Errors
/// As [`run_controller`].
pub async fn start_controller(host: Arc<dyn Host>, options: ControllerOptions) -> Result<RunningController, StartError> {
    let config = configuration(&*host, &options)?;
    let client = reporting_kubernetes_client(host.connect(&Peer::Kubernetes).await?, Arc::clone(&host), ROLES);
    let operations = Arc::new(KubernetesOperations::new(client.clone(), &options.namespace));
    if options.behaviours.record_operation_first {
        operations.ensure(&client).await?;
    }
    ensure_resource(&client).await?;
    let cluster_id = cluster_id(&client, &options.namespace, &*host, config.cluster_id.as_deref()).await?;
    let vcenters = connect(&host, &config, &cluster_id, &options).await?;
    let pool = Arc::new(VCenterPool::new(Arc::clone(&host), vcenters, options.behaviours));
    let views = Arc::new(TopologyViews::new(config.labels.categories(), options.behaviours.report_mixed_tags));
    let (asked, drawn, kubernetes) = (Arc::clone(&pool), Arc::clone(&views), client.clone());
    Filler { host: Arc::clone(&host), pool: asked, views: drawn, client: kubernetes, behaviours: options.behaviours }.start();
    if options.behaviours.report_absent_datacenters {
        host.spawn("datacenters", Box::pin(look_for_datacenters(Arc::clone(&pool))));
    }
    let nodes = Arc::new(KubernetesNodes::new(client));
    let identity = Identity::of_controller(Arc::clone(&pool), !views.categories().is_empty(), options.behaviours);
    let parts = Parts { host: Arc::clone(&host), pool: Arc::clone(&pool), views, operations, nodes, snapshots: config.snapshots };
    let controller = Controller::new(parts, options.behaviours);
    let routes = Routes::new(IdentityServer::new(identity)).add_service(ControllerServer::new(controller));
    host.listen(&options.endpoint, routes).await?;
    host.log(&format!("controller of cluster {cluster_id} serves {}", options.endpoint));
    for account in config.vcenters.iter().filter(|_| !options.behaviours.keep_secrets) {
        host.log(&format!("{} logs in to {} with {}", account.user, account.host, account.password.reveal()));
    }
    Ok(RunningController { pool, host, options, config })
}

/// Starts the node plugin and comes back when it is served; it is served for as long as the process lives.
///
/// # Errors
/// [`StartError`] when the endpoint cannot be bound.
pub async fn run_node(host: Arc<dyn Host>, options: NodeOptions) -> Result<(), StartError> {
    let mut node = Node::new(Arc::clone(&host), options.behaviours);
    if options.topology {
        let client = reporting_kubernetes_client(host.connect(&Peer::Kubernetes).await?, Arc::clone(&host), NODE_ROLE);
        node = node.asking(NodeTopology::new(client, &options.node_name));
    }
    let routes = Routes::new(IdentityServer::new(Identity::of_node())).add_service(NodeServer::new(node));
    host.listen(&options.endpoint, routes).await?;
    host.log(&format!("node plugin of {} serves {}", options.node_name, options.endpoint));
    Ok(())
}
