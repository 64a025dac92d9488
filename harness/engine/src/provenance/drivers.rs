//! Which drivers ran: what their binaries, their descriptors and they themselves say.

use std::collections::BTreeMap;

use seatrial_reports::{BinaryProvenance, DriverProvenance, PluginInfo, SaidBy, Verdict};

use super::binary;
use crate::devices::Devices;
use crate::external::{External, Place, Subject};
use crate::mode::{Mode, Subjects};

/// Programs, by their processes.
type Binaries = BTreeMap<String, BinaryProvenance>;

/// What ours are called.
const OURS: &str = "ours";

/// The drivers that cases of a mode are run with, as their binaries and descriptors have them. It reads the binaries.
pub fn drivers(mode: &Mode) -> Vec<DriverProvenance> {
    let (none, processes) = (Subjects::default(), mode.processes());
    let subjects = processes.map_or(&none, |processes| &processes.subjects);
    // Ours are part of this command; so is the node plugin, whatever the controller is, unless the driver brings one that can run.
    let own = processes.map(|processes| binary::read(&processes.program));
    let of = |names: &[&str]| own.iter().flat_map(|own| names.iter().map(|name| ((*name).to_owned(), own.clone()))).collect();
    let real_devices = processes.is_some_and(|processes| processes.devices == Devices::Loop);
    let csi = match subjects.csi.as_deref() {
        Some(external) if real_devices && external.node_plugin().is_some() => of_external(external, Binaries::new()),
        Some(external) => of_external(external, of(&["csi-node"])),
        None => ours(Subject::Csi, of(&["csi-controller", "csi-node"])),
    };
    let ccm = subjects.ccm.as_deref().map_or_else(|| ours(Subject::Ccm, of(&["ccm"])), |external| of_external(external, Binaries::new()));
    vec![csi, ccm]
}

/// The same with what drivers have answered in these cases.
pub fn driver_answers(drivers: Vec<DriverProvenance>, verdicts: &[Verdict]) -> Vec<DriverProvenance> {
    let csi = Subject::Csi.to_string();
    drivers.into_iter().map(|driver| if driver.subject == csi { answered(driver, verdicts) } else { driver }).collect()
}

/// Ours have this program's version.
fn ours(subject: Subject, binaries: Binaries) -> DriverProvenance {
    DriverProvenance {
        subject: subject.to_string(),
        driver: OURS.to_owned(),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        said_by: Some(SaidBy::Seatrial),
        described_version: None,
        binaries,
    }
}

/// One that was built elsewhere, beside what of it is ours.
fn of_external(external: &External, mut binaries: Binaries) -> DriverProvenance {
    for (described, program) in external.processes() {
        // Where ours stands in for a node plugin, it is named there already.
        binaries.entry(described.process.clone()).or_insert_with(|| match program {
            Place::File(path) => binary::read(path),
            Place::Image(name) => binary::of_image(name),
        });
    }
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
