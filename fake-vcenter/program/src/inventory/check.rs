//! Whether the names in a file fit each other.

use fake_vcenter_world::is_privilege;

use super::error::{InventoryError, remedy};
use super::file::{Datacenter, Inventory, Name};
use super::release;

/// A VM has one to four SCSI controllers.
const MAX_CONTROLLERS: usize = 4;

/// Everything that does not fit.
pub fn check(file: &Inventory) -> Vec<InventoryError> {
    let mut errors = Vec::new();
    if let Some(version) = file.version.as_ref().filter(|version| release(&version.value).is_none()) {
        let message = format!("release {} is not played", version.value);
        errors.push(InventoryError::at(version.referenced, message, "write 7.0.3, 8.0.3 or 9.1.0"));
    }
    let datacenters = &file.datacenters;
    different("datacenter", datacenters.iter().map(|datacenter| &datacenter.name), &mut errors);
    different("user", file.users.iter().map(|user| &user.name), &mut errors);
    different("policy", file.policies.iter().map(|policy| &policy.name), &mut errors);
    different("key provider", file.key_providers.iter().map(|provider| &provider.name), &mut errors);
    for datacenter in datacenters {
        check_datacenter(file, datacenter, &mut errors);
    }
    let all: Vec<&str> = datacenters.iter().flat_map(datastores).collect();
    for name in file.policies.iter().flat_map(|policy| &policy.datastores) {
        known(name, "datastore", &all, &mut errors);
    }
    for lack in file.users.iter().flat_map(|user| &user.lacks) {
        let privilege = lack.value.split('@').next().unwrap_or_default();
        if !is_privilege(privilege) {
            let help = "privileges are written as vSphere names them, `Cns.Searchable`, or on one entity, `System.Read@dc-1`";
            errors.push(InventoryError::at(lack.referenced, format!("there is no privilege `{privilege}`"), help));
        }
    }
    errors
}

fn datastores(datacenter: &Datacenter) -> impl Iterator<Item = &str> {
    datacenter.datastores.iter().map(|datastore| datastore.name.value.as_str())
}

fn check_datacenter(file: &Inventory, datacenter: &Datacenter, errors: &mut Vec<InventoryError>) {
    different("datastore", datacenter.datastores.iter().map(|datastore| &datastore.name), errors);
    different("cluster", datacenter.clusters.iter().map(|cluster| &cluster.name), errors);
    different("virtual machine", datacenter.vms.iter().map(|vm| &vm.name), errors);
    let datastores: Vec<&str> = datastores(datacenter).collect();
    let clusters: Vec<&str> = datacenter.clusters.iter().map(|cluster| cluster.name.value.as_str()).collect();
    let providers: Vec<&str> = file.key_providers.iter().map(|provider| provider.name.value.as_str()).collect();
    for name in datacenter.clusters.iter().flat_map(|cluster| &cluster.datastores) {
        known(name, "datastore", &datastores, errors);
    }
    for vm in &datacenter.vms {
        for (name, what, all) in [
            (&vm.cluster, "cluster", &clusters),
            (&vm.datastore, "datastore", &datastores),
            (&vm.encrypted_with, "key provider", &providers),
        ] {
            if let Some(name) = name {
                known(name, what, all, errors);
            }
        }
        if let Some(count) = vm.scsi_controllers.as_ref().filter(|count| !(1..=MAX_CONTROLLERS).contains(&count.value)) {
            errors.push(InventoryError::at(count.referenced, "a VM has 1 to 4 SCSI controllers", "write a number from 1 to 4"));
        }
        let home = datacenter.clusters.iter().find(|cluster| vm.cluster.as_ref().is_none_or(|name| name.value == cluster.name.value));
        if home.is_none_or(|home| home.hosts == 0 || home.datastores.is_empty()) && (vm.cluster.is_none() || home.is_some()) {
            let help = "give it a cluster with at least one host and one datastore";
            errors.push(InventoryError::at(vm.name.referenced, format!("`{}` has nowhere to be", vm.name.value), help));
        }
    }
}

fn known(name: &Name, what: &str, all: &[&str], errors: &mut Vec<InventoryError>) {
    if !all.contains(&name.value.as_str()) {
        let help = remedy(&name.value, &format!("{what}s"), all);
        errors.push(InventoryError::at(name.referenced, format!("there is no {what} `{}`", name.value), help));
    }
}

fn different<'a>(what: &str, names: impl Iterator<Item = &'a Name>, errors: &mut Vec<InventoryError>) {
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        if seen.contains(&name.value.as_str()) {
            let message = format!("there are two of the name `{}`", name.value);
            errors.push(InventoryError::at(name.referenced, message, format!("give each {what} a name of its own")));
        }
        seen.push(&name.value);
    }
}
