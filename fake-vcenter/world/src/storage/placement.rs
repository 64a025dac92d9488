//! Where a new volume goes: the usable datastore of those offered that has most room.

use vsphere_types::{
    CnsInCompatibleFault, CnsMissingPrivilegeFault, CnsPlacementResult, CnsRankedLowerFault, DataObject, Fault, InaccessibleDatastore,
    MoRef, NoDiskSpace, TypedFault,
};

use crate::look::Parts;
use crate::policy::incompatible;
use crate::state::{Policy, number_of};

/// The privilege that CNS wants on a datastore for whatever it does with volumes there.
pub const FILE_MANAGEMENT: &str = "Datastore.FileManagement";

/// The choice, and how each offered datastore was judged.
pub struct Placement {
    /// The datastore, or why there is none.
    pub chosen: Result<MoRef, Fault>,
    /// One entry for each datastore offered; the chosen one has no fault.
    pub results: Vec<CnsPlacementResult>,
}

/// What a place must satisfy.
pub struct Demand<'a> {
    /// For whom, by the name that sessions show.
    pub user: &'a str,
    /// The volume's policy.
    pub policy: Option<&'a Policy>,
    /// The datastores to choose from.
    pub offered: &'a [MoRef],
    /// The volume's size.
    pub capacity_mb: u64,
}

/// Chooses; equal room is decided by the order of the datastores' making.
pub fn place(parts: &Parts, demand: &Demand) -> Placement {
    let judged: Vec<(&MoRef, Result<u64, Fault>)> =
        demand.offered.iter().map(|datastore| (datastore, usable(parts, datastore, demand))).collect();
    let room = |(datastore, free): &(&MoRef, Result<u64, Fault>)| {
        Some((*free.as_ref().ok()?, std::cmp::Reverse(number_of(datastore)), (*datastore).clone()))
    };
    let chosen = judged.iter().filter_map(room).max_by_key(|(free, order, _)| (*free, *order)).map(|(_, _, datastore)| datastore);
    let results = judged
        .iter()
        .map(|(datastore, free)| {
            let fault = match free {
                Err(fault) => Some(fault.clone()),
                Ok(_) if chosen.as_ref() == Some(*datastore) => None,
                Ok(_) => Some(ranked_lower()),
            };
            CnsPlacementResult {
                datastore: (*datastore).clone(),
                placement_faults: fault.into_iter().map(Fault::into_localized).collect(),
                ..CnsPlacementResult::default()
            }
        })
        .collect();
    let refusals: Vec<(&MoRef, Fault)> = judged.into_iter().filter_map(|(datastore, free)| Some((datastore, free.err()?))).collect();
    Placement { chosen: chosen.ok_or_else(|| why_not(&refusals)), results }
}

/// Why no datastore will do: the reason against the first that is at least compatible, where there is one.
fn why_not(refusals: &[(&MoRef, Fault)]) -> Fault {
    let compatible = refusals.iter().find(|(_, fault)| fault.type_name() != CnsInCompatibleFault::TYPE);
    match compatible {
        Some((datastore, fault)) if fault.type_name() == CnsMissingPrivilegeFault::TYPE => {
            crate::fault::no_permission(datastore, FILE_MANAGEMENT)
        }
        Some((_, fault)) => fault.clone(),
        None if refusals.is_empty() => crate::fault::invalid_argument("createSpecs.datastores"),
        None => crate::fault::cns("No compatible datastore found for storagePolicy"),
    }
}

fn ranked_lower() -> Fault {
    CnsRankedLowerFault { reason: "Another datastore has more free capacity.".to_owned(), ..CnsRankedLowerFault::default() }
        .fault_with("Another datastore has more free capacity.")
}

fn missing_privilege() -> Fault {
    let reason = format!("The session lacks privilege {FILE_MANAGEMENT} on the datastore.");
    let privileges = vec![FILE_MANAGEMENT.to_owned()];
    CnsMissingPrivilegeFault { reason: reason.clone(), privileges, ..CnsMissingPrivilegeFault::default() }.fault_with(reason)
}

/// Free bytes of a datastore that can take the volume.
fn usable(parts: &Parts, datastore: &MoRef, demand: &Demand) -> Result<u64, Fault> {
    let record = parts.state.datastores.get(datastore).ok_or_else(|| crate::fault::not_found(datastore))?;
    if !parts.state.holds(demand.user, FILE_MANAGEMENT, datastore) {
        return Err(missing_privilege());
    }
    if let Some(against) = demand.policy.and_then(|policy| incompatible(&parts.state, policy, datastore)) {
        return Err(against);
    }
    if !record.accessible {
        let fault = InaccessibleDatastore {
            datastore: Some(datastore.clone()),
            name: Some(record.name.clone()),
            ..InaccessibleDatastore::default()
        };
        return Err(fault.fault_with(format!("Datastore '{}' is not accessible.", record.name)));
    }
    let free = parts.state.free_bytes(datastore);
    if free < demand.capacity_mb.saturating_mul(1024 * 1024) {
        let file = format!("[{}] fcd", record.name);
        return Err(NoDiskSpace { file, datastore: record.name.clone(), ..NoDiskSpace::default() }.fault());
    }
    Ok(free)
}
