//! From the command line to the end of the program.

use std::fs::File;
use std::io::{LineWriter, Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fake_vcenter_world::{Release, UserConfig, WorldConfig};
use seatrial_journal::LinesSink;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use crate::arguments::Arguments;
use crate::certificate::Certificate;
use crate::counts::Counts;
use crate::error::{Exit, ProgramError};
use crate::inventory;
use crate::ready::shell_lines;
use crate::record::Delays;
use crate::running::{RunningVCenter, ServeOptions};

/// The file name that means the standard output.
const STANDARD_OUTPUT: &str = "-";

/// Where the journal's first write error is kept.
type WriteError = Arc<Mutex<Option<std::io::Error>>>;

/// Runs the program to its end; what goes wrong is said on the standard error.
pub fn run(arguments: &Arguments) -> Exit {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(serve(arguments)),
        Err(source) => Err(ProgramError::System { what: "the runtime", source }),
    };
    match outcome {
        Ok(()) => Exit::Ended,
        Err(error) => {
            eprintln!("fake-vcenter: {error}");
            error.exit()
        }
    }
}

async fn serve(arguments: &Arguments) -> Result<(), ProgramError> {
    if let Some((flag, help)) = arguments.elsewhere.first() {
        return Err(flag_error(flag, "vcsim has it, this vCenter does not", help));
    }
    let config = config(arguments)?;
    let address = address(&arguments.listen)?;
    let user = config.users.last().cloned().unwrap_or_else(|| UserConfig::administrator("", ""));
    let certificate = certificate(arguments, address)?;
    if let (Some(path), Some(certificate)) = (&arguments.ca_file, &certificate) {
        write(path, &certificate.trust_pem)?;
    }
    let delays = delays(arguments)?;
    let (clock, journal) = RunningVCenter::journal();
    let written = match &arguments.journal {
        None => None,
        Some(path) => {
            let file = File::create(path).map_err(|source| ProgramError::Write { path: path.clone(), source })?;
            let sink = LinesSink::new(LineWriter::new(file));
            let error = sink.error();
            journal.add_sink(sink);
            Some((path.clone(), error))
        }
    };
    let options = ServeOptions { address, certificate, delays, seed: arguments.seed };
    // Before anybody is told that it is ready, so that a signal that comes at once ends it well.
    let mut ends = Ends::prepare(arguments.stdin_exit)?;
    let running = RunningVCenter::start(config, options, clock, journal).await?;
    if !running.address.ip().is_loopback() {
        eprintln!(
            "fake-vcenter: warning: {} can be reached from other machines, and everybody knows the passwords of a fake vCenter",
            running.address
        );
    }
    let lines = shell_lines(running.address, arguments.tls, &user.name, &user.password, arguments.ca_file.as_deref());
    write(&arguments.env_file, &lines)?;
    if let Some(path) = &arguments.ready_file {
        // Whoever waits for the file finds all of it or none.
        let unfinished = path.with_added_extension("part");
        write(&unfinished, &lines)?;
        std::fs::rename(&unfinished, path).map_err(|source| ProgramError::Write { path: path.clone(), source })?;
    }
    ends.wait().await;
    drop(running);
    written.map_or(Ok(()), |(path, error)| journal_was_written(path, &error))
}

/// What ends the program.
struct Ends {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    key: Option<Arc<Notify>>,
}

impl Ends {
    fn prepare(stdin_exit: bool) -> Result<Self, ProgramError> {
        let handler = |source| ProgramError::System { what: "a signal handler", source };
        let terminate = signal(SignalKind::terminate()).map_err(handler)?;
        let interrupt = signal(SignalKind::interrupt()).map_err(handler)?;
        let key = stdin_exit.then(|| {
            let pressed = Arc::new(Notify::new());
            let press = Arc::clone(&pressed);
            // A thread of its own, which nobody waits for: reading the standard input cannot be given up.
            std::thread::spawn(move || {
                let _ = std::io::stdin().read(&mut [0]);
                press.notify_one();
            });
            pressed
        });
        Ok(Self { terminate, interrupt, key })
    }

