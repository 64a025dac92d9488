//! A machine in memory: devices that hold filesystems, and mounts that are made and taken off.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use driver_host::{Host, HostError, HttpService, Machine, MachineError, Mount, MountRequest, Peer, Task};
use jiff::Timestamp;

#[derive(Default)]
pub(super) struct Contents {
    /// Filesystem by device; `None` is blank.
    pub devices: BTreeMap<PathBuf, Option<String>>,
    pub wwns: BTreeMap<String, PathBuf>,
    pub mounts: Vec<Mount>,
    pub paths: BTreeSet<PathBuf>,
    pub formatted: usize,
    pub mounted: usize,
    pub refuse_mounts: bool,
    pub serial: String,
    /// What the guest knows of the size of each device; of others a GiB.
    pub sizes: BTreeMap<PathBuf, u64>,
    /// What each disk says when it is asked for its size.
    pub grown: BTreeMap<PathBuf, u64>,
    /// How often a filesystem was made to take all of its device, by where it is mounted.
    pub filesystems_grown: BTreeMap<PathBuf, usize>,
}

/// A machine, and the host that it is.
#[derive(Clone, Default)]
pub(super) struct Lab(Arc<Mutex<Contents>>);

impl Lab {
    pub(super) fn open(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().expect("nobody panicked")
    }

    /// How many filesystems and how many mounts were made.
    pub(super) fn counts(&self) -> (usize, usize) {
        let lab = self.open();
        (lab.formatted, lab.mounted)
    }

    fn failed(action: &'static str, path: &Path, reason: &str) -> MachineError {
        MachineError::Failed { action, path: path.to_owned(), reason: reason.to_owned() }
    }
}

#[async_trait]
impl Machine for Lab {
    async fn product_serial(&self) -> Result<String, MachineError> {
        Ok(self.open().serial.clone())
    }

    async fn product_uuid(&self) -> Result<String, MachineError> {
        Err(MachineError::NotFound("product_uuid".into()))
    }

    async fn disk_by_wwn(&self, wwn: &str) -> Result<Option<PathBuf>, MachineError> {
        Ok(self.open().wwns.get(wwn).cloned())
    }

    async fn device_size(&self, device: &Path) -> Result<u64, MachineError> {
        Ok(self.open().sizes.get(device).copied().unwrap_or(1 << 30))
    }

    async fn rescan(&self, device: &Path) -> Result<(), MachineError> {
        let mut lab = self.open();
        if let Some(size) = lab.grown.get(device).copied() {
            lab.sizes.insert(device.to_owned(), size);
        }
        Ok(())
    }

    async fn grow_filesystem(&self, _device: &Path, target: &Path) -> Result<(), MachineError> {
        *self.open().filesystems_grown.entry(target.to_owned()).or_default() += 1;
        Ok(())
    }

    async fn filesystem_on(&self, device: &Path) -> Result<Option<String>, MachineError> {
        self.open().devices.get(device).cloned().ok_or_else(|| MachineError::NotFound(device.to_owned()))
    }

    async fn make_filesystem(&self, device: &Path, fs_type: &str) -> Result<(), MachineError> {
        let mut lab = self.open();
        lab.formatted += 1;
        lab.devices.insert(device.to_owned(), Some(fs_type.to_owned()));
        Ok(())
    }

    async fn mounts(&self) -> Result<Vec<Mount>, MachineError> {
        Ok(self.open().mounts.clone())
    }

    async fn mount(&self, request: MountRequest) -> Result<(), MachineError> {
        let mut lab = self.open();
        if lab.refuse_mounts {
            return Err(Self::failed("mount", &request.target, "refused"));
        }
        if !lab.paths.contains(&request.target) {
            return Err(MachineError::NotFound(request.target));
        }
        // What a bind mount shows is the mount that its source lies on, or a device node of `/dev`.
        let below = lab.mounts.iter().rfind(|mount| request.bind && mount.target == request.source).cloned();
        let (device, fs_type) = match below {
            Some(below) => (below.device, below.fs_type),
            None if request.bind => (request.source, "devtmpfs".to_owned()),
            None => (request.source, request.fs_type),
        };
        lab.mounted += 1;
        lab.mounts.push(Mount { device, target: request.target, fs_type, options: request.options });
        Ok(())
    }

    async fn unmount(&self, target: &Path) -> Result<(), MachineError> {
        let mut lab = self.open();
        let at = lab.mounts.iter().rposition(|mount| mount.target == target).ok_or_else(|| MachineError::NotFound(target.to_owned()))?;
        lab.mounts.remove(at);
        Ok(())
    }

    async fn make_directory(&self, path: &Path) -> Result<(), MachineError> {
        self.open().paths.insert(path.to_owned());
        Ok(())
    }

    async fn make_file(&self, path: &Path) -> Result<(), MachineError> {
        self.open().paths.insert(path.to_owned());
        Ok(())
    }

    async fn remove(&self, path: &Path) -> Result<(), MachineError> {
        let mut lab = self.open();
        if lab.mounts.iter().any(|mount| mount.target == path) {
            return Err(MachineError::Busy(path.to_owned()));
        }
        lab.paths.remove(path);
        Ok(())
    }

    async fn exists(&self, path: &Path) -> Result<bool, MachineError> {
        Ok(self.open().paths.contains(path))
    }

    async fn filesystem_usage(&self, _path: &Path) -> Result<(u64, u64, u64), MachineError> {
        Ok((1000, 400, 300))
    }
}

#[async_trait]
impl Host for Lab {
    fn calendar(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn random(&self) -> u64 {
        7
    }

    #[allow(clippy::disallowed_methods, reason = "the double's host is the one who spawns")]
    fn spawn(&self, _name: &str, task: Task) {
        tokio::spawn(task);
    }

    fn log(&self, _line: &str) {}

    fn read_file(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        Err(HostError::Absent { path: path.display().to_string() })
    }

    async fn connect(&self, peer: &Peer) -> Result<HttpService, HostError> {
        Err(HostError::Connect { peer: format!("{peer:?}"), reason: "there is nothing here".into() })
    }

    async fn listen(&self, endpoint: &str, _routes: tonic::service::Routes) -> Result<(), HostError> {
        Err(HostError::Listen { endpoint: endpoint.to_owned(), reason: "nobody calls here".into() })
    }

    fn machine(&self) -> Arc<dyn Machine> {
        Arc::new(self.clone())
    }
}
