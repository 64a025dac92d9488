//! Where a new volume goes: the usable datastore of those offered that has most room.

use fake_vcenter_types::{CnsPlacementResult, CnsRankedLowerFault, Fault, InaccessibleDatastore, MoRef, NoDiskSpace, TypedFault};

use crate::state::number_of;
use crate::world::Parts;

/// The choice, and how each offered datastore was judged.
pub struct Placement {
    /// The datastore, or why there is none.
    pub chosen: Result<MoRef, Fault>,
    /// One entry for each datastore offered; the chosen one has no fault.
    pub results: Vec<CnsPlacementResult>,
}

/// Chooses; equal room is decided by the order of the datastores' making.
pub fn place(parts: &Parts, offered: &[MoRef], capacity_mb: u64) -> Placement {
    let judged: Vec<(&MoRef, Result<u64, Fault>)> =
        offered.iter().map(|datastore| (datastore, usable(parts, datastore, capacity_mb))).collect();
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
    let why_not = judged.into_iter().find_map(|(_, free)| free.err());
    let chosen = chosen.ok_or_else(|| why_not.unwrap_or_else(|| crate::fault::invalid_argument("createSpecs.datastores")));
    Placement { chosen, results }
}

fn ranked_lower() -> Fault {
    CnsRankedLowerFault { reason: "Another datastore has more free capacity.".to_owned(), ..CnsRankedLowerFault::default() }
        .fault_with("Another datastore has more free capacity.")
}

/// Free bytes of a datastore that can take the volume.
fn usable(parts: &Parts, datastore: &MoRef, capacity_mb: u64) -> Result<u64, Fault> {
    let record = parts.state.datastores.get(datastore).ok_or_else(|| crate::fault::not_found(datastore))?;
    if !record.accessible {
        let fault = InaccessibleDatastore {
            datastore: Some(datastore.clone()),
            name: Some(record.name.clone()),
            ..InaccessibleDatastore::default()
        };
        return Err(fault.fault_with(format!("Datastore '{}' is not accessible.", record.name)));
    }
    let free = parts.state.free_bytes(datastore);
    if free < capacity_mb.saturating_mul(1024 * 1024) {
        let file = format!("[{}] fcd", record.name);
        return Err(NoDiskSpace { file, datastore: record.name.clone(), ..NoDiskSpace::default() }.fault());
    }
    Ok(free)
}
