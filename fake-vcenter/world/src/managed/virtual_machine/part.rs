//! Parts of a virtual machine's large properties that clients read often: projected alone, without the rest around them.
//!
//! Each is what a walk into the whole property comes to; the test below compares the two.

use vsphere_types::{Array, DataObject, MoRef, Value};

use super::common::path;
use super::{config, devices, guest, summary};
use crate::look::Look;
use crate::managed::value::{array, data, text};
use crate::state::VirtualMachine;

/// A part by its path, and how many steps of the path it is; nothing where the whole property has to be projected.
pub fn part(look: &Look, object: &MoRef, vm: &VirtualMachine, wanted: &str) -> Option<(Value, usize)> {
    let leaf = match wanted {
        "config.name" | "summary.config.name" => text(&vm.name),
        "config.uuid" | "summary.config.uuid" => text(config::uuid(vm)),
        "config.instanceUuid" | "summary.config.instanceUuid" => text(&vm.instance_uuid),
        "config.changeVersion" => Value::Text(vm.change_version.to_string()),
        "config.template" | "summary.config.template" => Value::Bool(false),
        "config.hardware.device" => Value::Array(Array {
            item_type: "VirtualDevice".into(),
            items: devices::devices(look, object, vm).into_iter().map(Value::Object).collect(),
        }),
        "config.datastoreUrl" => array(config::datastore_urls(look, object)),
        "config.files.vmPathName" | "summary.config.vmPathName" => Value::Text(path(look, vm)),
        "runtime.host" | "summary.runtime.host" => Value::Ref(vm.host.clone()),
        _ => return container(look, object, vm, wanted),
    };
    Some((leaf, wanted.split('.').count()))
}

/// A part that has parts of its own.
fn container(look: &Look, object: &MoRef, vm: &VirtualMachine, wanted: &str) -> Option<(Value, usize)> {
    let mut steps = wanted.split('.');
    let value = match (steps.next()?, steps.next()?) {
        ("summary", "runtime") => data(summary::runtime(look, vm)),
        ("summary", "config") => data(summary::config(look, object, vm)),
        ("summary", "guest") => Value::Object(summary::guest(guest::guest(look, vm)).into_object()),
        _ => return None,
    };
    Some((value, 2))
}
