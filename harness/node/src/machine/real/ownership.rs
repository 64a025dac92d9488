//! What `chown` and `chmod` do for kubelet on real filesystems.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown};
use std::path::Path;

use crate::tree::{Access, Ownership};

/// Whose a directory is.
pub(super) fn access(path: &Path) -> io::Result<Access> {
    let found = fs::symlink_metadata(path)?;
    Ok(Access { group: found.gid(), mode: found.permissions().mode() & 0o7777 })
}

/// Gives a directory and all that is in it to a group.
pub(super) fn give_to_group(root: &Path, ownership: Ownership) -> io::Result<()> {
    if ownership.on_root_mismatch && access(root)?.is_of(ownership.group) {
        return Ok(());
    }
    give(root, ownership.group)
}

fn give(path: &Path, group: u32) -> io::Result<()> {
    let found = fs::symlink_metadata(path)?;
    lchown(path, None, Some(group))?;
    if found.is_symlink() {
        // Whatever it leads to is given for its own sake.
        return Ok(());
    }
    let mode = (found.permissions().mode() & 0o7777) | Access::mask(found.is_dir());
    fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    if found.is_dir() {
        for entry in fs::read_dir(path)? {
            give(&entry?.path(), group)?;
        }
    }
    Ok(())
}
