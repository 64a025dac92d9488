//! The machine's end.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use driver_host::{Machine, MachineError};
use seatrial_wires::{Outside, Process};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use super::words::{Ask, Reply};

/// Why a machine could not be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The socket cannot be bound.
    #[error("failed to listen on {path}: {source}")]
    Bind {
        /// Where.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
}

/// Serves `machine` at `path` for as long as `process` lives. A socket that an earlier incarnation left there goes.
///
/// # Errors
/// [`ServeError::Bind`].
pub fn serve_machine(process: &Process, machine: Arc<dyn Machine>, path: &Path) -> Result<(), ServeError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(ServeError::Bind { path: path.to_owned(), source: error });
        }
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(|source| ServeError::Bind { path: path.to_owned(), source })?;
    let server = process.clone();
    process.spawn("machine", async move {
        // An accept error is the one connection's.
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                let (machine, stream) = (Arc::clone(&machine), server.network().outside(stream));
                server.spawn("machine operation", async move {
                    // A driver that is gone needs no answer.
                    let _ = answer(stream, &*machine).await;
                });
            }
        }
    });
    Ok(())
}

async fn answer(stream: Outside<UnixStream>, machine: &dyn Machine) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let reply = carry_out(machine, serde_json::from_str(&line)?).await.unwrap_or_else(Reply::from);
    let mut bytes = serde_json::to_vec(&reply)?;
    bytes.push(b'\n');
    stream.write_all(&bytes).await
}

async fn carry_out(machine: &dyn Machine, ask: Ask) -> Result<Reply, MachineError> {
    let done = |()| Reply::Done;
    match ask {
        Ask::ProductSerial => machine.product_serial().await.map(Reply::Text),
        Ask::ProductUuid => machine.product_uuid().await.map(Reply::Text),
        Ask::DiskByWwn(wwn) => machine.disk_by_wwn(&wwn).await.map(Reply::Path),
        Ask::DeviceSize(device) => machine.device_size(&device).await.map(Reply::Size),
        Ask::FilesystemOn(device) => machine.filesystem_on(&device).await.map(Reply::Filesystem),
        Ask::MakeFilesystem(device, fs_type) => machine.make_filesystem(&device, &fs_type).await.map(done),
        Ask::Rescan(device) => machine.rescan(&device).await.map(done),
        Ask::GrowFilesystem(device, target) => machine.grow_filesystem(&device, &target).await.map(done),
        Ask::Mounts => machine.mounts().await.map(Reply::Mounts),
        Ask::Mount(request) => machine.mount(request).await.map(done),
        Ask::Unmount(target) => machine.unmount(&target).await.map(done),
        Ask::MakeDirectory(path) => machine.make_directory(&path).await.map(done),
        Ask::MakeFile(path) => machine.make_file(&path).await.map(done),
        Ask::Remove(path) => machine.remove(&path).await.map(done),
        Ask::Exists(path) => machine.exists(&path).await.map(Reply::Exists),
        Ask::FilesystemUsage(path) => {
            machine.filesystem_usage(&path).await.map(|(total, free, available)| Reply::Usage(total, free, available))
        }
    }
}
