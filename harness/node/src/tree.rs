//! A tree of directories and files, as a filesystem holds it: a machine's own, or the one on a disk.
//!
//! Modelled: directories, files and their bytes. Not modelled: owners, modes, times, links, inodes.
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

/// Directories and files by their paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    directories: BTreeSet<String>,
    files: BTreeMap<String, Vec<u8>>,
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
        self.files.insert(path.to_owned(), bytes.to_vec());
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
            return Ok(());
        }
        if path == "/" || !self.names_in(path).is_empty() {
            return Err(TreeError::NotEmpty);
        }
        self.directories.remove(path);
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
