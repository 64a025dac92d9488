//! Sessions bounded: at no moment has one user more live sessions at one vCenter than a client with care needs.
//!
//! Not judged: who opened them; a user agent, where the journal tells it, counts as another client.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_journal::Entry;

use crate::view::is_vcenter;
use crate::{Oracle, View, Violation, When};

/// How many sessions one user may have: a controller, a syncer and their restarts, and as many again.
pub const SESSIONS_MAX: usize = 8;

/// See the module.
pub struct SessionsBounded {
    view: View,
    /// Clients that are beyond the bound now, so that each crossing is told once.
    beyond: BTreeSet<(String, String)>,
    findings: Vec<Violation>,
}

impl Default for SessionsBounded {
    fn default() -> Self {
        let keep = |store: &str, object: &str| is_vcenter(store) && object.starts_with("Session/");
        Self { view: View::of(keep), beyond: BTreeSet::new(), findings: Vec::new() }
    }
}

impl Oracle for SessionsBounded {
    fn name(&self) -> &'static str {
        "sessions-bounded"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, entry: &Entry) {
        if !self.view.on(entry) {
            return;
        }
        let mut live: BTreeMap<(String, String), Vec<u64>> = BTreeMap::new();
        for (vcenter, _, seen) in self.view.in_vcenters("Session/") {
            let user = seen.text(&["user"]).unwrap_or("an unknown user");
            let client = seen.text(&["userAgent"]).map_or_else(|| user.to_owned(), |agent| format!("{user} ({agent})"));
            live.entry((vcenter.to_owned(), client)).or_default().push(seen.added);
        }
        self.beyond.retain(|client| live.get(client).is_some_and(|sessions| sessions.len() > SESSIONS_MAX));
        for (client, mut sessions) in live.into_iter().filter(|(_, sessions)| sessions.len() > SESSIONS_MAX) {
            if !self.beyond.contains(&client) {
                sessions.sort_unstable();
                let (vcenter, user) = &client;
                let message =
                    format!("{user} has {} live sessions at {vcenter}, more than {SESSIONS_MAX}: sessions are left behind", sessions.len());
                self.findings.push(Violation { oracle: self.name().to_owned(), message, entries: sessions });
                self.beyond.insert(client);
            }
        }
    }

    fn findings(&self) -> Vec<Violation> {
        self.findings.clone()
    }
}
