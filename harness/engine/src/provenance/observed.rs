//! What a journal tells of who ran: what the CSI driver's processes answered to `GetPluginInfo`, and how often each process started.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use seatrial_journal::{CallId, Entry, Event, ProcessEvent, Sink};
use seatrial_reports::PluginInfo;

/// Reads while the journal is written; clones share what was read.
#[derive(Clone, Default)]
pub(crate) struct Observed(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    /// Whom a call asked that is not answered yet.
    asked: BTreeMap<CallId, String>,
    plugins: BTreeMap<String, PluginInfo>,
    incarnations: BTreeMap<String, u32>,
}

impl Observed {
    /// Who the driver's processes said they are.
    pub(crate) fn plugins(&self) -> BTreeMap<String, PluginInfo> {
        self.lock().plugins.clone()
    }

    /// How often each process was started again, of those that were.
    pub(crate) fn restarts(&self) -> BTreeMap<String, u32> {
        let seen = self.lock();
        let again = seen.incarnations.iter().map(|(name, incarnation)| (name.clone(), incarnation.saturating_sub(1)));
        again.filter(|(_, times)| *times > 0).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().expect("reading never panics")
    }
}

impl Sink for Observed {
    fn take(&mut self, entry: &Entry, _line: &str) {
        match &entry.event {
            Event::Sent(call) if call.method == "GetPluginInfo" => {
                // The address begins with the process that listens there.
                let process = call.to.split(':').next().unwrap_or_default().to_owned();
                self.lock().asked.insert(CallId(entry.seq), process);
            }
            Event::Answered { call, answer } => {
                let mut seen = self.lock();
                if seen.asked.is_empty() {
                    return;
                }
                if let Some(process) = seen.asked.remove(call)
                    && let Some(name) = answer.result.get("name").and_then(|name| name.as_str())
                {
                    let version = answer.result.get("vendorVersion").and_then(|version| version.as_str()).unwrap_or_default();
                    seen.plugins.insert(process, PluginInfo { name: name.to_owned(), version: version.to_owned() });
                }
            }
            Event::Process { name, incarnation, event: ProcessEvent::Started } => {
                self.lock().incarnations.insert(name.clone(), *incarnation);
            }
            _ => {}
        }
    }
}
