//! Sessions bounded: at no moment has one client more live sessions at one vCenter than a client with care needs.
//!
//! A client is a user with its user agent and the kind of session (SOAP, REST), as far as the journal tells them. Sessions
//! of a process that was killed stay until vCenter ends them; the bound has room for some. Not judged: whether a session
//! is used, sessions per address.
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#2431.

use std::collections::{BTreeMap, BTreeSet};

use crate::findings::Findings;
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::view::View;

/// How many sessions one client may have: a controller, a syncer and their restarts, and as many again.
pub const SESSIONS_MAX: usize = 8;

/// See the module.
#[derive(Default)]
pub struct SessionsBounded {
    /// Clients that are beyond the bound now, so that each crossing is told once.
    beyond: BTreeSet<(String, String)>,
    findings: Findings,
}

impl Oracle for SessionsBounded {
    fn name(&self) -> &'static str {
        "sessions-bounded"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, moment: &Moment) {
        let Some((change, _)) = moment.vcenter("Session/") else { return };
        let vcenter = &change.store;
        let mut live: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for (_, seen) in moment.view.objects(vcenter, "Session/") {
            let known: Vec<&str> = ["userAgent", "kind"].iter().filter_map(|member| seen.text(&[member])).collect();
            let user = seen.text(&["user"]).unwrap_or("an unknown user");
            let client = if known.is_empty() { user.to_owned() } else { format!("{user} ({})", known.join(", ")) };
            live.entry(client).or_default().push(seen.added);
        }
        let is_beyond = |client: &str| live.get(client).is_some_and(|sessions| sessions.len() > SESSIONS_MAX);
        self.beyond.retain(|(store, client)| store != vcenter || is_beyond(client));
        for (client, sessions) in live.iter().filter(|(client, _)| is_beyond(client)) {
            if self.beyond.insert((vcenter.clone(), client.clone())) {
                let message = format!(
                    "{client} has {} live sessions at {vcenter}, more than {SESSIONS_MAX}: sessions are left behind",
                    sessions.len()
                );
                self.findings.add(message, sessions.clone());
            }
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}
