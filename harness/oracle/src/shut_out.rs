//! Who is shut out: whose last login a vCenter has refused; and who finds that an outage has ended his session.
//!
//! Whoever tries again at once locks his account, so a driver that was refused waits: a quarter of an hour, and longer than what asks it does.
//! Meanwhile not everybody is there, and the world is not at rest, however quiet it is; nor is it so just after the driver was let in again,
//! when it goes on. Who does not try to come in again at all is not shut out for ever: [`WAITS`] after the refusal it is his own doing.
//!
//! A session that ended with an outage is found to have ended when it is used next, which may be half an hour later, when the world has long
//! been at rest. Whoever finds that logs in and goes on, once for each outage.

use std::collections::BTreeMap;
use std::time::Duration;

use seatrial_journal::{Border, Call, Elapsed, Entry, Event, ProcessEvent};

/// How long a refusal may be waited out.
const WAITS: Duration = Duration::from_secs(1200);

/// How long after a login that was refused before a process may still be going on with what it could not do.
const GOES_ON: Duration = Duration::from_secs(120);

/// How a login is called: SOAP's, REST's.
const LOGINS: [&str; 2] = ["Login", "POST cis/session"];

/// What a refusal of the credentials is called: SOAP's, REST's.
const REFUSALS: [&str; 2] = ["InvalidLogin", "unauthenticated"];

/// What a call is told whose session has ended: by SOAP, by REST.
pub(crate) const SESSION_ENDED: [&str; 2] = ["NotAuthenticated", "unauthenticated"];

/// A login that is over.
pub(crate) struct Login {
    /// Who wanted to come in.
    pub(crate) process: String,
    /// Where.
    pub(crate) vcenter: String,
    /// As which account, as it was written.
    pub(crate) user: String,
    /// Whether he was refused; none when nobody said so.
    pub(crate) refused: Option<bool>,
}

/// The logins that have no answer so far, by their call; a fold over the journal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Logins(BTreeMap<u64, (String, String, String)>);

impl Logins {
    /// Shows the next entry; answers the login that it ends.
    pub(crate) fn on(&mut self, entry: &Entry) -> Option<Login> {
        let (call, refused) = match &entry.event {
            Event::Sent(call) if is_login(call) => {
                let user = call.args.get("user").and_then(|user| user.as_str()).unwrap_or("an unknown user");
                self.0.insert(entry.seq, (call.from.clone(), call.to.clone(), user.to_owned()));
                return None;
            }
            Event::Answered { call, answer } => match &answer.error {
                None => (call, Some(false)),
                Some(error) => (call, REFUSALS.contains(&error.as_str()).then_some(true)),
            },
            Event::CallerGone { call } => (call, None),
            _ => return None,
        };
        let (process, vcenter, user) = self.0.remove(&call.0)?;
        Some(Login { process, vcenter, user, refused })
    }
}

fn is_login(call: &Call) -> bool {
    call.border == Border::VCenter && LOGINS.contains(&call.method.as_str())
}

/// See the module; a fold over the journal.
#[derive(Clone, Debug, Default)]
pub(crate) struct ShutOut {
    logins: Logins,
    /// When each process was last refused at each vCenter, since it was last let in there.
    refused: BTreeMap<(String, String), Elapsed>,
    /// When a process was let in that was refused before, or found that it has to come in again.
    let_in: BTreeMap<String, Elapsed>,
    /// Since when each session has nothing to be excused by: when its process was last let in there, or was told that it has ended.
    accounted: BTreeMap<(String, String), Elapsed>,
    /// When something was last away, or struck.
    outage: Option<Elapsed>,
    /// The calls to vCenters that have no answer so far.
    calls: BTreeMap<u64, (String, String)>,
    now: Elapsed,
}

impl ShutOut {
    /// Shows the next entry. Every entry must be shown, in order.
    pub(crate) fn on(&mut self, entry: &Entry) {
        self.now = entry.at;
        if let Event::Process { name, event: ProcessEvent::Started, .. } = &entry.event {
            self.refused.retain(|(process, _), _| process != name);
        }
        self.note_ended_session(entry);
        let Some(Login { process, vcenter, refused, .. }) = self.logins.on(entry) else { return };
        let (place, at) = ((process, vcenter), entry.at);
        match refused {
            Some(true) => drop(self.refused.insert(place, at)),
            Some(false) => {
                if self.refused.remove(&place).is_some() {
                    self.let_in.insert(place.0.clone(), at);
                }
                self.accounted.insert(place, at);
            }
            None => {}
        }
    }

    /// Whether somebody is told that his session has ended, which he had from before an outage.
    fn note_ended_session(&mut self, entry: &Entry) {
        let place = match &entry.event {
            Event::Outage { .. } | Event::Fault { .. } => {
                self.outage = Some(entry.at);
                return;
            }
            Event::Sent(call) if call.border == Border::VCenter && !is_login(call) => {
                self.calls.insert(entry.seq, (call.from.clone(), call.to.clone()));
                return;
            }
            Event::CallerGone { call } => {
                self.calls.remove(&call.0);
                return;
            }
            Event::Answered { call, answer } => {
                let place = self.calls.remove(&call.0);
                place.filter(|_| answer.error.as_deref().is_some_and(|error| SESSION_ENDED.contains(&error)))
            }
            _ => None,
        };
        let Some(place) = place else { return };
        let since = self.accounted.get(&place).copied().unwrap_or_default();
        if self.outage.is_some_and(|outage| outage >= since) {
            self.let_in.insert(place.0.clone(), entry.at);
            // Who is told so again and never logs in has no excuse.
            self.accounted.insert(place, entry.at);
        }
    }

    /// Until when somebody was or is shut out at most; zero when nobody is.
    pub(crate) fn until(&self) -> Duration {
        let refused = self.refused.values().map(|at| at.duration() + WAITS);
        let went_on = self.let_in.values().map(|at| at.duration());
        refused.chain(went_on).max().unwrap_or_default()
    }

    /// Whether somebody is now.
    pub(crate) fn is_anybody(&self) -> bool {
        self.now.duration() < self.until()
    }

    /// Whether this process tries to come in, or goes on after it was let in.
    pub(crate) fn comes_in(&self, process: &str) -> bool {
        let recently = |at: Elapsed, within: Duration| self.now.duration() < at.duration() + within;
        self.refused.iter().any(|((refused, _), at)| refused == process && recently(*at, WAITS))
            || self.let_in.get(process).is_some_and(|at| recently(*at, GOES_ON))
    }
}
