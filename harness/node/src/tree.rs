//! A tree of directories and files, as a filesystem holds it: a machine's own, or the one on a disk.
//!
//! Modelled: directories, files and their bytes; the group and the mode of each, and that what is made in a directory with the setgid bit is
//! its group's. Nobody is kept from anything by them. Not modelled: owners other than root, times, links, inodes.
//! Paths are absolute and normal (`/a/b`, no `.`, no `..`, no slash at the end); `/` is always there.

use std::collections::{BTreeMap, BTreeSet};

/// Why a tree could not do what was asked; the caller knows the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Nothing is there.
    #[error("no such file or directory")]
    NotFound,
    /// A file is where a directory was meant.
    #[error("not a directory")]
    NotADirectory,
    /// A directory is where a file was meant.
    #[error("is a directory")]
    IsADirectory,
    /// A directory that holds something cannot be removed.
    #[error("directory not empty")]
    NotEmpty,
}

/// Whose something is, and who may do what with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The group's id.
    pub group: u32,
    /// As `chmod` has it.
    pub mode: u32,
}

/// What is made in a directory with this bit is the directory's group's.
const SETGID: u32 = 0o2000;

impl Access {
    /// A directory's, as mkfs and mkdir make it for root.
    pub const DIRECTORY: Self = Self { group: 0, mode: 0o755 };
    /// A file's.
    pub const FILE: Self = Self { group: 0, mode: 0o644 };

    /// What kubelet lets the group of a volume do: to read and write all that is there, and in directories what is made there, too.
    pub fn mask(is_directory: bool) -> u32 {
        if is_directory { 0o770 | SETGID } else { 0o660 }
    }

    /// Whether a directory is a group's already, as far as kubelet looks before it changes anything.
    pub fn is_of(self, group: u32) -> bool {
        self.group == group && self.mode & Self::mask(true) == Self::mask(true)
    }
}

/// Whom a volume is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ownership {
    /// The group's id.
    pub group: u32,
    /// Whether nothing is done where the root is the group's already.
    pub on_root_mismatch: bool,
}

/// Directories and files by their paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    directories: BTreeSet<String>,
    files: BTreeMap<String, Vec<u8>>,
    /// Of what is not as it would be by itself.
    access: BTreeMap<String, Access>,
}

/// The directory that holds `path`.
pub(crate) fn parent_of(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(end) => &path[..end],
    }
}

impl Tree {
    /// Whether a directory is there.
    pub fn is_directory(&self, path: &str) -> bool {
        path == "/" || self.directories.contains(path)
    }

    /// Whether a file is there.
    pub fn is_file(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Whether anything is there.
    pub fn exists(&self, path: &str) -> bool {
        self.is_directory(path) || self.is_file(path)
    }

    /// All files with their bytes.
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// Makes one directory; no error when it is there.
    ///
    /// # Errors
    /// [`TreeError::NotADirectory`] when a file has its place, or what is wrong with the directory above it.
    pub fn make_directory(&mut self, path: &str) -> Result<(), TreeError> {
        if self.is_directory(path) {
            return Ok(());
        }
        if self.is_file(path) {
            return Err(TreeError::NotADirectory);
        }
        self.check_directory(parent_of(path))?;
        self.directories.insert(path.to_owned());
        self.inherit(path, SETGID);
        Ok(())
    }

    /// Writes a whole file; one that is there is replaced.
    ///
    /// # Errors
    /// [`TreeError::IsADirectory`] when a directory has its place, or what is wrong with the directory above it.
    pub fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), TreeError> {
        if self.is_directory(path) {
            return Err(TreeError::IsADirectory);
        }
        self.check_directory(parent_of(path))?;
        if self.files.insert(path.to_owned(), bytes.to_vec()).is_none() {
            self.inherit(path, 0);
        }
        Ok(())
    }

    /// What is made in a directory with the setgid bit is its group's.
    fn inherit(&mut self, path: &str, bits: u32) {
        let Some(above) = self.access(parent_of(path)).filter(|above| above.mode & SETGID != 0) else { return };
        let Some(own) = self.access(path) else { return };
        self.set_access(path, Access { group: above.group, mode: own.mode | bits });
    }

    /// Whose something is; `None` when it is not there.
    pub fn access(&self, path: &str) -> Option<Access> {
        let by_itself = if self.is_directory(path) { Access::DIRECTORY } else { Access::FILE };
        self.exists(path).then(|| self.access.get(path).copied().unwrap_or(by_itself))
    }

    fn set_access(&mut self, path: &str, access: Access) {
        self.access.insert(path.to_owned(), access);
    }

