//! Which accounts were refused, and when: what locks an account.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::config::LockOut;

/// The refusals since the last login that succeeded, by account.
#[derive(Debug, Default)]
pub struct Refusals(BTreeMap<String, Vec<Timestamp>>);

impl Refusals {
    /// Whether nobody gets in now, whatever he says.
    pub fn lock(&self, principal: &str, now: Timestamp, policy: LockOut) -> bool {
        let Some(refused) = self.0.get(principal).filter(|refused| refused.len() >= policy.refusals) else { return false };
        refused.last().is_some_and(|last| now < *last + policy.lasts)
    }

    /// Somebody was refused.
    pub fn add(&mut self, principal: &str, now: Timestamp, policy: LockOut) {
        let refused = self.0.entry(principal.to_owned()).or_default();
        refused.retain(|then| now < *then + policy.within);
        refused.push(now);
    }

    /// Somebody got in.
    pub fn forget(&mut self, principal: &str) {
        self.0.remove(principal);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn five_refusals_in_three_minutes_lock_for_five_minutes() {
        let at = |second| Timestamp::UNIX_EPOCH + Duration::from_secs(second);
        let policy = LockOut::default();
        let mut refusals = Refusals::default();
        for second in [0, 50, 100, 150, 200] {
            refusals.add("a", at(second), policy);
            assert!(!refusals.lock("a", at(second), policy), "the first was too long ago at {second}");
        }
        refusals.add("a", at(210), policy);
        assert!(refusals.lock("a", at(211), policy) && refusals.lock("a", at(509), policy) && !refusals.lock("a", at(511), policy));
        assert!(!refusals.lock("b", at(211), policy));
        refusals.forget("a");
        assert!(!refusals.lock("a", at(212), policy));
    }
}
