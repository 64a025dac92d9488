//! Drivers that were built elsewhere, as processes of the machine: each told what its descriptor says, in the words of
//! this world.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use seatrial_scenario::DriverName;
use seatrial_wires::{Identity, Process, open_socket};

use super::context::WorldContext;
use super::names::{self, CONTROLLER, CONTROLLER_SOCKET};
use super::processes::{Child, ProcessEnvironment, ProcessEnvironmentError, run_child, service_account};
use super::{ccm, csi, liveness};
use crate::external::{External, Place, Program, Subject, Words, fill};

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
        liveness::start(context, environment, described, &name, CONTROLLER_SOCKET);
    }
    give_files(context, environment, (&name, described), &words)?;
    let (child, files) = child(environment, driver, &name, (described, program), &words)?;
    let child = match &files {
        Some(container) => child.entering(container),
        None => child,
    };
    let driver = match external.descriptor.subject {
        Subject::Csi => DriverName::Csi,
        Subject::Ccm => DriverName::Ccm,
    };
    // Sidecars have flags; variables are the driver's own.
    let told = Some(context.configurations.clone()).filter(|_| described.serves() || !described.files.is_empty());
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
        let variables = told.as_ref().map(|told| told.variables(driver)).unwrap_or_default();
        run_child(&environment, process, child.clone().told(variables));
    });
    Ok(())
}

/// A driver's node plugin: what is to be started on a node, and whose files it is among, if it comes as an image.
pub(super) struct NodePlugin {
    pub(super) child: Child,
    /// The mount namespace of the container that holds them, as a path.
    pub(super) files: Option<PathBuf>,
}

/// The driver's node plugin for one node, if it brings one; it is to serve at the path `socket`.
pub(super) fn node_plugin(
    context: &WorldContext<'_>,
    environment: &Arc<ProcessEnvironment>,
    node: &str,
    socket: &Path,
) -> Result<Option<NodePlugin>, ProcessEnvironmentError> {
    let Some(external) = environment.external_csi() else { return Ok(None) };
    let Some((described, program)) = external.node_plugin() else { return Ok(None) };
    let name = names::plugin(node);
    let mut words = words(context, environment, &name, described)?;
    words.insert("socket", socket.display().to_string());
    words.insert("node", node.to_owned());
    let driver = format!("driver {}", external.descriptor.driver);
    give_files(context, environment, (&name, described), &words)?;
    let (child, files) = child(environment, driver, &name, (described, program), &words)?;
    liveness::start(context, environment, described, &name, &names::plugin_address(node));
    Ok(Some(NodePlugin { child, files }))
}

/// The placeholders that stand for configurations.
const CSI_CONFIGURATION: &str = "csi-configuration";
const CCM_CONFIGURATION: &str = "ccm-configuration";

/// Gives a process its files, and again when the scenario changes what they say.
fn give_files(
    context: &WorldContext<'_>,
    environment: &Arc<ProcessEnvironment>,
    (name, described): (&str, &Program),
    words: &Words,
) -> Result<(), ProcessEnvironmentError> {
    if described.files.is_empty() {
        return Ok(());
    }
    let filled = |words: &Words, described: &Program| -> BTreeMap<String, String> {
        described.files.iter().map(|(file, content)| (file.clone(), fill(content, words))).collect()
    };
    environment.give(name, &filled(words, described))?;
    let now = Arc::new(Mutex::new(words.clone()));
    let told = [(CSI_CONFIGURATION, csi::upstream_configuration(context)), (CCM_CONFIGURATION, ccm::configuration(context))];
    for (placeholder, told) in told.into_iter().filter(|(placeholder, _)| mentions(described, placeholder)) {
        let (environment, network) = (Arc::clone(environment), context.network.clone());
        let (process, described, now) = (name.to_owned(), described.clone(), Arc::clone(&now));
        context.configurations.keep(name, told, move |text| {
            let mut words = now.lock().expect("nothing panics while the words are locked");
            words.insert(placeholder, text.to_owned());
            network.touch();
            environment.give(&process, &filled(&words, &described))
        });
    }
    Ok(())
}

fn mentions(described: &Program, placeholder: &str) -> bool {
    described.files.values().any(|content| content.contains(&format!("${{{placeholder}}}")))
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
    words.insert(CSI_CONFIGURATION, csi::upstream_configuration(context).text());
    words.insert(CCM_CONFIGURATION, ccm::configuration(context).text());
    Ok(words)
}

/// What is to be started; if it is in an image, the mount namespace of the container that holds its files, as a path.
fn child(
    environment: &ProcessEnvironment,
    driver: String,
    name: &str,
    (described, program): (&Program, &Place),
    words: &Words,
) -> Result<(Child, Option<PathBuf>), ProcessEnvironmentError> {
    let arguments: Vec<OsString> = described.arguments.iter().map(|argument| OsString::from(fill(argument, words))).collect();
    let mut variables = vec![("PATH".to_owned(), OsString::from(SYSTEM_PATH))];
    let (program, arguments, files) = match program {
        Place::File(path) => (path.clone(), arguments, None),
        Place::Image(image) => {
            let container = environment.container(name, image)?;
            variables.extend(container.variables().into_iter().map(|(name, value)| (name, OsString::from(value))));
            let mut command = container.command(&described.program, arguments)?.into_iter();
            (PathBuf::from(command.next().unwrap_or_default()), command.collect(), Some(container.namespace()))
        }
    };
    variables.extend(described.environment.iter().map(|(name, value)| (name.clone(), OsString::from(fill(value, words)))));
    Ok((Child { driver, program, arguments, variables, namespace: None }, files))
}
