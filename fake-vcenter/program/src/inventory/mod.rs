//! The inventory file: what a vCenter holds, as YAML, read into a [`WorldConfig`].
//!
//! Its words are those of a scenario's `world.vcenters`, with what a scenario leaves to the engine: datacenters, sizes,
//! virtual machines, users.
//!
//! ```
//! let text = r#"
//! version: 8.0.3
//! datacenters:
//!   - name: dc-1
//!     tags: {k8s-region: west}
//!     datastores: [{name: vsan-a, capacity-gib: 2048}]
//!     clusters: [{name: prod, hosts: 3, datastores: [vsan-a], tags: {k8s-zone: zone-a}}]
//!     vms: [{name: worker-1}, {name: worker-2, addresses: [10.0.0.12]}]
//! policies: [{name: gold, datastores: [vsan-a]}]
//! "#;
//! let config = fake_vcenter::inventory::parse("site.yaml", text)?;
//! assert_eq!(config.inventory.datacenters[0].vms.len(), 2);
//! # Ok::<(), fake_vcenter::inventory::InventoryErrors>(())
//! ```

mod build;
mod check;
mod error;
mod file;

pub use error::{InventoryError, InventoryErrors};

use fake_vcenter_world::{Release, WorldConfig};

/// Reads an inventory file; `name` is how errors call it.
///
/// # Errors
/// Everything that is wrong with the names in it, or the first thing that is wrong with its form.
pub fn parse(name: &str, text: &str) -> Result<WorldConfig, InventoryErrors> {
    let file: file::Inventory = match serde_saphyr::from_str(text) {
        Ok(file) => file,
        Err(error) => return Err(InventoryErrors::new(name, text, vec![error::of_form(&error)])),
    };
    let errors = check::check(&file);
    if errors.is_empty() { Ok(build::config(&file)) } else { Err(InventoryErrors::new(name, text, errors)) }
}

/// The release of a version as `About` tells it, three numbers or four: `8.0.3`, `8.0.3.0`.
pub fn release(version: &str) -> Option<Release> {
    Release::from_version(version).or_else(|| Release::from_version(version.strip_suffix(".0")?))
}
