//! The files of a datastore, as its browser finds them.
//!
//! Modelled: of each VM its folder with configuration and first disk, of each volume its disk. They are read off VMs and volumes; no
//! file is there that does not belong to one. Not modelled: descriptors beside disks, logs, swap, uploads, types and details in queries
//! (sizes are always told), case in patterns.

use std::collections::BTreeMap;

use vsphere_types::{
    Array, DataObject, Fault, FileInfo, FileNotFound, FolderFileInfo, HostDatastoreBrowserSearchResults, MoRef, TypedFault, Value,
};

use crate::managed::signed;
use crate::state::State;

/// The size that a VM's configuration is said to have.
const CONFIGURATION_BYTES: u64 = 3_072;

/// The folder that a path like `[vsan-a] fcd/` means on this datastore, without slashes around it.
pub fn within(path: &str, datastore: &str) -> Option<String> {
    let (name, folder) = path.strip_prefix('[')?.split_once(']')?;
    let steps = folder.trim().split('/').filter(|step| !matches!(*step, "" | "."));
    (name == datastore).then(|| steps.collect::<Vec<_>>().join("/"))
}

/// All files and their sizes, by path.
fn files(state: &State, datastore: &MoRef) -> BTreeMap<String, u64> {
    let mut files = BTreeMap::new();
    for (_, vm) in state.vms.iter().filter(|(_, vm)| vm.datastore == *datastore) {
        files.insert(format!("{0}/{0}.vmx", vm.name), CONFIGURATION_BYTES);
        files.insert(format!("{0}/{0}.vmdk", vm.name), vm.boot_disk.capacity_bytes);
    }
    for volume in state.volumes.values().filter(|volume| volume.datastore == *datastore) {
        files.insert(volume.file().to_owned(), volume.capacity_bytes());
    }
    files
}

/// Searches a folder, and those below when asked.
///
/// # Errors
/// FileNotFound when there is no such folder.
pub fn search(state: &State, datastore: &MoRef, folder: &str, patterns: &[String], below: bool) -> Result<Value, Fault> {
    let files = files(state, datastore);
    let name = state.name_of(datastore).unwrap_or_default();
    let root = prefix(folder);
    if !folder.is_empty() && !files.keys().any(|path| path.starts_with(&root)) {
        let file = format!("[{name}] {folder}");
        let text = format!("File {file} was not found");
        return Err(FileNotFound { file, ..FileNotFound::default() }.fault_with(text));
    }
    let mut folders = vec![folder.to_owned()];
    if below {
        let parents = files.keys().filter(|path| path.starts_with(&root)).filter_map(|path| path.rsplit_once('/'));
        folders.extend(parents.map(|(parent, _)| parent.to_owned()));
        folders.sort();
        folders.dedup();
    }
    let found = folders.iter().map(|folder| HostDatastoreBrowserSearchResults {
        datastore: Some(datastore.clone()),
        folder_path: Some(format!("[{name}] {}", prefix(folder))),
        file: inside(&files, folder, patterns),
    });
    if below {
        let items = found.map(|results| Value::Object(results.into_object())).collect();
        return Ok(Value::Array(Array { item_type: HostDatastoreBrowserSearchResults::TYPE.into(), items }));
    }
    Ok(found.map(|results| Value::Object(results.into_object())).next().unwrap_or_else(|| Value::Text(String::new())))
}

/// What the paths inside of a folder begin with.
fn prefix(folder: &str) -> String {
    if folder.is_empty() { String::new() } else { format!("{folder}/") }
}

/// Files and folders right inside of a folder, in the order of their names.
fn inside(files: &BTreeMap<String, u64>, folder: &str, patterns: &[String]) -> Vec<vsphere_types::Object> {
    let prefix = prefix(folder);
    let mut found = BTreeMap::new();
    for (path, size) in files {
        let Some(rest) = path.strip_prefix(&prefix) else { continue };
        let (name, is_folder) = rest.split_once('/').map_or((rest, false), |(folder, _)| (folder, true));
        if patterns.is_empty() || patterns.iter().any(|pattern| matches(pattern, name)) {
            found.insert(name.to_owned(), (!is_folder).then_some(*size));
        }
    }
    let shown = |(path, size): (String, Option<u64>)| match size {
        Some(size) => FileInfo { path, file_size: Some(signed(size)), ..FileInfo::default() }.into_object(),
        None => FolderFileInfo { path, ..FolderFileInfo::default() }.into_object(),
    };
    found.into_iter().map(shown).collect()
}

/// Whether a name is what a pattern with `*` and `?` means.
fn matches(pattern: &str, name: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => name.is_empty(),
        Some('*') => {
            let pattern = rest.as_str();
            name.char_indices().map(|(place, _)| place).chain([name.len()]).any(|place| matches(pattern, &name[place..]))
        }
        Some(letter) => {
            let mut letters = name.chars();
            letters.next().is_some_and(|found| letter == '?' || letter == found) && matches(rest.as_str(), letters.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_letters() {
        assert!(matches("*", "") && matches("*.vmdk", "a.vmdk") && matches("w?r*", "worker") && matches("a", "a"));
        assert!(!matches("*.vmdk", "a.vmx") && !matches("", "a") && !matches("?", ""));
    }

    #[test]
    fn a_path_means_a_folder_of_its_own_datastore_only() {
        assert_eq!(within("[vsan-a] fcd/", "vsan-a").as_deref(), Some("fcd"));
        assert_eq!(within("[vsan-a] ./fcd//x", "vsan-a").as_deref(), Some("fcd/x"));
        assert_eq!(within("[vsan-a]", "vsan-a").as_deref(), Some(""));
        assert_eq!(within("[vsan-b] fcd", "vsan-a"), None);
    }
}
