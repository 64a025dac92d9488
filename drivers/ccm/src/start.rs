//! Starting the controllers on a [`Host`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use driver_config::{outdated, read_file};
use driver_host::{Host, HostError, Peer, end_sessions, reporting_kubernetes_client};
use futures::future::join3;
use kubernetes_client::Announcer;
use tokio::sync::Notify;

use crate::behaviours::Behaviours;
use crate::config::{Config, ConfigError, Environment, NodesConfig};
use crate::credentials::Accounts;
use crate::election::{Election, ElectionError, announce};
use crate::kubernetes::{NodeCache, Queue, Writer};
use crate::lifecycle::LifecycleController;
use crate::node::{NodeController, listen};
use crate::pool::{CircuitBreaker, Member, VCenterPool};
use crate::timings::Timings;
use crate::vcenter::VCenterError;
use crate::vcenter::client::ClientVCenter;

/// Who writes the events.
const COMPONENT: &str = "cloud-node-controller";
const LIFECYCLE_COMPONENT: &str = "cloud-node-lifecycle-controller";

/// How the cloud controller manager is started.
#[derive(Clone, Debug)]
pub struct CcmOptions {
    /// The cloud configuration (`--cloud-config`).
    pub config_path: PathBuf,
    /// What the environment says besides.
    pub environment: Environment,
    /// The controller's own namespace: there lie the Secrets that are named without one.
    pub namespace: String,
    /// All true, unless a test changes one.
    pub behaviours: Behaviours,
    /// Upstream's, unless something else is wanted.
    pub timings: Timings,
    /// Labels that every Node gets (`--node-labels`).
    pub node_labels: BTreeMap<String, String>,
    /// How one of several replicas is chosen (`--leader-elect`); without it this is the only one, and works at once.
    pub election: Option<Election>,
}

impl Default for CcmOptions {
    fn default() -> Self {
        Self {
            config_path: "/etc/cloud/vsphere.conf".into(),
            environment: Environment::default(),
            namespace: "kube-system".to_owned(),
            behaviours: Behaviours::default(),
            timings: Timings::default(),
            node_labels: BTreeMap::new(),
            election: None,
        }
    }
}

/// Why it could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration file is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The machine cannot do what is needed.
    #[error(transparent)]
    Host(#[from] HostError),
    /// Two could lead.
    #[error(transparent)]
    Election(#[from] ElectionError),
}

impl StartError {
    /// Whether what was given is wrong, as opposed to what is around.
    pub fn is_input(&self) -> bool {
        matches!(self, Self::Config(_) | Self::Election(_) | Self::Host(HostError::Read { .. } | HostError::Absent { .. }))
    }
}

/// Why a controller manager has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its configuration file says something else than what it runs by: it is to be started again.
    Outdated,
    /// It could not renew its Lease, and does nothing any more.
    LostLead,
}

impl End {
    /// The reason, for a log.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Outdated => "its configuration is another",
            Self::LostLead => "leaderelection lost",
        }
    }
}

/// A cloud controller manager that runs, for as long as the process lives.
pub struct RunningCcm {
    pool: Arc<VCenterPool>,
    host: Arc<dyn Host>,
    /// What it runs by, and where that stands.
    config: Config,
    config_path: PathBuf,
    environment: Environment,
    behaviours: Behaviours,
    /// Told when the lead is lost.
    lost: Arc<Notify>,
}

impl RunningCcm {
    /// Comes back when it has to end.
    pub async fn over(&self) -> End {
        tokio::select! {
            biased;
            () = self.lost.notified() => End::LostLead,
            () = self.outdated() => End::Outdated,
        }
    }

    /// Comes back when the configuration file says something else than what this runs by.
    async fn outdated(&self) {
        if !self.behaviours.follow_configuration {
            return std::future::pending().await;
        }
        let file = self.config_path.display().to_string();
        outdated(&*self.host, &self.config_path, &self.config, |bytes| Config::parse(&file, bytes, &self.environment)).await;
    }

    /// Ends the sessions as far as that is possible at once, and says where one stays.
    pub async fn leave(&self) {
        let sessions = async {
            for (server, error) in self.shut_down().await {
                self.host.log(&format!("the session at {server} stays behind: {error}"));
            }
        };
        end_sessions(&*self.host, sessions).await;
    }

    /// Ends the sessions with all vCenters, so that none is left behind. Answers the servers where one stays until it has
    /// been idle long enough, and why.
    pub async fn shut_down(&self) -> Vec<(String, VCenterError)> {
        self.pool.logout().await.into_iter().map(|silent| (silent.vcenter, silent.error)).collect()
    }
}

/// Where the rules stand that the program is delivered with.
const ROLE: &str = "ClusterRole vsphere-ccm";

