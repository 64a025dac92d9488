//! The bounded history of one resource.
//!
//! The bound is the real watch cache's: between 100 and 102 400 events, grown while they are younger than 75 s.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

const FEWEST: usize = 100;
const MOST: usize = 102_400;
const YOUNG: Duration = Duration::from_secs(75);

/// One change of one object.
#[derive(Clone)]
pub struct Record {
    /// The version that the change made.
    pub revision: u64,
    /// When.
    pub at: Timestamp,
    /// The object's key below its resource.
    pub key: String,
    /// The state before; `None` when it was added.
    pub before: Option<Arc<Value>>,
    /// The state after; `None` when it was removed.
    pub after: Option<Arc<Value>>,
}

/// Changes after `floor`, oldest first.
#[derive(Default)]
pub struct Window {
    floor: u64,
    records: VecDeque<Record>,
}

impl Window {
    /// All changes after this version are here.
    pub fn floor(&self) -> u64 {
        self.floor
    }

    /// Takes in a change and drops what is too old.
    pub fn push(&mut self, record: Record) {
        let now = record.at;
        self.records.push_back(record);
        while let Some(oldest) = self.records.front() {
            let old = now.duration_since(oldest.at) > jiff::SignedDuration::try_from(YOUNG).expect("75 seconds are within range");
            if self.records.len() <= FEWEST || (!old && self.records.len() <= MOST) {
                break;
            }
            self.floor = oldest.revision;
            self.records.pop_front();
        }
    }

    /// Drops everything up to `revision`.
    pub fn compact(&mut self, revision: u64) {
        self.records.retain(|record| record.revision > revision);
        self.floor = self.floor.max(revision);
    }

    /// Changes after `revision`; `None` when history does not reach back that far.
    pub fn since(&self, revision: u64) -> Option<impl DoubleEndedIterator<Item = &Record>> {
        let start = self.records.partition_point(|record| record.revision <= revision);
        (revision >= self.floor).then(|| self.records.range(start..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(revision: u64, seconds: u64) -> Record {
        Record { revision, at: seatrial_journal::epoch() + Duration::from_secs(seconds), key: "k".to_owned(), before: None, after: None }
    }

    #[test]
    fn a_hundred_changes_are_kept_whatever_their_age_and_young_ones_beyond_that() {
        let mut window = Window::default();
        (1..=150).for_each(|revision| window.push(record(revision, revision / 2)));
        assert_eq!(window.floor(), 0);
        window.push(record(151, 90));
        assert_eq!(window.floor(), 29, "what is older than 75 seconds went");
        window.push(record(152, 10_000));
        assert_eq!((window.floor(), window.since(52).map(Iterator::count)), (52, Some(100)));
        assert!(window.since(51).is_none());
    }
}
