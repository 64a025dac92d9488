//! `seatrial up`: starts a scenario's world, says how to reach it, and stays until Ctrl-C.

use std::path::{Path, PathBuf};

use seatrial_engine::{Mode, Processes, RunSpec, RunningVCenter, RunningWorld, RunningWorldError, Time, prepare, stay};

use crate::Surroundings;
use crate::exit::Exit;
use crate::interrupt::interrupted;
use crate::kubernetes::KubernetesArguments;
use crate::output::{fail, say};
use crate::subjects::DriverChoice;

/// Which world, and how.
#[derive(Debug, clap::Args)]
pub struct UpArguments {
    /// The scenario whose `world` is started; its steps are not made.
    #[arg(value_name = "FILE")]
    scenario: PathBuf,
    #[command(flatten)]
    drivers: DriverChoice,
    /// What ids and names grow from.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    kubernetes: KubernetesArguments,
    /// Writes the journal there, as lines of JSON.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
}

/// Starts the world and stays.
pub fn up(arguments: &UpArguments, around: &Surroundings) -> Exit {
    let spec = match spec(arguments) {
        Ok(spec) => spec,
        Err(error) => return fail(&error, Exit::BadInput),
    };
    let subjects = match arguments.drivers.find(around.folders.clone()) {
        Ok(subjects) => subjects,
        Err((why, exit)) => return fail(&why, exit),
    };
    let kubernetes = match arguments.kubernetes.find(around.variable) {
        Ok(kubernetes) => kubernetes,
        Err((why, exit)) => return fail(&why, exit),
    };
    let processes = Processes { time: Time::Wall, program: around.program.clone(), subjects, kubernetes };
    let spec = RunSpec { mode: Mode::Processes(processes), journal: arguments.journal.clone(), ..spec };
    let ready = |running: &RunningWorld| {
        // Nobody can be told that nobody can be told.
        let _ = say(&table(running));
    };
    match stay(&spec, ready, interrupted) {
        Ok(()) => Exit::Passed,
        Err(error @ RunningWorldError::Virtual) => fail(&error.to_string(), Exit::Internal),
        Err(error) => fail(&error.to_string(), Exit::Environment),
    }
}

fn spec(arguments: &UpArguments) -> Result<RunSpec, String> {
    let file = &arguments.scenario;
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| format!("failed to read {name}: {error}; name a scenario's file"))?;
    let scenario = seatrial_scenario::parse(&name, &text).map_err(|errors| errors.render(false))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let specs = prepare(&scenario, folder, arguments.seed).map_err(|errors| errors.render(false))?;
    specs.into_iter().next().ok_or_else(|| format!("{name} has no variant to start"))
}

/// Lines that a shell can eval; what runs, as comments.
fn table(running: &RunningWorld) -> String {
    let mut text = format!("export KUBECONFIG={}\n", running.kubeconfig.display());
    for (place, vcenter) in running.vcenters.iter().enumerate() {
        let url = url(vcenter);
        // govc knows one; the others are at hand by name.
        if place == 0 {
            text.push_str(&format!("export GOVC_URL='{url}' GOVC_TLS_CA_CERTS={}\n", vcenter.ca_file.display()));
        }
        text.push_str(&format!("export GOVC_URL_{}='{url}'\n", vcenter.name.to_uppercase().replace('-', "_")));
    }
    let variable = |process: &String| -> String {
        process.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' }).collect()
    };
    for (process, socket) in &running.sockets {
        text.push_str(&format!("export {}=unix://{}\n", variable(process), socket.display()));
    }
    for (process, program) in &running.path_checks {
        text.push_str(&format!("export {}_CHECK_PATH={}\n", variable(process), program.display()));
    }
    if let Some(socket) = running.kubernetes {
        text.push_str(&format!("# kube-apiserver  https://{socket}\n"));
    }
    for process in &running.processes {
        text.push_str(&format!("# {process}\n"));
    }
    text.push_str("# ready; Ctrl-C ends it\n");
    text
}

fn url(vcenter: &RunningVCenter) -> String {
    let socket = vcenter.socket.map(|socket| socket.to_string()).unwrap_or_default();
    format!("https://{}:{}@{socket}/sdk", escaped(&vcenter.user), escaped(&vcenter.password))
}

/// What stands in a URL's user part.
fn escaped(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
