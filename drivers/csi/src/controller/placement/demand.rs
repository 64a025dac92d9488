//! What is asked of a place.

use csi_api::v1::TopologyRequirement;
use tonic::Status;

use crate::config::Category;
use crate::topology::Segments;

/// What is asked of a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Demand {
    /// The terms, best first; none means that any place will do.
    pub terms: Vec<Segments>,
    /// `datastoreurl`.
    pub datastore_url: Option<String>,
    /// `storagepolicyname`.
    pub policy: Option<String>,
}

/// The terms of a requirement: the preferred ones, then the others.
pub(crate) fn terms(requirement: Option<&TopologyRequirement>, categories: &[Category]) -> Result<Vec<Segments>, Status> {
    let Some(requirement) = requirement else { return Ok(Vec::new()) };
    let mut terms: Vec<Segments> = Vec::new();
    for topology in requirement.preferred.iter().chain(&requirement.requisite) {
        if let Some(key) = topology.segments.keys().find(|key| categories.iter().all(|category| category.key != **key)) {
            let known: Vec<&str> = categories.iter().map(|category| category.key.as_str()).collect();
            let known = if known.is_empty() { "none: [Labels] names no tag category".to_owned() } else { known.join(", ") };
            return Err(Status::invalid_argument(format!("topology key {key} is not known; known are {known}")));
        }
        if !topology.segments.is_empty() && !terms.contains(&topology.segments) {
            terms.push(topology.segments.clone());
        }
    }
    Ok(terms)
}
