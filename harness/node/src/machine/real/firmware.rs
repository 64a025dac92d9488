//! `/sys` as a VM shows it: DMI's names, and the list of block devices, to which [`super::blocks`] adds.
//!
//! What else of `/sys` programs look at is this machine's, by bind; its other classes are left out.

use std::fs;
use std::path::Path;

use nix::mount::{MsFlags, mount};

use super::error::RealDevicesError;

/// What is this machine's own.
const KEPT: [&str; 7] = ["dev/char", "devices", "fs", "kernel", "module", "bus", "class/net"];

/// What DMI tells of every VM, beside what differs.
const FIRMWARE: [(&str, &str); 3] =
    [("sys_vendor", "VMware, Inc."), ("product_name", "VMware Virtual Platform"), ("board_name", "440BX Desktop Reference Platform")];

/// Builds it below `root`.
pub(super) fn system(root: &Path, serial: &str, uuid: &str) -> Result<(), RealDevicesError> {
    let sys = root.join("sys");
    folder(&sys)?;
    mounted(mount(Some("sysfs"), &sys, Some("tmpfs"), MsFlags::empty(), Some("mode=755")), &sys)?;
    for name in KEPT {
        let (source, at) = (Path::new("/sys").join(name), sys.join(name));
        if source.is_dir() {
            folder(&at)?;
            mounted(mount(Some(&source), &at, None::<&str>, MsFlags::MS_BIND | MsFlags::MS_REC, None::<&str>), &at)?;
        }
    }
    let id = sys.join("class/dmi/id");
    for made in [&id, &sys.join("block"), &sys.join("class/block"), &sys.join("dev/block")] {
        folder(made)?;
    }
    for (name, value) in FIRMWARE.into_iter().chain([("product_serial", serial), ("product_uuid", uuid)]) {
        let path = id.join(name);
        fs::write(&path, format!("{value}\n")).map_err(|source| RealDevicesError::File { path, source })?;
    }
    Ok(())
}

fn folder(path: &Path) -> Result<(), RealDevicesError> {
    fs::create_dir_all(path).map_err(|source| RealDevicesError::File { path: path.to_owned(), source })
}

fn mounted(result: nix::Result<()>, at: &Path) -> Result<(), RealDevicesError> {
    result.map_err(|source| RealDevicesError::Mount { at: at.to_owned(), source })
}
