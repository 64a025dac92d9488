//! Which capabilities the drivers of a world have: those that a descriptor offers, and those that the CSI driver announces.
//!
//! What is offered is known before anything runs, and so are the kinds that the embedded API server does not serve. What a driver announces is read from the journal: sidecars ask for it
//! (`ControllerGetCapabilities`) as soon as they have found it, so it is known when the world has come up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use kube::core::GroupVersionKind;
use seatrial_journal::{CallId, Entry, Event, Sink};
use seatrial_scenario::{Capability, DriverName, Scenario, Spanned};

use crate::manifest::{Manifests, Unserved, file_volume, implied, unserved};
use crate::mode::Mode;
use crate::steps;
use crate::successors::rollouts;
use crate::world::WorldHandle;

/// What the CSI driver has announced, as the journal has it; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Announced(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    asked: BTreeSet<CallId>,
    words: BTreeSet<String>,
}

impl Sink for Announced {
    fn take(&mut self, entry: &Entry, _line: &str) {
        match &entry.event {
            Event::Sent(call) if call.method == "ControllerGetCapabilities" => {
                self.lock().asked.insert(CallId(entry.seq));
            }
            Event::Answered { call, answer } => {
                let mut heard = self.lock();
                if heard.asked.remove(call) {
                    let words = answer.result.as_array().into_iter().flatten().filter_map(|word| Some(word.as_str()?.to_owned()));
                    heard.words.extend(words);
                }
            }
            _ => {}
        }
    }
}

impl Announced {
    fn lock(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.0.lock().expect("nothing panics while the words are locked")
    }

    /// Why a scenario cannot be asked of a driver that has announced this; the world has come up.
    pub(crate) fn unsupported(&self, scenario: &Scenario, manifests: &Manifests, mode: &Mode) -> Option<String> {
        let required = scenario.requires.iter().map(|asked| asked.value).filter(|capability| !self.has(*capability));
        let required: Vec<String> = required.map(|capability| self.missing(capability)).collect();
        let required = (!required.is_empty()).then(|| format!("{} {}", driver(mode), required.join(", and ")));
        let implied = implied(scenario, manifests).into_iter().filter(|(capability, _)| !self.has(*capability));
        let implied = implied.map(|(capability, what)| format!("{} {}\nneeded by {what}", driver(mode), self.missing(capability)));
        let lines: Vec<String> = required.into_iter().chain(implied).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// The first of these that the driver has not, with why it has not.
    pub(crate) fn lacks(&self, asked: &[Spanned<Capability>], mode: &Mode) -> Option<String> {
        let lacking = asked.iter().map(|asked| asked.value).find(|asked| !mode.offers(*asked) || !self.has(*asked))?;
        Some(format!("{} {}", driver(mode), self.missing(lacking)))
    }

    fn has(&self, capability: Capability) -> bool {
        capability.announced_as().is_none_or(|word| self.lock().words.contains(word))
    }

    fn missing(&self, capability: Capability) -> String {
        match capability.announced_as() {
            Some(word) => format!("does not announce {word} (`{capability}`)"),
            None => format!("does not offer `{capability}`"),
        }
    }
}

/// Why a scenario cannot be asked of the drivers and the API server of a world, if that is known before it is there.
pub(crate) fn unsupported(scenario: &Scenario, manifests: &Manifests, mode: &Mode) -> Option<String> {
    let lacking = scenario.requires.iter().map(|asked| asked.value).filter(|asked| !mode.offers(*asked));
    let lacking: Vec<String> = lacking.map(|capability| format!("`{capability}`")).collect();
    if !lacking.is_empty() {
        return Some(format!("{} does not offer {}", driver(mode), lacking.join(" and ")));
    }
    if let (Some(to), None) = (rollouts(scenario).find_map(|(rollout, _)| rollout.to_program()), mode.processes()) {
        let why = "drivers in this process live by its clock, which no program outside follows: none can take their place";
        return Some(format!("{why}\nneeded by the rollout to {to}\nrun it with --drivers processes, or with --driver"));
    }
    if let Some(driver) = played_alone(scenario, mode) {
        return Some(format!("several replicas of {driver} are not played"));
    }
    if let Some(lacking) = mode.lacks_for_file_volumes()
        && let Some(claim) = file_volume(scenario, manifests)
    {
        return Some(format!("{lacking}\nneeded by {claim}\nwithout --devices loop no node mounts it"));
    }
    let kinds = unserved(scenario, manifests, mode);
    let lines = without(kinds.iter().filter(|kind| !kind.unsure))?;
    Some(format!("{lines}\nrun it where it is served: --mode live --kubernetes kubeconfig"))
}

/// Why a scenario cannot be asked of an API server that has come up: it does not serve a kind, and no definition brings it.
pub(crate) async fn unserved_in(world: &WorldHandle, scenario: &Scenario, manifests: &Manifests, mode: &Mode) -> Option<String> {
    let mut lacking = Vec::new();
    for kind in unserved(scenario, manifests, mode).into_iter().filter(|kind| kind.unsure) {
        let (group, version) = kind.api_version.split_once('/').unwrap_or(("", &kind.api_version));
        if steps::is_unserved(world, &GroupVersionKind::gvk(group, version, &kind.kind)).await {
            lacking.push(kind);
        }
    }
    without(lacking.iter())
}

fn without<'a>(kinds: impl Iterator<Item = &'a Unserved>) -> Option<String> {
    let mut groups: BTreeMap<&str, (Vec<&str>, &str)> = BTreeMap::new();
    for Unserved { api_version, kind, place, .. } in kinds {
        groups.entry(api_version).or_insert((Vec::new(), place)).0.push(kind);
    }
    let words = |(api_version, (kinds, place)): (&str, (Vec<&str>, &str))| {
        format!("{api_version} is not served here: {}\nfirst named in {place}", kinds.join(", "))
    };
    let lines: Vec<String> = groups.into_iter().map(words).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// A driver of others of which a scenario wants several replicas.
fn played_alone(scenario: &Scenario, mode: &Mode) -> Option<String> {
    let several = |driver: DriverName| scenario.world.drivers.replicas_of(driver) > 1;
    if let Some(to) = rollouts(scenario).filter(|(rollout, _)| several(rollout.driver.value)).find_map(|(rollout, _)| rollout.to_program())
    {
        return Some(format!("driver {to}"));
    }
    if several(DriverName::Csi) && mode.external_csi().is_some() {
        return Some(driver(mode));
    }
    let ccm = mode.external_ccm().filter(|_| several(DriverName::Ccm))?;
    Some(format!("driver {}", ccm.descriptor.driver))
}

/// Who is to have them: all that there are today are of the CSI driver.
fn driver(mode: &Mode) -> String {
    let external = mode.external_csi().map(|external| external.descriptor.driver.as_str());
    external.map_or_else(|| "our CSI driver".to_owned(), |name| format!("driver {name}"))
}
