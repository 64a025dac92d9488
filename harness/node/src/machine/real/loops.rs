//! Loop devices: a file behind a block device, for as long as somebody has it open.
//!
//! A device clears itself (autoclear) when the last who has it open is gone: this process, or a mount. Nothing has to be undone, whatever ends us.
//! `losetup` sets that mark when it is told to detach a device that is in use; a shell does both at once, since it goes on when we are killed.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::RealDevicesError;

/// Attaches, marks, tells, and holds the device open until we have it. If we are gone by then, it must not die of the broken pipe.
const ATTACH: &str = "trap '' PIPE\n\
    device=$(losetup --find --show -- \"$1\") || exit 1\n\
    trap 'losetup --detach \"$device\"' EXIT\n\
    exec 3<\"$device\" && echo \"$device\" && read -r _ || :\n";

/// A file behind a block device.
#[derive(Debug)]
pub(super) struct LoopDevice {
    device: PathBuf,
    /// Keeps the device.
    open: File,
}

impl LoopDevice {
    /// Puts a file behind the first device that is free.
    pub(super) fn attach(file: &Path) -> Result<Self, RealDevicesError> {
        let failed = |reason: String| RealDevicesError::Loop { file: file.to_owned(), reason };
        let mut command = Command::new("sh");
        command.args(["-c", ATTACH, "sh"]).arg(file).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut shell = command.spawn().map_err(|error| failed(error.to_string()))?;
        let mut name = String::new();
        if let Some(output) = shell.stdout.take() {
            BufReader::new(output).read_line(&mut name).map_err(|error| failed(error.to_string()))?;
        }
        let device = PathBuf::from(name.trim());
        let open = if name.is_empty() { None } else { Some(File::open(&device)) };
        // Its end is what the shell waits for.
        drop(shell.stdin.take());
        let mut words = String::new();
        let _ = shell.stderr.take().map(|mut errors| errors.read_to_string(&mut words));
        let _ = shell.wait();
        match open {
            Some(open) => Ok(Self { open: open.map_err(|error| failed(error.to_string()))?, device }),
            None => Err(failed(words.trim().to_owned())),
        }
    }

    /// `loop7`.
    pub(super) fn name(&self) -> String {
        self.device.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Its number, major and minor.
    pub(super) fn number(&self) -> Result<u64, RealDevicesError> {
        let found = self.open.metadata().map_err(|source| RealDevicesError::File { path: self.device.clone(), source });
        found.map(|found| found.rdev())
    }

    /// The file has grown.
    pub(super) fn grow(&self) -> Result<(), RealDevicesError> {
        let output = Command::new("losetup").arg("--set-capacity").arg(&self.device).output();
        let reason = match output {
            Ok(output) if output.status.success() => return Ok(()),
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        Err(RealDevicesError::Loop { file: self.device.clone(), reason })
    }
}

/// What is behind a loop device, by its name in `/sys/block`; none behind a free one.
pub(super) fn backing(name: &str) -> Option<PathBuf> {
    let text = fs::read_to_string(Path::new("/sys/block").join(name).join("loop/backing_file")).ok()?;
    let file = text.trim_end_matches('\n');
    Some(PathBuf::from(file.strip_suffix(" (deleted)").unwrap_or(file)))
}

/// Frees loop devices whose files lie in a folder: what somebody left there who was killed at the wrong moment.
pub fn release_loops_below(folder: &Path) {
    for entry in fs::read_dir("/sys/block").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| name.starts_with("loop")) else { continue };
        if backing(name).is_some_and(|file| file.starts_with(folder)) {
            // One that is not ours to free stays.
            let _ = Command::new("losetup").arg("--detach").arg(Path::new("/dev").join(name)).output();
        }
    }
}
