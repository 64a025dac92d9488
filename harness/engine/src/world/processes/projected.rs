//! Files as kubelet gives them to a pod: of a ConfigMap or Secret, in a folder of the process's.
//!
//! `FILE` is a link to `..data/FILE`, and `..data` a link to a folder with the files of one version. A new version is a new folder;
//! then the link is turned in one go, and the folder of the version before is removed. Whoever watches the folder sees what kubelet's
//! atomic writer (`pkg/volume/util/atomic_writer.go`) lets him see. Not modelled: how long kubelet takes to notice a change.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// The link that is turned.
const DATA: &str = "..data";
const NEXT: &str = "..data_tmp";

/// Writes the files of a folder, all of them.
pub(super) fn project(folder: &Path, files: &BTreeMap<String, String>) -> io::Result<()> {
    let data = folder.join(DATA);
    let before = std::fs::read_link(&data).ok();
    let number = before.as_deref().and_then(number_of).map_or(1, |number| number + 1);
    let name = PathBuf::from(format!("..{number}"));
    let version = folder.join(&name);
    std::fs::create_dir_all(&version)?;
    for (file, text) in files {
        std::fs::write(version.join(file), text)?;
    }
    let next = folder.join(NEXT);
    symlink(&name, &next)?;
    std::fs::rename(&next, &data)?;
    for file in files.keys() {
        let link = folder.join(file);
        if std::fs::symlink_metadata(&link).is_err() {
            symlink(Path::new(DATA).join(file), link)?;
        }
    }
    match before {
        Some(before) => std::fs::remove_dir_all(folder.join(before)),
        None => Ok(()),
    }
}

fn number_of(version: &Path) -> Option<u64> {
    version.to_str()?.trim_start_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_in_one_go_and_the_version_before_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let told = |text: &str| BTreeMap::from([("vsphere.conf".to_owned(), text.to_owned())]);
        project(folder.path(), &told("one")).unwrap();
        let file = folder.path().join("vsphere.conf");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "one");
        project(folder.path(), &told("two")).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "two");
        let mut there: Vec<String> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        there.sort();
        assert_eq!(there, ["..2", "..data", "vsphere.conf"]);
    }
}