    async fn wait(&mut self) {
        let key = self.key.clone();
        let pressed = async move {
            match key {
                Some(key) => key.notified().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            () = pressed => {}
        }
    }
}

fn journal_was_written(path: PathBuf, error: &WriteError) -> Result<(), ProgramError> {
    match error.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take() {
        Some(source) => Err(ProgramError::Write { path, source }),
        None => Ok(()),
    }
}

/// What the vCenter is built from.
fn config(arguments: &Arguments) -> Result<WorldConfig, ProgramError> {
    let mut config = match &arguments.inventory {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|source| ProgramError::ReadInventory { path: path.clone(), source })?;
            inventory::parse(&path.to_string_lossy(), &text)?
        }
        None => {
            let mut config = WorldConfig::new("fake-vcenter", Release::V8_0U3);
            let Arguments { datacenters, clusters, hosts, datastores, port_groups, vms, .. } = *arguments;
            Counts { datacenters, clusters, hosts, datastores, port_groups, vms }.fill(&mut config);
            for vm in config.inventory.datacenters.iter_mut().flat_map(|datacenter| &mut datacenter.vms) {
                vm.powered_on = arguments.autostart;
            }
            config
        }
    };
    if let Some(version) = &arguments.api_version {
        let unknown = || flag_error("--api-version", &format!("release {version} is not played"), "write 7.0.3, 8.0.3 or 9.1.0");
        config.release = inventory::release(version).ok_or_else(unknown)?;
    }
    if arguments.username.is_some() || arguments.password.is_some() {
        let first = config.users.first().cloned();
        let (name, password) = first.map(|user| (user.name, user.password)).unwrap_or_default();
        let user =
            UserConfig::administrator(arguments.username.as_deref().unwrap_or(&name), arguments.password.as_deref().unwrap_or(&password));
        config.users.retain(|known| known.name != user.name);
        if arguments.inventory.is_none() {
            config.users.clear();
        }
        config.users.push(user);
    }
    config.latency = config.latency.scaled(arguments.task_time, 100);
    Ok(config)
}

/// The address in any of the ways in which addresses are written; without a host, every interface.
fn address(written: &str) -> Result<SocketAddr, ProgramError> {
    let full = if written.starts_with(':') { format!("0.0.0.0{written}") } else { written.to_owned() };
    let mut found = full.to_socket_addrs().ok().into_iter().flatten();
    found.next().ok_or_else(|| flag_error("--listen", &format!("`{written}` is no address"), "write HOST:PORT, such as 127.0.0.1:8989"))
}

fn certificate(arguments: &Arguments, address: SocketAddr) -> Result<Option<Certificate>, ProgramError> {
    if !arguments.tls {
        return match (&arguments.tls_cert, &arguments.ca_file) {
            (None, None) => Ok(None),
            _ => Err(flag_error("--tls=false", "there is nothing to prove without TLS", "leave out --tls-cert, --tls-key and --ca-file")),
        };
    }
    if let (Some(certificate), Some(key)) = (&arguments.tls_cert, &arguments.tls_key) {
        return Certificate::from_files(certificate, key).map(Some);
    }
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    names.push(address.ip().to_string());
    names.extend(arguments.hostname.iter().cloned());
    let mut once: Vec<String> = Vec::new();
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    Certificate::of_own_authority(&once).map(Some)
}

fn delays(arguments: &Arguments) -> Result<Delays, ProgramError> {
    let mut delays = Delays { all: Duration::from_millis(arguments.delay), ..Delays::default() };
    for pair in arguments.method_delay.iter().flat_map(|pairs| pairs.split(',')) {
        let read = pair.split_once(':').and_then(|(method, delay)| Some((method.trim().to_owned(), delay.trim().parse().ok()?)));
        let Some((method, milliseconds)) = read else {
            let help = "write METHOD:MILLISECONDS, several with commas between: Login:500,CnsCreateVolume:2000";
            return Err(flag_error("--method-delay", &format!("`{pair}` is no method with a delay"), help));
        };
        delays.by_method.insert(method, Duration::from_millis(milliseconds));
    }
    Ok(delays)
}

fn write(path: &Path, text: &str) -> Result<(), ProgramError> {
    let done = if path.as_os_str() == STANDARD_OUTPUT {
        let mut output = std::io::stdout();
        output.write_all(text.as_bytes()).and_then(|()| output.flush())
    } else {
        std::fs::write(path, text)
    };
    done.map_err(|source| ProgramError::Write { path: path.to_owned(), source })
}

fn flag_error(flag: &str, reason: &str, help: &str) -> ProgramError {
    ProgramError::Flag { flag: flag.to_owned(), reason: reason.to_owned(), help: help.to_owned() }
}
