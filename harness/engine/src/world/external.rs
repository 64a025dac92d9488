//! Drivers that were built elsewhere, as processes of the machine: each told what its descriptor says, in the words of
//! this world.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use seatrial_wires::{Identity, Process, open_socket};

use super::context::WorldContext;
use super::names::{self, CONTROLLER, CONTROLLER_SOCKET};
use super::processes::{Child, ProcessEnvironment, ProcessEnvironmentError, run_child, service_account};
use super::{ccm, csi};
use crate::external::{External, Place, Program, Words, fill};

/// Where programs of the system's are found: a driver may call mkfs.
pub(super) const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Starts its processes.
pub(super) fn start(
    context: &WorldContext<'_>,
    environment: &Arc<ProcessEnvironment>,
    external: &External,
) -> Result<(), ProcessEnvironmentError> {
    let has_a_place = |described: &Program| !described.is_node_plugin() && (context.snapshots || !described.is_of_snapshots());
    for (described, program) in external.processes().filter(|(described, _)| has_a_place(described)) {
        start_one(context, environment, external, described, program)?;
    }
    Ok(())
}

fn start_one(
    context: &WorldContext<'_>,
    environment: &Arc<ProcessEnvironment>,
    external: &External,
    described: &Program,
    program: &Place,
) -> Result<(), ProcessEnvironmentError> {
    let name = described.process.clone();
    let (mut words, socket) = (words(context, environment, &name, described)?, environment.folder_of(&name)?.join("controller.sock"));
    let served = if described.serves() { Some(environment.driver_socket(&name)?) } else { None };
    match &served {
        Some(path) => words.insert("socket", path.display().to_string()),
        None => words.insert("controller-socket", socket.display().to_string()),
    };
    let driver = format!("driver {}", external.descriptor.driver);
    if name == CONTROLLER {
        environment.awaits(&name, &driver, described.ready_within());
    }
    let child = child(environment, driver, &name, (described, program), &words)?;
    let environment = Arc::clone(environment);
    context.supervisor.start(&name.clone(), move |process: &Process| {
        match &served {
            Some(path) => csi::forward(process, CONTROLLER_SOCKET, path),
            None => {
                if let Err(error) = open_socket(process, &socket, CONTROLLER_SOCKET) {
                    return process.exit(&error.to_string());
                }
            }
        }
        run_child(&environment, process, child.clone());
    });
    Ok(())
}

/// The driver's node plugin for one node, if it brings one: what is to be started there, and served at the path `socket`.
pub(super) fn node_plugin(
    context: &WorldContext<'_>,
    environment: &ProcessEnvironment,
    node: &str,
    socket: &Path,
) -> Result<Option<Child>, ProcessEnvironmentError> {
    let Some(external) = environment.external_csi() else { return Ok(None) };
    let Some((described, program)) = external.node_plugin() else { return Ok(None) };
    let name = names::plugin(node);
    let mut words = words(context, environment, &name, described)?;
    words.insert("socket", socket.display().to_string());
    words.insert("node", node.to_owned());
    let driver = format!("driver {}", external.descriptor.driver);
    child(environment, driver, &name, (described, program), &words).map(Some)
}

/// What the placeholders of a process stand for, but for its sockets.
fn words(
    context: &WorldContext<'_>,
    environment: &ProcessEnvironment,
    name: &str,
    described: &Program,
) -> Result<Words, ProcessEnvironmentError> {
    let Identity { name: user, groups } = service_account(&described.account.namespace, &described.account.name);
    let kubeconfig = environment.kubeconfig(name, &Identity { name: user, groups })?;
    let mut words = Words::new();
    words.insert("kubeconfig", kubeconfig.display().to_string());
    words.insert("folder", environment.folder_of(name)?.display().to_string());
    words.insert("zones", context.scenario.world.topology.zone.is_some().to_string());
    words.insert("csi-configuration", csi::upstream_configuration(context));
    words.insert("ccm-configuration", ccm::configuration(context));
    Ok(words)
}

fn child(
    environment: &ProcessEnvironment,
    driver: String,
    name: &str,
    (described, program): (&Program, &Place),
    words: &Words,
) -> Result<Child, ProcessEnvironmentError> {
    for (file, content) in &described.files {
        environment.write_for(name, file, &fill(content, words))?;
    }
    let arguments: Vec<OsString> = described.arguments.iter().map(|argument| OsString::from(fill(argument, words))).collect();
    let mut variables = vec![("PATH".to_owned(), OsString::from(SYSTEM_PATH))];
    let (program, arguments, namespace) = match program {
        Place::File(path) => (path.clone(), arguments, None),
        Place::Image(image) => {
            let container = environment.container(name, image)?;
            variables.extend(container.variables().into_iter().map(|(name, value)| (name, OsString::from(value))));
            let mut command = container.command(&described.program, arguments)?.into_iter();
            (PathBuf::from(command.next().unwrap_or_default()), command.collect(), Some(container.namespace()))
        }
    };
    variables.extend(described.environment.iter().map(|(name, value)| (name.clone(), OsString::from(fill(value, words)))));
    let child = Child { driver, program, arguments, variables, namespace: None };
    Ok(match namespace {
        Some(namespace) => child.entering(&namespace),
        None => child,
    })
}
