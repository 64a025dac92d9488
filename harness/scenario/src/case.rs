//! One scenario, run once for each combination of versions, and of the values of its matrix.

use crate::error::ScenarioErrors;
use crate::model::matrix::{self, Values};
use crate::model::placeholder::OF_MATRIX;
use crate::model::scenario::Scenario;
use crate::model::version::Version;
use crate::parse::parse_case;

/// One variant of a scenario: each vCenter with one version, each name of the matrix with one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// `8.0.3`; with several vCenters `vc-a=8.0.3,vc-b=9.1.0`; behind that the values of the matrix, `8.0.3,file-system=xfs`.
    pub name: String,
    /// Each vCenter's version, in the order of the file.
    pub versions: Vec<(String, Version)>,
    /// The value of each name of the matrix.
    pub values: Values,
}

impl Case {
    /// The version of a vCenter in this case.
    pub fn version(&self, vcenter: &str) -> Option<Version> {
        self.versions.iter().find(|(name, _)| name == vcenter).map(|(_, version)| *version)
    }
}

impl Scenario {
    /// The variants: every combination of the vCenters' versions and of the matrix's values, in the order of the file.
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
        let with = |versions: Vec<(String, Version)>| {
            let one = move |values: Values| Case { name: name(&versions, &values), versions: versions.clone(), values };
            matrix::combinations(&self.matrix).into_iter().map(one)
        };
        combinations.into_iter().flat_map(with).collect()
    }

    /// The scenario as it is in one of its cases.
    ///
    /// # Errors
    /// None, if the case is one of its own: all were read when it was.
    pub fn of_case(&self, case: &Case) -> Result<Self, ScenarioErrors> {
        if self.matrix.is_empty() { Ok(self.clone()) } else { parse_case(self, &case.values) }
    }

    /// The text of a manifest as it is in a case: with the matrix's values in their places.
    pub fn filled(case: &Case, manifest: &str) -> String {
        OF_MATRIX.filled(manifest, &case.values)
    }
}

fn name(versions: &[(String, Version)], values: &[(String, String)]) -> String {
    let versions = match versions {
        [(_, version)] => version.to_string(),
        _ => versions.iter().map(|(vcenter, version)| format!("{vcenter}={version}")).collect::<Vec<_>>().join(","),
    };
    values.iter().fold(versions, |name, (key, value)| format!("{name},{key}={value}"))
}