/// Starts the controllers. Neither Kubernetes nor any vCenter has to be up: they are waited for.
///
/// # Errors
/// [`StartError`] when the configuration is wrong, or a peer cannot be reached in principle.
pub async fn run(host: Arc<dyn Host>, options: CcmOptions) -> Result<RunningCcm, StartError> {
    options.election.as_ref().map_or(Ok(()), Election::check)?;
    let file = options.config_path.display().to_string();
    let text = read_file(&*host, &options.config_path, &options.environment)?;
    let config = Config::parse(&file, &text, &options.environment)?;
    host.log(&format!("{file} was {}", config.language));
    config.notices.iter().for_each(|notice| host.log(&format!("{file}: {notice}")));
    let client = reporting_kubernetes_client(host.connect(&Peer::Kubernetes).await?, Arc::clone(&host), ROLE);
    let mut vcenters = Vec::new();
    for vcenter in &config.vcenters {
        let accounts = Accounts::new(Arc::clone(&host), client.clone(), vcenter, &options.namespace);
        let accounts = Arc::new(accounts.in_file(&options.config_path, &options.environment));
        let connected = ClientVCenter::connect(&host, vcenter, accounts, options.timings.call, options.behaviours).await?;
        vcenters.push(connected);
    }
    let (config_path, environment, behaviours) = (options.config_path.clone(), options.environment.clone(), options.behaviours);
    let pool = pool(&host, &config, vcenters, &options);
    let (nodes, lost) = (config.nodes.clone(), Arc::new(Notify::new()));
    let CcmOptions { timings, node_labels, election, .. } = options;
    let parts = Parts { host: Arc::clone(&host), client, pool: Arc::clone(&pool), nodes, node_labels, behaviours, timings };
    match election {
        None => parts.controllers().work_apart(&host),
        Some(election) => host.spawn("leader election", Box::pin(work_when_leading(parts, election, Arc::clone(&lost)))),
    }
    Ok(RunningCcm { pool, host, config, config_path, environment, behaviours, lost })
}

/// These vCenters, which stand in the order of the configuration, as one.
fn pool(host: &Arc<dyn Host>, config: &Config, vcenters: Vec<ClientVCenter>, options: &CcmOptions) -> Arc<VCenterPool> {
    let member = |(config, vcenter): (&crate::config::VCenterConfig, ClientVCenter)| Member {
        name: config.server.clone(),
        families: config.families.clone(),
        vcenter,
        breaker: CircuitBreaker::new(&config.server, Arc::clone(host), options.timings),
    };
    let members = config.vcenters.iter().zip(vcenters).map(member).collect();
    Arc::new(VCenterPool::new(members, config.labels.clone(), options.behaviours))
}

/// What the controllers are made of, when it is time for them.
struct Parts {
    host: Arc<dyn Host>,
    client: kube::Client,
    pool: Arc<VCenterPool>,
    nodes: NodesConfig,
    node_labels: BTreeMap<String, String>,
    behaviours: Behaviours,
    timings: Timings,
}

/// The controllers; from the moment on at which there are some, nodes are watched.
struct Controllers {
    nodes: Arc<NodeController>,
    lifecycle: Arc<LifecycleController>,
}

impl Parts {
    fn controllers(&self) -> Controllers {
        let Self { host, client, behaviours, timings, .. } = self;
        let queue = Queue::new(timings.node_retry);
        let events = Arc::new(Announcer::new(client, Arc::clone(host), COMPONENT));
        let cache = NodeCache::all(host, client);
        let (listening, saying) = (queue.clone(), Arc::clone(&events));
        cache.on_change(move |delta| listen(&listening, &saying, delta));
        let writer = Writer::new(client, Arc::clone(host));
        let nodes = Arc::new(NodeController {
            host: Arc::clone(host),
            cache: cache.clone(),
            queue,
            pool: Arc::clone(&self.pool),
            writer: writer.clone(),
            events,
            nodes: self.nodes.clone(),
            extra_labels: self.node_labels.clone(),
            behaviours: *behaviours,
            timings: *timings,
        });
        let lifecycle = Arc::new(LifecycleController {
            host: Arc::clone(host),
            cache,
            pool: Arc::clone(&self.pool),
            writer,
            events: Arc::new(Announcer::new(client, Arc::clone(host), LIFECYCLE_COMPONENT)),
            behaviours: *behaviours,
            timings: *timings,
        });
        Controllers { nodes, lifecycle }
    }
}

impl Controllers {
    /// They work for as long as the process lives.
    fn work_apart(self, host: &Arc<dyn Host>) {
        host.spawn("node controller", Box::pin(Arc::clone(&self.nodes).initialise_nodes()));
        host.spawn("address refresh", Box::pin(self.nodes.refresh_addresses()));
        host.spawn("node life cycle", Box::pin(self.lifecycle.look_after_nodes()));
    }

    /// They work for as long as this is polled.
    async fn work(self) {
        join3(Arc::clone(&self.nodes).initialise_nodes(), self.nodes.refresh_addresses(), self.lifecycle.look_after_nodes()).await;
    }
}

/// Works from the moment on at which this replica leads, and stops at once when it does no more.
async fn work_when_leading(parts: Parts, election: Election, lost: Arc<Notify>) {
    let Parts { host, client, behaviours, .. } = &parts;
    if !behaviours.lead_before_working {
        parts.controllers().work_apart(host);
    }
    let leader = election.candidate(host, client, behaviours.take_over_expired_leases).lead().await;
    announce(host, client, &leader).await;
    let work = async {
        if behaviours.lead_before_working {
            parts.controllers().work().await;
        }
        std::future::pending::<()>().await;
    };
    let mut work = Box::pin(work);
    tokio::select! {
        biased;
        () = leader.keep() => {}
        () = &mut work => {}
    }
    if behaviours.end_without_lead {
        drop(work);
        lost.notify_one();
    } else {
        work.await;
    }
}
