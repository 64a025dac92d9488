//! Cases that took another virtual time.

use super::amount::Count;
use super::model::TimeChange;
use super::pairs::Pair;
use crate::model::Verdict;

/// What differs by less than this is no news: a retry earlier or later.
const LEAST_US: u64 = 60_000_000;
/// And by less than a tenth.
const LEAST_PART: u64 = 10;

/// Cases whose median of virtual time changed beyond both limits, the largest difference first.
pub(super) fn changes(pairs: &[Pair<'_>]) -> Vec<TimeChange> {
    let mut changes: Vec<TimeChange> = pairs.iter().filter_map(of_case).collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.base_us.abs_diff(change.new_us)));
    changes
}

fn of_case(pair: &Pair<'_>) -> Option<TimeChange> {
    let (base, new) = pair.comparable()?;
    let median = |runs: &[&Verdict]| Count::median(runs.iter().map(|verdict| verdict.virtual_time_us).collect()).floor();
    let (base_us, new_us) = (median(&base), median(&new));
    let difference = base_us.abs_diff(new_us);
    (difference > LEAST_US && difference > base_us / LEAST_PART).then(|| TimeChange { name: pair.name.clone(), base_us, new_us })
}
