//! `seatrial up`: starts a scenario's world, says how to reach it, and stays until Ctrl-C; or runs one client in it.

use std::ffi::OsString;
use std::fs::File;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use seatrial_clock::{Ending, Program};
use seatrial_engine::{
    Kubernetes, Mode, Processes, Processors, RunSpec, RunningVCenter, RunningWorld, RunningWorldError, Time, prepare_in, run_client, stay,
};

use crate::builtin;
use crate::devices::DevicesArguments;
use crate::exit::Exit;
use crate::interrupt::interrupted;
use crate::kubernetes::KubernetesArguments;
use crate::output::{fail, say};
use crate::subjects::DriverChoice;
use crate::surroundings::Surroundings;

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
    devices: DevicesArguments,
    #[command(flatten)]
    kubernetes: KubernetesArguments,
    /// Writes the journal there, as lines of JSON.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// After `--`: a client that is run in the world once it has settled, and lives in its time; the world ends with it.
    /// Without one the world stays, by the wall's clock.
    #[arg(last = true, value_name = "CLIENT")]
    client: Vec<OsString>,
}

/// Starts the world and stays, or runs a client in it; then the client's status is the command's.
pub fn up(arguments: &UpArguments, around: &Surroundings) -> ExitCode {
    let subjects = match arguments.drivers.find(around.folders.clone()) {
        Ok(subjects) => subjects,
        Err((why, exit)) => return fail(&why, exit).into(),
    };
    let kubernetes = match arguments.kubernetes.find(around.variable) {
        Ok(kubernetes) => kubernetes,
        Err((why, exit)) => return fail(&why, exit).into(),
    };
    let devices = match arguments.devices.find() {
        Ok(devices) => devices,
        Err((why, exit)) => return fail(&why, exit).into(),
    };
    let time = match arguments.client.first() {
        None => Time::Wall,
        Some(_) if matches!(kubernetes, Kubernetes::Existing(_)) => return fail(REAL_IN_VIRTUAL, Exit::BadInput).into(),
        Some(_) => Time::World(Processors::default()),
    };
    let processes = Processes { time, program: around.program.clone(), subjects, kubernetes, devices };
    let spec = match spec(arguments, &Mode::Processes(processes)) {
        Ok(spec) => RunSpec { journal: arguments.journal.clone(), ..spec },
        Err(error) => return fail(&error, Exit::BadInput).into(),
    };
    match arguments.client.split_first() {
        None => remain(&spec).into(),
        Some((program, arguments)) => accompany(&spec, around, program, arguments),
    }
}

const REAL_IN_VIRTUAL: &str = "a client runs in the world's time, and a cluster that is there already by the wall's; say --kubernetes assets, or \
     run the client yourself beside a world that stays";

fn remain(spec: &RunSpec) -> Exit {
    let ready = |running: &RunningWorld| {
        // Nobody can be told that nobody can be told.
        let _ = say(&table(running));
    };
    match stay(spec, ready, interrupted) {
        Ok(()) => Exit::Passed,
        Err(error @ RunningWorldError::Virtual) => fail(&error.to_string(), Exit::Internal),
        Err(error) => fail(&error.to_string(), Exit::Environment),
    }
}

/// Runs a client that is told of the world by variables, beside those that this command has.
fn accompany(spec: &RunSpec, around: &Surroundings, program: &OsString, arguments: &[OsString]) -> ExitCode {
    let client = |running: &RunningWorld| {
        let world = variables(running).into_iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        Program {
            arguments: arguments.to_vec(),
            environment: around.environment.iter().cloned().chain(world).collect(),
            stdout: same(std::io::stdout()),
            stderr: same(std::io::stderr()),
            ..Program::new(program)
        }
    };
    match run_client(spec, client) {
        Ok(Ending::Exited(status)) => ExitCode::from(u8::try_from(status).unwrap_or(u8::MAX)),
        Ok(ending @ Ending::Killed(signal)) => {
            let _ = fail(&format!("{} {ending}", program.display()), Exit::Environment);
            // As a shell tells it.
            ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX))
        }
        Err(error) => fail(&error.to_string(), Exit::Environment).into(),
    }
}

/// A stream of ours as a file of the client's.
fn same(stream: impl AsFd) -> Option<File> {
    stream.as_fd().try_clone_to_owned().ok().map(File::from)
}

fn spec(arguments: &UpArguments, mode: &Mode) -> Result<RunSpec, String> {
    let file = &arguments.scenario;
    let name = file.display().to_string();
    let text = builtin::read(file).map_err(|error| format!("failed to read {name}: {error}; name a scenario's file"))?;
    let scenario = seatrial_scenario::parse_in(&name, &text, &builtin::beside(file)).map_err(|errors| errors.render(false))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let specs = prepare_in(&scenario, folder, &builtin::read, arguments.seed, mode).map_err(|errors| errors.render(false))?;
    specs.into_iter().next().ok_or_else(|| format!("{name} has no variant to start"))
}

/// What a client is told, as variables.
fn variables(running: &RunningWorld) -> Vec<(String, String)> {
    let mut variables = vec![("KUBECONFIG".to_owned(), running.kubeconfig.display().to_string())];
    for (place, vcenter) in running.vcenters.iter().enumerate() {
        // govc knows one; the others are at hand by name.
        if place == 0 {
            variables.push(("GOVC_URL".to_owned(), url(vcenter)));
            variables.push(("GOVC_TLS_CA_CERTS".to_owned(), vcenter.ca_file.display().to_string()));
        }
        variables.push((format!("GOVC_URL_{}", vcenter.name.to_uppercase().replace('-', "_")), url(vcenter)));
    }
    let variable = |process: &String| -> String {
        process.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' }).collect()
    };
    let sockets = running.sockets.iter().map(|(process, socket)| (variable(process), format!("unix://{}", socket.display())));
    variables.extend(sockets);
    let checks = running.path_checks.iter();
    variables.extend(checks.map(|(process, program)| (format!("{}_CHECK_PATH", variable(process)), program.display().to_string())));
    variables
}

/// Lines that a shell can eval; what runs, as comments.
fn table(running: &RunningWorld) -> String {
    let mut text: String = variables(running).into_iter().map(|(name, value)| format!("export {name}='{value}'\n")).collect();
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
