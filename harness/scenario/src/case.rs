//! One scenario, run once for each combination of versions.

use crate::model::scenario::Scenario;
use crate::model::version::Version;

/// One variant of a scenario: each vCenter with one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// `8.0.3`; with several vCenters `vc-a=8.0.3,vc-b=9.1.0`.
    pub name: String,
    /// Each vCenter's version, in the order of the file.
    pub versions: Vec<(String, Version)>,
}

impl Case {
    /// The version of a vCenter in this case.
    pub fn version(&self, vcenter: &str) -> Option<Version> {
        self.versions.iter().find(|(name, _)| name == vcenter).map(|(_, version)| *version)
    }
}

impl Scenario {
    /// The variants: every combination of the vCenters' versions, in the order of the file.
    pub fn cases(&self) -> Vec<Case> {
        let mut combinations: Vec<Vec<(String, Version)>> = vec![Vec::new()];
        for vcenter in &self.world.vcenters {
            combinations = combinations
                .into_iter()
                .flat_map(|before| {
                    vcenter.versions.iter().map(move |version| {
                        let mut versions = before.clone();
                        versions.push((vcenter.name.value.clone(), version.value));
                        versions
                    })
                })
                .collect();
        }
        combinations.into_iter().map(|versions| Case { name: name(&versions), versions }).collect()
    }
}

fn name(versions: &[(String, Version)]) -> String {
    match versions {
        [(_, version)] => version.to_string(),
        _ => versions.iter().map(|(vcenter, version)| format!("{vcenter}={version}")).collect::<Vec<_>>().join(","),
    }
}
