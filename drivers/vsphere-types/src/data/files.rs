//! Files on datastores, and licences.

use jiff::Timestamp;

use crate::table::data_objects;
use crate::{KeyAnyValue, KeyValue, MoRef};

data_objects! {
    /// What a search found in one folder.
    HostDatastoreBrowserSearchResults: DynamicData {
        datastore: Option<MoRef> = "datastore" -> "Datastore",
        folder_path: Option<String> = "folderPath",
        file: Vec<crate::Object> = "file" -> "FileInfo",
    }

    /// A file.
    FileInfo: DynamicData {
        path: String = "path",
        friendly_name: Option<String> = "friendlyName",
        file_size: Option<i64> = "fileSize",
        modification: Option<Timestamp> = "modification",
        owner: Option<String> = "owner",
    }

    /// A folder.
    FolderFileInfo: FileInfo {}

    /// A licence.
    LicenseManagerLicenseInfo: DynamicData {
        license_key: String = "licenseKey",
        edition_key: String = "editionKey",
        name: String = "name",
        total: i32 = "total",
        used: Option<i32> = "used",
        cost_unit: String = "costUnit",
        properties: Vec<KeyAnyValue> = "properties",
        labels: Vec<KeyValue> = "labels",
    }
}
