//! Zone and region of a machine, from tags.
//!
//! Three chains are tried, as upstream documents them: the host and all that is above it, then the resource pool and all
//! that is above it, then the machine itself and the folders that it is in. Within a chain the walk goes outwards; a tag
//! further out takes the place of one further in, until both zone and region have been seen. A chain counts when it has
//! both.

use super::{Member, Place, VCenterPool};
use crate::vcenter::{Chain, Machine, Tag, VCenterError};

/// Where a machine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Zones {
    pub zone: String,
    pub region: String,
}

/// Why it cannot be said where a machine is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ZoneError {
    /// vCenter was asked, and has not answered.
    #[error("{vcenter}: {}", .error.cause())]
    VCenter { vcenter: String, error: VCenterError },
    /// No chain has both.
    #[error(
        "neither host, resource pool nor machine of {machine} has tags of both {zone} and {region} on it or above it ({found}); \
         tag the cluster and the datacenter, or take `labels` out of the configuration"
    )]
    Untagged { machine: String, zone: String, region: String, found: String },
    /// One object has two.
    #[error("{object} has several tags of category {category}: {}; keep one", .names.join(", "))]
    Several { object: String, category: String, names: Vec<String> },
}

impl VCenterPool {
    /// Zone and region; `None` when the configuration names no categories for them.
    pub(crate) async fn zones(&self, place: &Place, machine: &Machine) -> Result<Option<Zones>, ZoneError> {
        let (Some(zone), Some(region)) = (self.labels.zone.as_deref(), self.labels.region.as_deref()) else { return Ok(None) };
        let member = self.member(place);
        let failed = |error| ZoneError::VCenter { vcenter: member.name.clone(), error };
        let chains = member.breaker.ask(member.vcenter.chains(machine)).await.map_err(failed)?;
        let mut seen = Vec::new();
        for (name, mut chain) in [("host", chains.host), ("resource pool", chains.pool), ("machine", chains.machine)] {
            if !self.behaviours.label_zones_from_ancestors {
                chain.truncate(1);
            }
            match walk(member, &chain, zone, region).await? {
                (Some(zone), Some(region)) => return Ok(Some(Zones { zone, region })),
                (Some(found), None) => seen.push(format!("from the {name} only zone {found}")),
                (None, Some(found)) => seen.push(format!("from the {name} only region {found}")),
                (None, None) => {}
            }
        }
        let found = if seen.is_empty() { "none were found".to_owned() } else { seen.join(", ") };
        Err(ZoneError::Untagged { machine: machine.name.clone(), zone: zone.to_owned(), region: region.to_owned(), found })
    }
}

/// Walks a chain outwards until it has seen both.
async fn walk(member: &Member, chain: &Chain, zone: &str, region: &str) -> Result<(Option<String>, Option<String>), ZoneError> {
    let mut found = (None, None);
    if chain.is_empty() {
        return Ok(found);
    }
    let failed = |error| ZoneError::VCenter { vcenter: member.name.clone(), error };
    let tags = member.breaker.ask(member.vcenter.tags_on(chain)).await.map_err(failed)?;
    for object in chain {
        let here = tags.get(object).map_or(&[][..], Vec::as_slice);
        let of = |category: &str| only(here, category).map_err(|names| several(&object.to_string(), category, names));
        found = (of(zone)?.or(found.0), of(region)?.or(found.1));
        if found.0.is_some() && found.1.is_some() {
            break;
        }
    }
    Ok(found)
}

/// The one tag of a category; all of them when there are several.
fn only(tags: &[Tag], category: &str) -> Result<Option<String>, Vec<String>> {
    let mut names: Vec<String> = tags.iter().filter(|tag| tag.category == category).map(|tag| tag.name.clone()).collect();
    if names.len() > 1 { Err(names) } else { Ok(names.pop()) }
}

fn several(object: &str, category: &str, names: Vec<String>) -> ZoneError {
    ZoneError::Several { object: object.to_owned(), category: category.to_owned(), names }
}
