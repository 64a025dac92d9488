//! TaskManager.
//!
//! Modelled: `recentTask`, which lists tasks until they are gone. Not modelled: history, tasks made by clients,
//! descriptions.

use vsphere_types::{MoRef, Value};

use super::value::references;
use crate::look::Look;
use crate::state::number_of;

/// Reads one of its properties.
pub fn property(look: &Look, name: &str) -> Option<Value> {
    match name {
        "recentTask" => {
            let mut tasks: Vec<MoRef> = look.state.tasks.iter().map(|(task, _)| task.clone()).collect();
            tasks.sort_by_key(number_of);
            Some(references(tasks))
        }
        "maxCollector" => Some(Value::Int(32)),
        _ => None,
    }
}
