//! Which accounts were refused, and when: what locks an account.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

/// So many refusals lock an account.
const REFUSALS: usize = 5;
/// Within this time.
const WITHIN: SignedDuration = SignedDuration::from_secs(180);
/// For so long.
const LOCKED: SignedDuration = SignedDuration::from_secs(300);

/// The refusals since the last login that succeeded, by account.
#[derive(Debug, Default)]
pub struct Refusals(BTreeMap<String, Vec<Timestamp>>);

impl Refusals {
    /// Whether nobody gets in now, whatever he says.
    pub fn lock(&self, principal: &str, now: Timestamp) -> bool {
        let Some(refused) = self.0.get(principal).filter(|refused| refused.len() >= REFUSALS) else { return false };
        refused.last().is_some_and(|last| now.duration_since(*last) < LOCKED)
    }

    /// Somebody was refused.
    pub fn add(&mut self, principal: &str, now: Timestamp) {
        let refused = self.0.entry(principal.to_owned()).or_default();
        refused.retain(|then| now.duration_since(*then) < WITHIN);
        refused.push(now);
    }

    /// Somebody got in.
    pub fn forget(&mut self, principal: &str) {
        self.0.remove(principal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_refusals_in_three_minutes_lock_for_five_minutes() {
        let at = |second| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
        let mut refusals = Refusals::default();
        for second in [0, 50, 100, 150, 200] {
            refusals.add("a", at(second));
            assert!(!refusals.lock("a", at(second)), "the first was too long ago at {second}");
        }
        refusals.add("a", at(210));
        assert!(refusals.lock("a", at(211)) && refusals.lock("a", at(509)) && !refusals.lock("a", at(511)));
        assert!(!refusals.lock("b", at(211)));
        refusals.forget("a");
        assert!(!refusals.lock("a", at(212)));
    }
}
