//! `csidrivers`, `csinodes`, `csistoragecapacities`: defaults and what never changes.

use k8s_openapi::api::storage::v1::{CSIDriver, CSINode, CSIStorageCapacity};
use serde_json::{Value, json};

use super::{Decoded, Strategy, typed};
use crate::store::status::FieldError;
use crate::store::value::{default_to, list, part, put, quantity, text};

/// `csidrivers`
pub struct CsiDrivers;

impl Strategy for CsiDrivers {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<CSIDriver>(object)
    }

    fn default(&self, object: &mut Value) {
        default_to(object, &["spec", "attachRequired"], true);
        for field in ["podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"] {
            default_to(object, &["spec", field], false);
        }
        default_to(object, &["spec", "fsGroupPolicy"], "ReadWriteOnceWithFSType");
        if list(object, "/spec/volumeLifecycleModes").is_empty() {
            put(object, &["spec", "volumeLifecycleModes"], json!(["Persistent"]));
        }
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for field in ["attachRequired", "volumeLifecycleModes"] {
            if object["spec"][field] != old["spec"][field] {
                errors.push(FieldError::immutable(format!("spec.{field}"), &object["spec"][field]));
            }
        }
        errors
    }
}

/// `csinodes`
pub struct CsiNodes;

impl Strategy for CsiNodes {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<CSINode>(object)
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for (index, driver) in list(object, "/spec/drivers").iter().enumerate() {
            for field in ["name", "nodeID"] {
                if text(driver, &format!("/{field}")).is_empty() {
                    errors.push(FieldError::required(format!("spec.drivers[{index}].{field}"), ""));
                }
            }
        }
        errors
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for (index, driver) in list(object, "/spec/drivers").iter().enumerate() {
            let before = list(old, "/spec/drivers").iter().find(|before| before["name"] == driver["name"]);
            if before.is_some_and(|before| fixed_driver(before) != fixed_driver(driver)) {
                errors.push(FieldError::immutable(format!("spec.drivers[{index}]"), driver));
            }
        }
        errors
    }
}

/// An entry without the one member that may change.
fn fixed_driver(driver: &Value) -> Value {
    let mut driver = driver.clone();
    if let Some(members) = driver.as_object_mut() {
        members.remove("allocatable");
    }
    driver
}

/// `csistoragecapacities`
pub struct CsiStorageCapacities;

impl Strategy for CsiStorageCapacities {
    fn decode<'o>(&self, object: &'o Value) -> Decoded<'o> {
        typed::<CSIStorageCapacity>(object)
    }

    fn validate(&self, object: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let class = text(object, "/storageClassName");
        if class.is_empty() {
            errors.push(FieldError::required("storageClassName", ""));
        } else if !super::super::name::is_subdomain(class) {
            errors.push(FieldError::invalid("storageClassName", &class.into(), super::super::name::SUBDOMAIN));
        }
        for field in ["capacity", "maximumVolumeSize"] {
            if part(object, &format!("/{field}")).as_str().is_some_and(|size| quantity(size).is_none_or(|size| size < 0)) {
                errors.push(FieldError::invalid(field, &object[field], "must be greater than or equal to 0"));
            }
        }
        errors
    }

    fn validate_update(&self, object: &Value, old: &Value) -> Vec<FieldError> {
        let changed = ["nodeTopology", "storageClassName"].into_iter().filter(|field| object[*field] != old[*field]);
        changed.map(|field| FieldError::immutable(field, &object[field])).collect()
    }
}
