//! The CSI driver as a program: reads what upstream's reads from the environment, and runs until it is asked to end.
//! `vsphere-csi` is this on the operating system; `seatrial driver csi` is this too.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `X_CSI_MODE` | `controller` or `node` |
//! | `CSI_ENDPOINT` | where to serve, `unix:///csi/csi.sock` |
//! | `VSPHERE_CSI_CONFIG` | controller: the configuration, `/etc/cloud/csi-vsphere.conf` unless set |
//! | `CSI_NAMESPACE` | controller: where records lie, `vmware-system-csi` unless set |
//! | `KUBECONFIG` | outside of a pod; a node with neither this nor a pod's surroundings says nothing of zones |
//! | `NODE_NAME` | node: the node's name in Kubernetes |
//! | `VSPHERE_USER`, `VSPHERE_PASSWORD`, … | controller: what the configuration leaves out; [`Environment`] has them all |
//!
//! Exit codes: 0 after SIGTERM or SIGINT, or when the controller's configuration has changed (whoever started it does so again), 2 when
//! what was given is wrong, 3 when what is around fails.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use crate::behaviours::Behaviours;
use crate::config::Environment;
use crate::options::{ControllerOptions, NodeOptions};
use crate::start::{RunningController, StartError, run_node, start_controller};
use driver_host::Host;
use driver_host::os::program;

/// What was given is wrong.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// A variable is missing.
    #[error("{name} is not set; set it to {example}")]
    Missing {
        /// Its name.
        name: &'static str,
        /// What it may be.
        example: &'static str,
    },
    /// There is no such mode.
    #[error("X_CSI_MODE is {0:?}; set it to controller or node")]
    Mode(String),
}

/// What is to be run.
#[derive(Clone, Debug)]
pub enum Mode {
    /// The controller.
    Controller(ControllerOptions),
    /// A node plugin.
    Node(NodeOptions),
}

/// What the environment says.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// What is to be run.
    pub mode: Mode,
    /// The kubeconfig, outside of a pod.
    pub kubeconfig: Option<PathBuf>,
}

/// Reads the surroundings.
///
/// # Errors
/// [`InputError`], naming the variable and what to set it to.
pub fn surroundings(environment: Environment) -> Result<Surroundings, InputError> {
    let variable = |name: &str| environment.get(name).map(str::to_owned);
    let required = |name, example| variable(name).ok_or(InputError::Missing { name, example });
    let mode = required("X_CSI_MODE", "controller or node")?;
    let endpoint = required("CSI_ENDPOINT", "unix:///csi/csi.sock")?;
    let kubeconfig = variable("KUBECONFIG").map(PathBuf::from);
    let mode = match mode.to_ascii_lowercase().as_str() {
        "controller" => Mode::Controller(ControllerOptions {
            config_path: variable("VSPHERE_CSI_CONFIG").unwrap_or_else(|| "/etc/cloud/csi-vsphere.conf".to_owned()).into(),
            endpoint,
            behaviours: Behaviours::default(),
            namespace: variable("CSI_NAMESPACE").unwrap_or_else(|| "vmware-system-csi".to_owned()),
            environment,
        }),
        "node" => {
            let node_name = required("NODE_NAME", "the node's name, by the downward API: spec.nodeName")?;
            // Without an API server there is nobody to ask.
            let topology = kubeconfig.is_some() || variable("KUBERNETES_SERVICE_HOST").is_some();
            Mode::Node(NodeOptions { node_name, endpoint, behaviours: Behaviours::default(), topology })
        }
        _ => return Err(InputError::Mode(mode)),
    };
    Ok(Surroundings { mode, kubeconfig })
}

async fn start(host: Arc<dyn Host>, mode: Mode) -> Result<Option<RunningController>, StartError> {
    match mode {
        Mode::Controller(options) => start_controller(host, options).await.map(Some),
        Mode::Node(options) => run_node(host, options).await.map(|()| None),
    }
}

async fn serve(mode: Mode, host: Arc<dyn Host>) -> ExitCode {
    let running = tokio::select! {
        biased;
        // A start that waits for the API server can be ended too.
        end = program::asked_to_end() => return program::farewell(end, &*host, std::future::ready(())).await,
        started = start(host.clone(), mode) => started,
    };
    match running {
        Ok(running) => {
            let end = tokio::select! {
                biased;
                end = program::asked_to_end() => end,
                () = outdated(running.as_ref()) => Ok(()),
            };
            program::farewell(end, &*host, leave(running)).await
        }
        Err(error) => program::not_started(&*host, &error, error.is_input()),
    }
}

/// Comes back when a controller's configuration is another; a node plugin has none.
async fn outdated(running: Option<&RunningController>) {
    match running {
        Some(running) => running.outdated().await,
        None => std::future::pending().await,
    }
}

/// Ends the sessions, and says where one stays.
async fn leave(running: Option<RunningController>) {
    if let Some(running) = running {
        running.leave().await;
    }
}

/// Runs until the process is asked to end; for a `main`.
pub fn run(mode: Mode, host: Arc<dyn Host>) -> ExitCode {
    program::run(serve(mode, host))
}

/// Says what is wrong with the surroundings; for a `main`.
pub fn refuse(error: &InputError) -> ExitCode {
    eprintln!("failed to start: {error}");
    ExitCode::from(program::BAD_INPUT)
}
