//! Drivers that come as images: an engine (Docker, or one with its command line) makes a container, which holds the image's files; the
//! driver's program is started among them as a child of ours.
//!
//! What the container itself runs waits for our end ([`hold`]), and the driver enters its mount namespace, as a program enters a node's. So
//! it is a child like any other: it lives in the world's time, is killed and started again as faults say, and ends with the run. It sees the
//! image's files, the world's folder at its own path, the machine's `/proc`, and the world's network. Not as a pod would have it: the
//! image's user and working directory, rights and cgroups.
//!
//! Images are never pulled. The engine's client is told to do what a person would tell it.

mod hold;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sched::{CloneFlags, unshare};
use nix::sys::stat::Mode;
use serde::Deserialize;

/// Clients of engines, by preference.
const CLIENTS: [&str; 2] = ["docker", "podman"];
/// Where the program that holds lies in the container.
const HOLD: &str = "/.seatrial-hold";

/// Why an image cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    /// No client answers.
    #[error("failed to run image {image}: no container engine answers ({told}); start one, such as Docker, or give the driver's program")]
    NoEngine {
        /// The image.
        image: String,
        /// What was tried, and said.
        told: String,
    },
    /// Its program could not be started.
    #[error("failed to run image {image}: this process lacks the right to enter a container's mount namespace (root)")]
    NoRight {
        /// The image.
        image: String,
    },
    /// The engine refuses.
    #[error("failed to {what} image {image}: {told}; images are not pulled: load or import it first")]
    Refused {
        /// The image.
        image: String,
        /// What was asked for.
        what: &'static str,
        /// What the engine said.
        told: String,
    },
    /// What it answers cannot be read.
    #[error("failed to read what the engine says of image {image}: {source}")]
    Answer {
        /// The image.
        image: String,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// The image has no program of its own.
    #[error("image {image} has no entrypoint and no command; write `program` into the descriptor, a path in the image")]
    NoProgram {
        /// The image.
        image: String,
    },
    /// A file for the container cannot be made.
    #[error("failed to make {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What stood in the way.
        source: io::Error,
    },
}

/// What an image says of its program.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Config {
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    env: Option<Vec<String>>,
}

/// A container that holds the files of an image, until it is dropped or this process ends.
#[derive(Debug)]
pub(crate) struct Container {
    image: String,
    engine: &'static str,
    id: String,
    process: u32,
    config: Config,
    /// The pipe's end that keeps it.
    _open: File,
}

/// What machines lack for images, in words; nothing where an engine answers.
pub fn missing() -> Option<String> {
    may_enter("").and_then(|()| engine("")).err().map(|error| error.to_string())
}

/// Whether programs can be started in a container's mount namespace, as one of this process's own tells.
fn may_enter(image: &str) -> Result<(), ContainerError> {
    let may = std::thread::spawn(|| unshare(CloneFlags::CLONE_FS | CloneFlags::CLONE_NEWNS).is_ok()).join();
    if may.unwrap_or(false) { Ok(()) } else { Err(ContainerError::NoRight { image: image.to_owned() }) }
}

/// The first engine that answers.
fn engine(image: &str) -> Result<&'static str, ContainerError> {
    let mut told = Vec::new();
    for client in CLIENTS {
        match Command::new(client).arg("info").output() {
            Ok(output) if output.status.success() => return Ok(client),
            Ok(output) => told.push(format!("{client}: {}", last_line(&output.stderr))),
            Err(error) => told.push(format!("{client}: {error}")),
        }
    }
    Err(ContainerError::NoEngine { image: image.to_owned(), told: told.join("; ") })
}

fn last_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().lines().last().unwrap_or_default().to_owned()
}

impl Container {
    /// Makes one; it sees `world` at its own path, and keeps two files of its own in `folder` below that.
    pub(crate) fn hold(image: &str, world: &Path, folder: &Path) -> Result<Self, ContainerError> {
        may_enter(image)?;
        let engine = engine(image)?;
        let ask = |what: &'static str, arguments: &[&str]| ask(engine, image, what, arguments);
        let config = ask("look at", &["image", "inspect", "--format", "{{json .Config}}", image])?;
        let config = serde_json::from_str(&config).map_err(|source| ContainerError::Answer { image: image.to_owned(), source })?;
        let (open, program) = pipe_and_program(folder)?;
        let (seen, held) = (format!("{0}:{0}", world.display()), format!("{}:{HOLD}:ro", program.display()));
        let fixed =
            ["run", "--detach", "--rm", "--pull", "never", "--pid", "host", "--network", "none", "--user", "0", "--entrypoint", HOLD];
        let mounts = ["--label", "seatrial", "--volume", &seen, "--volume", &held, image];
        let id = ask("run", &[&fixed[..], &mounts].concat())?;
        let process = ask("look at the container of", &["inspect", "--format", "{{.State.Pid}}", &id])?;
        let process = process.parse().map_err(|error| ContainerError::Refused {
            image: image.to_owned(),
            what: "find the process of",
            told: format!("{process:?}: {error}"),
        })?;
        Ok(Self { image: image.to_owned(), engine, id, process, config, _open: open })
    }

    /// The mount namespace, as a path.
    pub(crate) fn namespace(&self) -> PathBuf {
        Path::new("/proc").join(self.process.to_string()).join("ns/mnt")
    }

    /// What is called in it: the program that is named, or the image's, with these arguments, or the image's.
    pub(crate) fn command(&self, program: &str, arguments: Vec<OsString>) -> Result<Vec<OsString>, ContainerError> {
        let (entrypoint, usual) = (self.config.entrypoint.clone().unwrap_or_default(), self.config.cmd.clone().unwrap_or_default());
        let program = if program.is_empty() { entrypoint } else { vec![program.to_owned()] };
        let usual = if arguments.is_empty() { usual } else { Vec::new() };
        let command: Vec<OsString> = program.into_iter().chain(usual).map(OsString::from).chain(arguments).collect();
        if command.is_empty() { Err(ContainerError::NoProgram { image: self.image.clone() }) } else { Ok(command) }
    }

    /// The image's own variables.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        let variables = self.config.env.iter().flatten().filter_map(|variable| variable.split_once('='));
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // Where the engine does not answer any more, the closed pipe ends it.
        let _ = Command::new(self.engine).args(["rm", "--force", &self.id]).output();
    }
}

/// The pipe that keeps a container while we have it open, and the program that waits for its end.
fn pipe_and_program(folder: &Path) -> Result<(File, PathBuf), ContainerError> {
    let (pipe, program) = (folder.join("hold.pipe"), folder.join("hold"));
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ContainerError::File { path, source }
    };
    nix::unistd::mkfifo(&pipe, Mode::S_IRUSR | Mode::S_IWUSR).map_err(io::Error::from).map_err(failed(&pipe))?;
    let open = File::options().read(true).write(true).open(&pipe).map_err(failed(&pipe))?;
    std::fs::write(&program, hold::program(pipe.as_os_str().as_bytes())).map_err(failed(&program))?;
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).map_err(failed(&program))?;
    Ok((open, program))
}

/// Asks the engine; answers what it prints.
fn ask(engine: &str, image: &str, what: &'static str, arguments: &[&str]) -> Result<String, ContainerError> {
    let refused = |told: String| ContainerError::Refused { image: image.to_owned(), what, told };
    let output = Command::new(engine).args(arguments).output().map_err(|error| refused(error.to_string()))?;
    if !output.status.success() {
        return Err(refused(last_line(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
