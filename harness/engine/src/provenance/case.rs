//! What a case was made of: versions, tags, digests, restarts.

use seatrial_journal::sha256;
use seatrial_reports::{CaseProvenance, WorldProvenance};

use crate::outcome::RunOutcome;
use crate::run::RunSpec;

/// What a case was made of. What is known only of a world that ran is left out of one that did not.
pub(crate) fn of_case(spec: &RunSpec, outcome: &RunOutcome) -> CaseProvenance {
    let vcenters = spec.case.versions.iter().map(|(name, version)| (name.clone(), version.to_string())).collect();
    let mut manifests = spec.manifests.digests();
    manifests.extend(spec.scenario.included_worlds().map(|(path, text)| (path.to_owned(), sha256(text.as_bytes()))));
    CaseProvenance {
        world: Some(WorldProvenance { vcenters, kubernetes: outcome.kubernetes.clone(), plugins: outcome.plugins.clone() }),
        tags: spec.scenario.tags.iter().map(|tag| tag.value.clone()).collect(),
        scenario_sha256: Some(sha256(spec.scenario.text().as_bytes())),
        manifests,
        restarts: outcome.restarts.clone(),
        records: None,
    }
}
