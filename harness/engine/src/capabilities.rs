//! Which capabilities the drivers of a world have: those that a descriptor offers, and those that the CSI driver announces.
//!
//! What is offered is known before anything runs. What a driver announces is read from the journal: sidecars ask for it
//! (`ControllerGetCapabilities`) as soon as they have found it, so it is known when the world has come up.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use seatrial_journal::{CallId, Entry, Event, Sink};
use seatrial_scenario::{Capability, Scenario, Spanned};

use crate::mode::Mode;

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
    pub(crate) fn unsupported(&self, scenario: &Scenario, mode: &Mode) -> Option<String> {
        let lacking = |capability: &Capability| !self.has(*capability);
        let asked = scenario.requires.iter().map(|asked| asked.value);
        let lacking: Vec<String> = asked.filter(lacking).map(|capability| self.missing(capability)).collect();
        (!lacking.is_empty()).then(|| format!("{} {}", driver(mode), lacking.join(", and ")))
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

/// Why a scenario cannot be asked of the drivers of a world, if that is known before it is there.
pub(crate) fn unsupported(scenario: &Scenario, mode: &Mode) -> Option<String> {
    let lacking = scenario.requires.iter().map(|asked| asked.value).filter(|asked| !mode.offers(*asked));
    let lacking: Vec<String> = lacking.map(|capability| format!("`{capability}`")).collect();
    (!lacking.is_empty()).then(|| format!("{} does not offer {}", driver(mode), lacking.join(" and ")))
}

/// Who is to have them: all that there are today are of the CSI driver.
fn driver(mode: &Mode) -> String {
    let external = mode.external_csi().map(|external| external.descriptor.driver.as_str());
    external.map_or_else(|| "our CSI driver".to_owned(), |name| format!("driver {name}"))
}
