//! Drivers that come as images: an engine (Docker, or one with its command line) makes a container, which holds the image's files; the
//! driver's program is started among them as a child of ours.
//!
//! What the container itself runs waits for our end ([`hold`]), and the driver enters its mount namespace, as a program enters a node's. So
//! it is a child like any other: it lives in the world's time, is killed and started again as faults say, and ends with the run. It sees the
//! image's files, the world's folder at its own path, the machine's `/proc`, and the world's network. Not as a pod would have it: the
//! image's user and working directory, rights and cgroups.
//!
//! Images are never pulled: a container is made of an image that is there, by its digest.

mod engine;
mod hold;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::sched::{CloneFlags, unshare};
use nix::sys::stat::Mode;
use testcontainers::bollard::models::ImageConfig;
use testcontainers::{ContainerAsync, GenericImage, TestcontainersError, bollard};

/// Why an image cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    /// No engine answers.
    #[error(
        "failed to run image {image}: no container engine answers ({}); start one, such as Docker, or give the driver's program",
        chain(&**source)
    )]
    NoEngine {
        /// The image.
        image: String,
        /// What stood in the way.
        source: Box<TestcontainersError>,
    },
    /// Nobody can ask it.
    #[error("failed to ask a container engine: this process cannot start a thread for it ({kind})")]
    NoThread {
        /// What the machine said.
        kind: io::ErrorKind,
    },
    /// Its program could not be started.
    #[error("failed to run image {image}: this process lacks the right to enter a container's mount namespace (root)")]
    NoRight {
        /// The image.
        image: String,
    },
    /// The engine does not tell of it.
    #[error("failed to look at image {image}: {}; images are not pulled: load or import it first", chain(&**source))]
    Look {
        /// The image.
        image: String,
        /// What the engine said.
        source: Box<bollard::errors::Error>,
    },
    /// The engine does not start a container.
    #[error("failed to start a container of image {image}: {}", chain(&**source))]
    Start {
        /// The image.
        image: String,
        /// What the engine said.
        source: Box<TestcontainersError>,
    },
    /// The container has ended already.
    #[error("failed to find the process of image {image}'s container: it has ended")]
    NoProcess {
        /// The image.
        image: String,
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

/// An error and what is behind it, each thing said once: what stood in the way of a connection is told by the last.
fn chain(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        let more = error.to_string();
        if !told.contains(&more) {
            told = format!("{told}: {more}");
        }
        behind = error.source();
    }
    told
}

/// A container that holds the files of an image, until it is dropped or this process ends.
#[derive(Debug)]
pub(crate) struct Container {
    image: String,
    process: u32,
    config: ImageConfig,
    /// Only gone while it is dropped.
    held: Option<ContainerAsync<GenericImage>>,
    /// The pipe's end that keeps it.
    _open: File,
}

/// What machines lack for images, in words; nothing where an engine answers.
pub fn missing() -> Option<String> {
    let answers = || engine::ask(async { engine::engine("").await.map(drop) })?;
    may_enter("").and_then(|()| answers()).err().map(|error| error.to_string())
}

/// Whether programs can be started in a container's mount namespace, as one of this process's own tells.
fn may_enter(image: &str) -> Result<(), ContainerError> {
    let may = std::thread::spawn(|| unshare(CloneFlags::CLONE_FS | CloneFlags::CLONE_NEWNS).is_ok()).join();
    if may.unwrap_or(false) { Ok(()) } else { Err(ContainerError::NoRight { image: image.to_owned() }) }
}

impl Container {
    /// Makes one; it sees `world` at its own path, and keeps two files of its own in `folder` below that.
    pub(crate) fn hold(image: &str, world: &Path, folder: &Path) -> Result<Self, ContainerError> {
        may_enter(image)?;
        let (open, program) = pipe_and_program(folder)?;
        let (image, world) = (image.to_owned(), world.to_owned());
        engine::ask(async move {
            let engine = engine::engine(&image).await?;
            let told = engine::look(&engine, &image).await?;
            let digest = told.id.unwrap_or_else(|| image.clone());
            let held = engine::start(&image, &digest, &world, &program).await?;
            let process = engine::process(&engine, &image, held.id()).await?;
            Ok(Self { image, process, config: told.config.unwrap_or_default(), held: Some(held), _open: open })
        })?
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
        let _ = self.held.take().map(|held| engine::ask(held.rm()));
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
