//! Where what a report says comes from: which drivers ran, by what their binaries and they themselves say; what each world was made of.

mod binary;
mod go;
mod observed;

use std::collections::BTreeMap;

use seatrial_kubernetes::api::RELEASE;
use seatrial_reports::{BinaryProvenance, CaseProvenance, DriverProvenance, PluginInfo, SaidBy, Verdict, WorldProvenance};

use crate::external::{External, Subject};
use crate::mode::{Mode, Processes, Subjects};
use crate::outcome::RunOutcome;
use crate::run::RunSpec;

pub(crate) use binary::sha256;
pub(crate) use observed::Observed;

/// What ours are called.
const OURS: &str = "ours";

/// Which Kubernetes the embedded one is.
pub(crate) fn embedded_kubernetes() -> Option<String> {
    Some(RELEASE.to_owned())
}

/// What a case was made of. What is known only of a world that ran is left out of one that did not.
pub(crate) fn of_case(spec: &RunSpec, outcome: &RunOutcome) -> CaseProvenance {
    let vcenters = spec.case.versions.iter().map(|(name, version)| (name.clone(), version.to_string())).collect();
    CaseProvenance {
        world: Some(WorldProvenance { vcenters, kubernetes: outcome.kubernetes.clone(), plugins: outcome.plugins.clone() }),
        tags: spec.scenario.tags.iter().map(|tag| tag.value.clone()).collect(),
        scenario_sha256: Some(sha256(spec.scenario.text().as_bytes())),
        manifests: spec.manifests.digests(),
        restarts: outcome.restarts.clone(),
        records: None,
    }
}

/// The drivers that cases of a mode are run with, as their binaries and descriptors have them. It reads the binaries.
pub fn drivers(mode: &Mode) -> Vec<DriverProvenance> {
    let (none, processes) = (Subjects::default(), mode.processes());
    let subjects = processes.map_or(&none, |processes| &processes.subjects);
    let csi = subjects.csi.as_deref().map_or_else(|| ours(Subject::Csi, processes), of_external);
    let ccm = subjects.ccm.as_deref().map_or_else(|| ours(Subject::Ccm, processes), of_external);
    vec![csi, ccm]
}

/// The same with what drivers have answered in these cases.
pub fn driver_answers(drivers: Vec<DriverProvenance>, verdicts: &[Verdict]) -> Vec<DriverProvenance> {
    let csi = Subject::Csi.to_string();
    drivers.into_iter().map(|driver| if driver.subject == csi { answered(driver, verdicts) } else { driver }).collect()
}

/// Ours are part of this program, and have its version.
fn ours(subject: Subject, processes: Option<&Processes>) -> DriverProvenance {
    let binaries = processes.map(|processes| BTreeMap::from([("seatrial".to_owned(), binary::read(&processes.program))]));
    DriverProvenance {
        subject: subject.to_string(),
        driver: OURS.to_owned(),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        said_by: Some(SaidBy::Seatrial),
        described_version: None,
        binaries: binaries.unwrap_or_default(),
    }
}

fn of_external(external: &External) -> DriverProvenance {
    let binaries: BTreeMap<String, BinaryProvenance> =
        external.processes().map(|(described, program)| (described.process.clone(), binary::read(program))).collect();
    let main = binaries.get(external.descriptor.main_process());
    let built = main.and_then(|binary| binary.go.as_ref()?.version_or_revision());
    let described = external.descriptor.version.clone();
    let said_by = built.as_ref().map(|_| SaidBy::BuildInfo).or(described.as_ref().map(|_| SaidBy::Descriptor));
    DriverProvenance {
        subject: external.descriptor.subject.to_string(),
        driver: external.descriptor.driver.clone(),
        described_version: described.clone().filter(|described| built.as_ref().is_some_and(|built| built != described)),
        version: built.or(described),
        said_by,
        binaries,
    }
}

/// What a CSI driver says of itself goes before what others say of it, but for its binary.
fn answered(driver: DriverProvenance, verdicts: &[Verdict]) -> DriverProvenance {
    let answer = verdicts.iter().filter_map(controller).find(|info| !info.version.is_empty());
    match (driver.said_by, answer) {
        (Some(SaidBy::BuildInfo), _) | (_, None) => driver,
        (said_by, Some(info)) => {
            let described = driver.version.clone().filter(|version| said_by == Some(SaidBy::Descriptor) && *version != info.version);
            DriverProvenance { version: Some(info.version.clone()), said_by: Some(SaidBy::Driver), described_version: described, ..driver }
        }
    }
}

/// What the controller of a case answered.
fn controller(verdict: &Verdict) -> Option<&PluginInfo> {
    verdict.provenance.world.as_ref()?.plugins.get(crate::world::CONTROLLER)
}
