//! Hosts: what they mount, how they fare, and which entities they lie in.

use std::collections::BTreeMap;

use vsphere_types::{HostSystemConnectionState, MoRef, Object, ObjectSpec, PropertyFilterSpec};

use crate::properties::{ObjectProperties, property_spec};
use crate::traversal::step;
use crate::{ClientError, VsphereClient};

/// Deeper than any inventory: a parent that leads back to itself must not be followed for ever.
const DEEPEST: usize = 64;

/// A host, as far as placement goes.
#[derive(Clone, Debug, PartialEq)]
pub struct HostFacts {
    /// The host.
    pub reference: MoRef,
    /// Its name.
    pub name: String,
    /// What it mounts.
    pub datastores: Vec<MoRef>,
    /// Whether vCenter is in touch with it.
    pub connected: bool,
    /// Whether it is being worked on.
    pub in_maintenance: bool,
    /// The host, what it lies in, and so on up to the root folder.
    pub lineage: Vec<MoRef>,
}

impl VsphereClient {
    /// All hosts of all datacenters, with their lineage, in the order in which vCenter gives them.
    ///
    /// # Errors
    /// The call failed.
    pub async fn hosts(&self) -> Result<Vec<HostFacts>, ClientError> {
        let root = self.caller.service_content().await?.root_folder.clone();
        let spec = PropertyFilterSpec {
            prop_set: vec![
                property_spec("Folder", &["parent"]),
                property_spec("Datacenter", &["parent"]),
                property_spec("ComputeResource", &["parent"]),
                property_spec("HostSystem", &["parent", "name", "datastore", "runtime.connectionState", "runtime.inMaintenanceMode"]),
            ],
            object_set: vec![ObjectSpec { obj: root, skip: Some(false), select_set: to_hosts() }],
            ..PropertyFilterSpec::default()
        };
        let found = self.retrieve(spec).await?;
        let mut parents = BTreeMap::new();
        for entity in &found {
            if let Some(parent) = entity.properties.get::<MoRef>("parent")? {
                parents.insert(entity.object.clone(), parent);
            }
        }
        found.iter().filter(|entity| entity.object.kind == "HostSystem").map(|host| facts(host, &parents)).collect()
    }
}

fn facts(host: &ObjectProperties, parents: &BTreeMap<MoRef, MoRef>) -> Result<HostFacts, ClientError> {
    let properties = &host.properties;
    let state: Option<HostSystemConnectionState> = properties.get("runtime.connectionState")?;
    let up = |entity: &MoRef| parents.get(entity).cloned();
    Ok(HostFacts {
        reference: host.object.clone(),
        name: properties.require("name")?,
        datastores: properties.list("datastore")?,
        connected: state == Some(HostSystemConnectionState::Connected),
        in_maintenance: properties.get("runtime.inMaintenanceMode")?.unwrap_or(false),
        lineage: std::iter::successors(Some(host.object.clone()), up).take(DEEPEST).collect(),
    })
}

/// Down the folders and datacenters to the compute resources, and from each to its hosts.
fn to_hosts() -> Vec<Object> {
    let below = ["folders", "datacenters", "computes"];
    vec![
        step("folders", "Folder", "childEntity", &below),
        step("datacenters", "Datacenter", "hostFolder", &below),
        step("computes", "ComputeResource", "host", &[]),
    ]
}
