//! Where the file of a disk is, in the two ways in which clients say it: `[vsan-a] folder/disk.vmdk`, and the address under which the
//! file could be fetched, `https://vc-a/folder/folder/disk.vmdk?dcPath=dc-1&dsName=vsan-a`.

use percent_encoding::percent_decode_str;
use vsphere_types::{Fault, MoRef};

use crate::fault;
use crate::state::State;

/// A file of a datastore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The datastore.
    pub datastore: MoRef,
    /// `[vsan-a] folder/disk.vmdk`.
    pub path: String,
}

impl Location {
    /// Reads either way.
    ///
    /// # Errors
    /// It is neither, or there is no such datastore.
    pub fn read(state: &State, text: &str, parameter: &str) -> Result<Self, Fault> {
        let wrong = || fault::invalid_argument(parameter);
        let (name, file) = match text.strip_prefix('[') {
            Some(rest) => rest.split_once(']').map(|(name, file)| (name.to_owned(), file.trim().to_owned())).ok_or_else(wrong)?,
            None => of_address(text).ok_or_else(wrong)?,
        };
        if file.is_empty() {
            return Err(wrong());
        }
        let found = state.datastores.iter().find(|(_, record)| record.name == name);
        let datastore = found.map(|(datastore, _)| datastore.clone()).ok_or_else(wrong)?;
        Ok(Self { datastore, path: format!("[{name}] {file}") })
    }
}

/// Datastore and file of an address.
fn of_address(text: &str) -> Option<(String, String)> {
    let (_, rest) = text.split_once("://")?;
    let (path, query) = rest.split_once('?')?;
    let (_, file) = path.split_once("/folder/")?;
    let names = query.split('&').filter_map(|pair| pair.split_once('='));
    let name = names.filter(|(key, _)| *key == "dsName").map(|(_, value)| value).next()?;
    Some((decoded(name), decoded(file)))
}

/// Without the escapes of an address, in which a plus is a space.
fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_datastore_and_file() {
        let address = "https://vc-a:443/folder/kubevols/a%20b.vmdk?dcPath=%2Fdc-1&dsName=vsan%2Da";
        assert_eq!(of_address(address), Some(("vsan-a".to_owned(), "kubevols/a b.vmdk".to_owned())));
        for none in ["", "kubevols/a.vmdk", "https://vc-a/folder/a.vmdk", "https://vc-a/other/a.vmdk?dsName=x"] {
            assert_eq!(of_address(none), None, "{none}");
        }
        assert_eq!(decoded("100%"), "100%");
    }
}
