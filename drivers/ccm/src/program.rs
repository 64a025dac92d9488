//! The cloud controller manager as a program: takes upstream's flags, and runs until it is asked to end.
//! `vsphere-ccm` is this; `seatrial driver ccm` is this too.
//!
//! Flags of upstream that have no meaning here are taken and change nothing, so that its manifests start it unchanged; the
//! log names them.
//!
//! Exit codes: 0 after SIGTERM or SIGINT, 2 when what was given is wrong, 3 when what is around fails, the lead among it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Environment;
use crate::election::Election;
use crate::start::{CcmOptions, End, run};
use crate::timings::Timings;
use clap::Parser;
use driver_host::os::{OperatingSystem, program};
use driver_host::{Host, go};

/// Initialises nodes of vSphere, keeps their addresses, and deletes those whose machine is gone.
#[derive(Debug, Parser)]
#[command(name = "vsphere-cloud-controller-manager", version, disable_help_subcommand = true)]
pub struct Arguments {
    /// The cloud configuration, in YAML or INI
    #[arg(long, value_name = "FILE", default_value = "/etc/cloud/vsphere.conf")]
    cloud_config: PathBuf,
    /// How the API server is reached, outside of a pod
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// The cloud provider; there is one
    #[arg(long, default_value = "vsphere", value_parser = ["vsphere"])]
    cloud_provider: String,
    /// The namespace of Secrets that the configuration names without one
    #[arg(long, default_value = "kube-system")]
    namespace: String,
    /// Labels that every node gets
    #[arg(long, value_name = "KEY=VALUE,…", value_parser = labels, default_value = "")]
    node_labels: Labels,
    /// Between two looks at nodes that are not ready
    #[arg(long, value_parser = duration, default_value = "5s")]
    node_monitor_period: Duration,
    /// Between two reads of all nodes' addresses
    #[arg(long, value_parser = duration, default_value = "5m")]
    node_status_update_frequency: Duration,
    #[command(flatten)]
    election: ElectionArguments,
    #[command(flatten)]
    idle: Idle,
}

/// How one of several replicas is chosen.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Leader election")]
struct ElectionArguments {
    /// Whether this works only while it holds a Lease, as it must where there are several replicas
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    leader_elect: bool,
    /// A Lease that has not changed for so long may be taken
    #[arg(long, value_parser = duration, default_value = "15s")]
    leader_elect_lease_duration: Duration,
    /// A leader that could not renew its Lease for so long stops
    #[arg(long, value_parser = duration, default_value = "10s")]
    leader_elect_renew_deadline: Duration,
    /// Between two tries
    #[arg(long, value_parser = duration, default_value = "2s")]
    leader_elect_retry_period: Duration,
    /// What is held; there is one
    #[arg(long, default_value = "leases", value_parser = ["leases"])]
    leader_elect_resource_lock: String,
    /// The Lease's name
    #[arg(long, value_name = "NAME", default_value = "cloud-controller-manager")]
    leader_elect_resource_name: String,
    /// The Lease's namespace
    #[arg(long, value_name = "NAMESPACE", default_value = "kube-system")]
    leader_elect_resource_namespace: String,
}

impl ElectionArguments {
    /// The election, if there is to be one.
    fn election(self, name: String) -> Option<Election> {
        self.leader_elect.then_some(Election {
            namespace: self.leader_elect_resource_namespace,
            lease: self.leader_elect_resource_name,
            name,
            lease_duration: self.leader_elect_lease_duration,
            renew_deadline: self.leader_elect_renew_deadline,
            retry_period: self.leader_elect_retry_period,
        })
    }
}

/// What this replica is called: as its pod is, which containers are told, or its machine.
fn replica_name(host: &dyn Host, environment: &Environment) -> String {
    let machine = || String::from_utf8(host.read_file(Path::new("/proc/sys/kernel/hostname")).ok()?).ok();
    let name = environment.get("HOSTNAME").map(str::to_owned).filter(|name| !name.is_empty()).or_else(machine);
    name.map_or_else(|| "cloud-controller-manager".to_owned(), |name| name.trim().to_owned())
}

