//! The driver's end.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use driver_host::{Machine, MachineError, Mount, MountRequest};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::words::{Ask, Reply};

/// The machine behind a socket.
#[derive(Clone, Debug)]
pub struct RemoteMachine {
    socket: PathBuf,
}

impl RemoteMachine {
    /// The machine that is served at this path; see [`super::serve_machine`].
    pub fn new(socket: impl Into<PathBuf>) -> Self {
        Self { socket: socket.into() }
    }

    async fn ask(&self, ask: Ask) -> Result<Reply, MachineError> {
        match self.exchange(&ask).await.map_err(|error| self.broke(error.to_string()))? {
            Reply::NotFound(path) => Err(MachineError::NotFound(path)),
            Reply::Busy(path) => Err(MachineError::Busy(path)),
            Reply::Failed { action, path, reason } => {
                Err(MachineError::Failed { action: "work on", path, reason: format!("failed to {action}: {reason}") })
            }
            reply => Ok(reply),
        }
    }

    async fn exchange(&self, ask: &Ask) -> std::io::Result<Reply> {
        let mut stream = UnixStream::connect(&self.socket).await?;
        let mut line = serde_json::to_vec(ask)?;
        line.push(b'\n');
        stream.write_all(&line).await?;
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).await?;
        Ok(serde_json::from_str(&answer)?)
    }

    fn broke(&self, reason: String) -> MachineError {
        MachineError::Failed { action: "reach the machine at", path: self.socket.clone(), reason }
    }

    /// An answer of another kind than was asked for.
    fn astray<T>(&self, reply: &Reply) -> Result<T, MachineError> {
        Err(self.broke(format!("it answered {reply:?}")))
    }

    async fn text(&self, ask: Ask) -> Result<String, MachineError> {
        match self.ask(ask).await? {
            Reply::Text(text) => Ok(text),
            other => self.astray(&other),
        }
    }

    async fn done(&self, ask: Ask) -> Result<(), MachineError> {
        match self.ask(ask).await? {
            Reply::Done => Ok(()),
            other => self.astray(&other),
        }
    }
}

#[async_trait]
impl Machine for RemoteMachine {
    async fn product_serial(&self) -> Result<String, MachineError> {
        self.text(Ask::ProductSerial).await
    }

    async fn product_uuid(&self) -> Result<String, MachineError> {
        self.text(Ask::ProductUuid).await
    }

    async fn disk_by_wwn(&self, wwn: &str) -> Result<Option<PathBuf>, MachineError> {
        match self.ask(Ask::DiskByWwn(wwn.to_owned())).await? {
            Reply::Path(path) => Ok(path),
            other => self.astray(&other),
        }
    }

    async fn device_size(&self, device: &Path) -> Result<u64, MachineError> {
        match self.ask(Ask::DeviceSize(device.to_owned())).await? {
            Reply::Size(size) => Ok(size),
            other => self.astray(&other),
        }
    }

    async fn filesystem_on(&self, device: &Path) -> Result<Option<String>, MachineError> {
        match self.ask(Ask::FilesystemOn(device.to_owned())).await? {
            Reply::Filesystem(found) => Ok(found),
            other => self.astray(&other),
        }
    }

    async fn make_filesystem(&self, device: &Path, fs_type: &str) -> Result<(), MachineError> {
        self.done(Ask::MakeFilesystem(device.to_owned(), fs_type.to_owned())).await
    }

    async fn rescan(&self, device: &Path) -> Result<(), MachineError> {
        self.done(Ask::Rescan(device.to_owned())).await
    }

    async fn grow_filesystem(&self, device: &Path, target: &Path) -> Result<(), MachineError> {
        self.done(Ask::GrowFilesystem(device.to_owned(), target.to_owned())).await
    }

    async fn mounts(&self) -> Result<Vec<Mount>, MachineError> {
        match self.ask(Ask::Mounts).await? {
            Reply::Mounts(mounts) => Ok(mounts),
            other => self.astray(&other),
        }
    }

    async fn mount(&self, request: MountRequest) -> Result<(), MachineError> {
        self.done(Ask::Mount(request)).await
    }

    async fn unmount(&self, target: &Path) -> Result<(), MachineError> {
        self.done(Ask::Unmount(target.to_owned())).await
    }

    async fn make_directory(&self, path: &Path) -> Result<(), MachineError> {
        self.done(Ask::MakeDirectory(path.to_owned())).await
    }

    async fn make_file(&self, path: &Path) -> Result<(), MachineError> {
        self.done(Ask::MakeFile(path.to_owned())).await
    }

    async fn remove(&self, path: &Path) -> Result<(), MachineError> {
        self.done(Ask::Remove(path.to_owned())).await
    }

    async fn exists(&self, path: &Path) -> Result<bool, MachineError> {
        match self.ask(Ask::Exists(path.to_owned())).await? {
            Reply::Exists(exists) => Ok(exists),
            other => self.astray(&other),
        }
    }

    async fn filesystem_usage(&self, path: &Path) -> Result<(u64, u64, u64), MachineError> {
        match self.ask(Ask::FilesystemUsage(path.to_owned())).await? {
            Reply::Usage(total, free, available) => Ok((total, free, available)),
            other => self.astray(&other),
        }
    }
}
