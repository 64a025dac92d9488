//! Disks, filesystems, mounts and firmware of Linux: `/sys`, `/dev/disk/by-id`, `blkid`, `mkfs`, `resize2fs`, `xfs_growfs`, `mount`.

use std::io::Read;
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::{commands, mountinfo};
use crate::{Machine, MachineError, Mount, MountRequest};

/// How much of a device is read to make sure that it can be read before it is called blank.
const PROBED: usize = 64 * 1024;

/// Linux, and where it shows what. Tests and machines in containers may put another tree there.
#[derive(Clone, Debug)]
pub struct OperatingSystemMachine {
    /// `/sys`.
    pub sys: PathBuf,
    /// `/dev`.
    pub dev: PathBuf,
    /// `/proc/self/mountinfo`.
    pub mountinfo: PathBuf,
}

impl Default for OperatingSystemMachine {
    fn default() -> Self {
        Self { sys: "/sys".into(), dev: "/dev".into(), mountinfo: "/proc/self/mountinfo".into() }
    }
}

fn failed(action: &'static str, path: &Path, reason: impl std::fmt::Display) -> MachineError {
    MachineError::Failed { action, path: path.to_owned(), reason: reason.to_string() }
}

fn io(action: &'static str, path: &Path, error: &std::io::Error) -> MachineError {
    match error.kind() {
        std::io::ErrorKind::NotFound => MachineError::NotFound(path.to_owned()),
        std::io::ErrorKind::ResourceBusy => MachineError::Busy(path.to_owned()),
        _ => failed(action, path, error),
    }
}

fn read_text(path: &Path) -> Result<String, MachineError> {
    std::fs::read_to_string(path).map(|text| text.trim().to_owned()).map_err(|error| io("read", path, &error))
}

/// `blkid` calls a device that it cannot read blank. So it is read first.
fn probe(device: &Path) -> Result<(), MachineError> {
    let mut file = std::fs::File::open(device).map_err(|error| io("open", device, &error))?;
    let mut buffer = vec![0; PROBED];
    file.read(&mut buffer).map(drop).map_err(|error| io("read", device, &error))
}

#[async_trait]
impl Machine for OperatingSystemMachine {
    async fn product_serial(&self) -> Result<String, MachineError> {
        read_text(&self.sys.join("class/dmi/id/product_serial"))
    }

    async fn product_uuid(&self) -> Result<String, MachineError> {
        read_text(&self.sys.join("class/dmi/id/product_uuid"))
    }

    async fn disk_by_wwn(&self, wwn: &str) -> Result<Option<PathBuf>, MachineError> {
        let link = self.dev.join("disk/by-id").join(format!("wwn-0x{wwn}"));
        match std::fs::canonicalize(&link) {
            Ok(device) => Ok(Some(device)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io("resolve", &link, &error)),
        }
    }

    async fn device_size(&self, device: &Path) -> Result<u64, MachineError> {
        let name = device.file_name().ok_or_else(|| MachineError::NotFound(device.to_owned()))?;
        let path = self.sys.join("class/block").join(name).join("size");
        // In sectors of 512 bytes, whatever the device's own are.
        let sectors: u64 = read_text(&path)?.parse().map_err(|error| failed("read", &path, error))?;
        Ok(sectors.saturating_mul(512))
    }

    async fn filesystem_on(&self, device: &Path) -> Result<Option<String>, MachineError> {
        probe(device)?;
        let path = device.as_os_str();
        let arguments = ["-p", "-s", "TYPE", "-s", "PTTYPE", "-o", "export"].map(std::ffi::OsStr::new);
        let outcome =
            commands::run("blkid", &[&arguments[..], &[path]].concat()).await.map_err(|reason| failed("inspect", device, reason))?;
        match outcome.code {
            Some(0) => {}
            // Nothing found.
            Some(2) => return Ok(None),
            code => return Err(failed("inspect", device, format!("blkid ended with {code:?}: {}", outcome.errors))),
        }
        let value = |key: &str| outcome.output.lines().find_map(|line| line.strip_prefix(key)).map(str::to_owned);
        if let Some(fs_type) = value("TYPE=") {
            return Ok(Some(fs_type));
        }
        // A partition table is not blank either.
        Ok(value("PTTYPE=").map(|table| format!("a {table} partition table")))
    }

    async fn make_filesystem(&self, device: &Path, fs_type: &str) -> Result<(), MachineError> {
        let device_name = device.display().to_string();
        let program = format!("mkfs.{fs_type}");
        // ext asks back on whole disks unless forced, and keeps 5 % for root unless told.
        let arguments = if fs_type.starts_with("ext") { vec!["-F", "-m0", &device_name] } else { vec![device_name.as_str()] };
        commands::succeed(&program, &arguments).await.map(drop).map_err(|reason| failed("make a filesystem on", device, reason))
    }

