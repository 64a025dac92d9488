//! TaskHistoryCollector, EventHistoryCollector.
//!
//! Modelled: pages of what there was when the collector was made, forwards and backwards. A client could notice that nothing is
//! added to it later: it makes a new one to see more.

use vsphere_types::{Array, Value};

use crate::state::View;

/// Reads one of its properties. The latest page begins with the newest.
pub fn property(view: &View, name: &str, kind: &str) -> Option<Value> {
    let View::History { filter, items, page, .. } = view else { return None };
    match name {
        "filter" => filter.clone().map(Value::Object),
        "latestPage" => Some(list(kind, items.iter().rev().take(*page).cloned())),
        "initialized" => Some(Value::Bool(true)),
        _ => None,
    }
}

fn list(kind: &str, items: impl Iterator<Item = Value>) -> Value {
    let item_type = if kind == "TaskHistoryCollector" { "TaskInfo" } else { "Event" };
    Value::Array(Array { item_type: item_type.into(), items: items.collect() })
}
