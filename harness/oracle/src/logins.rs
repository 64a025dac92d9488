//! Logins bounded: no account is refused five times within three minutes, for then vCenter locks it, and everybody who uses
//! it is out: people, backups, the other driver.
//!
//! SOAP's and REST's logins count together, and those of all programs, as vCenter counts them; a login that succeeds ends the
//! count. The account is as it was written (`u@domain`). What locks an account is a setting of the domain; five failures in
//! three minutes is how vCenter is delivered. Not judged: how long nobody tries at all.
//!
//! Whom it has hurt: csi#2489, csi#3787.

use std::collections::BTreeMap;
use std::time::Duration;

use seatrial_journal::Elapsed;

use crate::findings::Findings;
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::shut_out::{Login, Logins};
use crate::view::View;

/// So many refusals lock an account.
pub const REFUSALS_LOCK: usize = 5;

/// Within this time.
pub const REFUSALS_WITHIN: Duration = Duration::from_secs(180);

/// A vCenter and an account there.
type Account = (String, String);

/// See the module.
#[derive(Default)]
pub struct LoginsBounded {
    logins: Logins,
    /// Refusals since the last login that succeeded: when, by which entry.
    refused: BTreeMap<Account, Vec<(Elapsed, u64)>>,
    findings: Findings,
}

impl Oracle for LoginsBounded {
    fn name(&self) -> &'static str {
        "logins-bounded"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, moment: &Moment) {
        let entry = moment.entry;
        let Some(Login { vcenter, user, refused, .. }) = self.logins.on(entry) else { return };
        match refused {
            Some(true) => self.refusal((vcenter, user), entry.at, entry.seq),
            Some(false) => drop(self.refused.remove(&(vcenter, user))),
            None => {}
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl LoginsBounded {
    fn refusal(&mut self, account: Account, at: Elapsed, seq: u64) {
        let recent = self.refused.entry(account.clone()).or_default();
        recent.push((at, seq));
        recent.retain(|(then, _)| at.duration().saturating_sub(then.duration()) < REFUSALS_WITHIN);
        if recent.len() >= REFUSALS_LOCK {
            let (vcenter, user) = account;
            let message = format!(
                "{user} was refused {REFUSALS_LOCK} times within {} s at {vcenter}, which locks the account for everybody",
                REFUSALS_WITHIN.as_secs()
            );
            self.findings.add(message, recent.iter().map(|(_, seq)| *seq).collect());
        }
    }
}