    async fn rescan(&self, device: &Path) -> Result<(), MachineError> {
        let name = device.file_name().ok_or_else(|| MachineError::NotFound(device.to_owned()))?;
        let path = self.sys.join("class/block").join(name).join("device/rescan");
        match std::fs::write(&path, "1") {
            // Only disks of SCSI are asked in this way; of others the kernel learns it by itself.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            outcome => outcome.map_err(|error| io("rescan", &path, &error)),
        }
    }

    async fn grow_filesystem(&self, device: &Path, target: &Path) -> Result<(), MachineError> {
        let fs_type = self.filesystem_on(device).await?.unwrap_or_default();
        let (program, argument) = match fs_type.as_str() {
            "ext2" | "ext3" | "ext4" => ("resize2fs", device),
            "xfs" => ("xfs_growfs", target),
            other => return Err(failed("grow the filesystem of", device, format!("nothing is known to grow {other:?}"))),
        };
        // Both leave alone what is as large as its device.
        let argument = argument.display().to_string();
        commands::succeed(program, &[argument.as_str()]).await.map(drop).map_err(|reason| failed("grow the filesystem of", device, reason))
    }

    async fn mounts(&self) -> Result<Vec<Mount>, MachineError> {
        read_text(&self.mountinfo).map(|text| mountinfo::parse(&text))
    }

    async fn mount(&self, request: MountRequest) -> Result<(), MachineError> {
        let (source, target) = (request.source.display().to_string(), request.target.display().to_string());
        let options = request.options.join(",");
        let mut arguments: Vec<&str> = Vec::new();
        if request.bind {
            arguments.push("--bind");
        } else {
            if !request.fs_type.is_empty() {
                arguments.extend(["-t", &request.fs_type]);
            }
            if !options.is_empty() {
                arguments.extend(["-o", &options]);
            }
        }
        arguments.extend([source.as_str(), target.as_str()]);
        commands::succeed("mount", &arguments).await.map_err(|reason| failed("mount", &request.target, reason))?;
        if request.bind && !options.is_empty() {
            // The kernel takes options of a bind mount in a second step only.
            let options = format!("remount,bind,{options}");
            if let Err(reason) = commands::succeed("mount", &["-o", &options, &target]).await {
                self.unmount(&request.target).await?;
                return Err(failed("mount", &request.target, reason));
            }
        }
        Ok(())
    }

    async fn unmount(&self, target: &Path) -> Result<(), MachineError> {
        let outcome = commands::run("umount", &[target]).await.map_err(|reason| failed("unmount", target, reason))?;
        match outcome.code {
            Some(0) => Ok(()),
            _ if outcome.errors.contains("busy") => Err(MachineError::Busy(target.to_owned())),
            _ if outcome.errors.contains("not mounted") || outcome.errors.contains("no mount point") => {
                Err(MachineError::NotFound(target.to_owned()))
            }
            _ => Err(failed("unmount", target, outcome.errors)),
        }
    }

    async fn make_directory(&self, path: &Path) -> Result<(), MachineError> {
        std::fs::create_dir_all(path).map_err(|error| io("make", path, &error))
    }

    async fn make_file(&self, path: &Path) -> Result<(), MachineError> {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| io("make", parent, &error))?;
        }
        std::fs::OpenOptions::new().create(true).append(true).open(path).map(drop).map_err(|error| io("make", path, &error))
    }

    async fn remove(&self, path: &Path) -> Result<(), MachineError> {
        let removed = match std::fs::symlink_metadata(path) {
            Ok(found) if found.is_dir() => std::fs::remove_dir(path),
            Ok(_) => std::fs::remove_file(path),
            Err(error) => Err(error),
        };
        match removed {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            other => other.map_err(|error| io("remove", path, &error)),
        }
    }

    async fn exists(&self, path: &Path) -> Result<bool, MachineError> {
        std::fs::exists(path).map_err(|error| io("look at", path, &error))
    }

    async fn filesystem_usage(&self, path: &Path) -> Result<(u64, u64, u64), MachineError> {
        let usage = rustix::fs::statvfs(path).map_err(|error| io("measure", path, &error.into()))?;
        let bytes = |blocks: u64| blocks.saturating_mul(usage.f_frsize);
        Ok((bytes(usage.f_blocks), bytes(usage.f_bfree), bytes(usage.f_bavail)))
    }
}