    /// Gives a directory and all that is in it to a group, with what kubelet lets the group do.
    ///
    /// # Errors
    /// What is wrong with the directory.
    pub fn give_to_group(&mut self, directory: &str, group: u32) -> Result<(), TreeError> {
        self.check_directory(directory)?;
        let prefix = if directory == "/" { "/".to_owned() } else { format!("{directory}/") };
        let below = self.directories.iter().chain(self.files.keys()).filter(|path| path.starts_with(&prefix));
        let all: Vec<String> = std::iter::once(directory.to_owned()).chain(below.cloned()).collect();
        for path in all {
            if let Some(access) = self.access(&path) {
                let mode = access.mode | Access::mask(self.is_directory(&path));
                self.set_access(&path, Access { group, mode });
            }
        }
        Ok(())
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// [`TreeError::NotFound`], or [`TreeError::IsADirectory`].
    pub fn read(&self, path: &str) -> Result<Vec<u8>, TreeError> {
        if self.is_directory(path) {
            return Err(TreeError::IsADirectory);
        }
        self.files.get(path).cloned().ok_or(TreeError::NotFound)
    }

    /// Removes a file or an empty directory; no error when it is gone.
    ///
    /// # Errors
    /// [`TreeError::NotEmpty`]; `/` is never empty enough.
    pub fn remove(&mut self, path: &str) -> Result<(), TreeError> {
        if self.files.remove(path).is_some() {
            self.access.remove(path);
            return Ok(());
        }
        if path == "/" || !self.names_in(path).is_empty() {
            return Err(TreeError::NotEmpty);
        }
        self.directories.remove(path);
        self.access.remove(path);
        Ok(())
    }

    /// Names of what a directory holds, in order.
    pub fn names_in(&self, directory: &str) -> BTreeSet<String> {
        let prefix = if directory == "/" { "/".to_owned() } else { format!("{directory}/") };
        let paths = self.directories.iter().chain(self.files.keys());
        paths.filter_map(|path| path.strip_prefix(&prefix)).filter(|rest| !rest.contains('/')).map(str::to_owned).collect()
    }

    /// Bytes taken by files, each in whole blocks of 4096.
    pub fn used_bytes(&self) -> u64 {
        let blocks: usize = self.files.values().map(|bytes| bytes.len().div_ceil(4096)).sum();
        u64::try_from(blocks).unwrap_or(u64::MAX).saturating_mul(4096)
    }

    fn check_directory(&self, path: &str) -> Result<(), TreeError> {
        match (self.is_directory(path), self.is_file(path)) {
            (true, _) => Ok(()),
            (false, true) => Err(TreeError::NotADirectory),
            (false, false) => Err(TreeError::NotFound),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_needs_a_directory_above_it() {
        let mut tree = Tree::default();
        assert_eq!(tree.write("/a/b", b"x"), Err(TreeError::NotFound));
        tree.make_directory("/a").unwrap();
        tree.write("/a/b", b"x").unwrap();
        assert_eq!(tree.make_directory("/a/b/c"), Err(TreeError::NotADirectory));
        assert_eq!(tree.read("/a/b"), Ok(b"x".to_vec()));
        assert_eq!(tree.read("/a"), Err(TreeError::IsADirectory));
    }

    #[test]
    fn what_a_group_was_given_is_its_own_and_what_is_made_there_is_too() {
        let mut tree = Tree::default();
        tree.make_directory("/a").unwrap();
        tree.write("/a/b", b"x").unwrap();
        assert_eq!(tree.access("/"), Some(Access::DIRECTORY));
        tree.give_to_group("/", 2000).unwrap();
        let of = |mode| Some(Access { group: 2000, mode });
        assert_eq!((tree.access("/"), tree.access("/a"), tree.access("/a/b")), (of(0o2775), of(0o2775), of(0o664)));
        tree.write("/a/new", b"x").unwrap();
        tree.make_directory("/a/c").unwrap();
        assert_eq!((tree.access("/a/new"), tree.access("/a/c")), (of(0o644), of(0o2755)));
        assert!(tree.access("/").unwrap().is_of(2000) && !tree.access("/a/c").unwrap().is_of(2000));
        tree.remove("/a/new").unwrap();
        assert_eq!(tree.access("/a/new"), None);
        assert_eq!(tree.give_to_group("/a/b", 1), Err(TreeError::NotADirectory));
    }

    #[test]
    fn only_an_empty_directory_can_be_removed() {
        let mut tree = Tree::default();
        tree.make_directory("/a").unwrap();
        tree.write("/a/b", b"x").unwrap();
        assert_eq!(tree.remove("/a"), Err(TreeError::NotEmpty));
        tree.remove("/a/b").unwrap();
        tree.remove("/a").unwrap();
        assert!(!tree.exists("/a"));
        assert_eq!(tree.remove("/"), Err(TreeError::NotEmpty));
    }
}
