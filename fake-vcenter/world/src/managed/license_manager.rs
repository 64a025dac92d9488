//! LicenseManager.
//!
//! Modelled: one licence for evaluation, as a vCenter has that nobody gave another. Not modelled: features, assignments,
//! adding and removing licences, an evaluation that ends.

use vsphere_types::{LicenseManagerLicenseInfo, Object, Value};

use super::value::{array, text};

/// Reads one of its properties.
pub fn property(name: &str) -> Option<Value> {
    match name {
        "sourceAvailable" => Some(Value::Bool(true)),
        "licensedEdition" => Some(text("eval")),
        "licenses" => Some(array([LicenseManagerLicenseInfo {
            license_key: "00000-00000-00000-00000-00000".to_owned(),
            edition_key: "eval".to_owned(),
            name: "Evaluation Mode".to_owned(),
            ..LicenseManagerLicenseInfo::default()
        }])),
        "evaluation" => Some(Value::Object(Object::new("LicenseManagerEvaluationInfo"))),
        _ => None,
    }
}