/// Flags of upstream that change nothing here.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Taken from upstream, without effect")]
struct Idle {
    /// Verbosity
    #[arg(short = 'v', long = "v", value_name = "LEVEL")]
    verbosity: Option<String>,
    /// The cluster's name
    #[arg(long)]
    cluster_name: Option<String>,
    /// Which controllers run: node and node life cycle do
    #[arg(long)]
    controllers: Option<String>,
    /// How many nodes are initialised at a time: one
    #[arg(long)]
    concurrent_node_syncs: Option<String>,
    /// Requests are not authenticated: none are served
    #[arg(long)]
    authentication_kubeconfig: Option<String>,
    /// Requests are not authorized: none are served
    #[arg(long)]
    authorization_kubeconfig: Option<String>,
    /// Nothing is served
    #[arg(long)]
    bind_address: Option<String>,
    /// Nothing is served
    #[arg(long)]
    secure_port: Option<String>,
    /// One account is used for everything
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    use_service_account_credentials: Option<String>,
    /// Routes are not offered
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    allocate_node_cidrs: Option<String>,
    /// Routes are not offered
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    configure_cloud_routes: Option<String>,
    /// Routes are not offered
    #[arg(long)]
    cluster_cidr: Option<String>,
    /// There are no gates
    #[arg(long)]
    feature_gates: Option<String>,
}

impl Idle {
    /// The names of those that were given.
    fn given(&self) -> Vec<&'static str> {
        let all = [
            ("--v", self.verbosity.is_some()),
            ("--cluster-name", self.cluster_name.is_some()),
            ("--controllers", self.controllers.is_some()),
            ("--concurrent-node-syncs", self.concurrent_node_syncs.is_some()),
            ("--authentication-kubeconfig", self.authentication_kubeconfig.is_some()),
            ("--authorization-kubeconfig", self.authorization_kubeconfig.is_some()),
            ("--bind-address", self.bind_address.is_some()),
            ("--secure-port", self.secure_port.is_some()),
            ("--use-service-account-credentials", self.use_service_account_credentials.is_some()),
            ("--allocate-node-cidrs", self.allocate_node_cidrs.is_some()),
            ("--configure-cloud-routes", self.configure_cloud_routes.is_some()),
            ("--cluster-cidr", self.cluster_cidr.is_some()),
            ("--feature-gates", self.feature_gates.is_some()),
        ];
        all.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
    }
}

/// Labels, by their keys.
#[derive(Clone, Debug)]
struct Labels(BTreeMap<String, String>);

fn labels(text: &str) -> Result<Labels, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let pair = |part: &str| match part.split_once('=') {
        Some((key, _)) if key == "kubernetes.io" || key.contains("kubernetes.io/") || key.contains("k8s.io/") => {
            Err(format!("{key} is Kubernetes' own label; choose a domain of yours"))
        }
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("{part} is no label; write key=value")),
    };
    parts.map(pair).collect::<Result<_, _>>().map(Labels)
}

fn duration(text: &str) -> Result<Duration, String> {
    let read = go::duration(text).filter(|duration| !duration.is_zero());
    read.ok_or_else(|| format!("{text} is no duration; write 5s, 500ms or 1m30s"))
}

async fn run_until_stopped(arguments: Arguments, environment: Environment) -> ExitCode {
    let kubeconfig = arguments.kubeconfig.or_else(|| environment.get("KUBECONFIG").map(PathBuf::from));
    let host: Arc<dyn Host> = Arc::new(OperatingSystem { kubeconfig, ..OperatingSystem::default() });
    let idle = arguments.idle.given();
    if !idle.is_empty() {
        host.log(&format!("without effect here: {}", idle.join(", ")));
    }
    let election = arguments.election.election(replica_name(&*host, &environment));
    let options = CcmOptions {
        config_path: arguments.cloud_config,
        environment,
        namespace: arguments.namespace,
        timings: Timings {
            node_monitor: arguments.node_monitor_period,
            address_refresh: arguments.node_status_update_frequency,
            ..Timings::default()
        },
        node_labels: arguments.node_labels.0,
        election,
        ..CcmOptions::default()
    };
    match run(Arc::clone(&host), options).await {
        Ok(running) => {
            tokio::select! {
                biased;
                end = program::asked_to_end() => program::farewell(end, &*host, running.leave()).await,
                end = running.over() => match end {
                    End::Outdated => program::farewell(Ok(()), &*host, running.leave()).await,
                    End::LostLead => program::gave_up(&*host, end.reason(), running.leave()).await,
                },
            }
        }
        Err(error) => program::not_started(&*host, &error, error.is_input()),
    }
}

/// Runs until the process is asked to end; for a `main`. Of the environment, KUBECONFIG and the variables that say what the
/// configuration does are read.
pub fn start(arguments: Arguments, environment: Environment) -> ExitCode {
    program::run(run_until_stopped(arguments, environment))
}
