//! AuthorizationManager.
//!
//! Modelled: the question which privileges a user has; every user is an administrator, so all are granted. Not
//! modelled: roles, permissions, their enforcement.

use fake_vcenter_types::Value;

/// Nothing here is modelled; arrays are empty.
pub fn property(_name: &str) -> Option<Value> {
    None
}
