//! What the oracles mention newly, or no longer, without failing anything.

use std::collections::BTreeMap;

use super::model::FindingChange;
use super::pairs::{Pair, Runs};

/// Findings that came or went, by case; what an oracle says differs from seed to seed, so it is known by its name.
pub(super) fn changes(pairs: &[Pair<'_>]) -> Vec<FindingChange> {
    let mut changes: Vec<FindingChange> = pairs.iter().filter(|pair| pair.is_in_both()).flat_map(of_case).collect();
    changes.sort_by_key(|change| !change.added);
    changes
}

fn of_case(pair: &Pair<'_>) -> Vec<FindingChange> {
    let (before, after) = (of_runs(&pair.base), of_runs(&pair.new));
    let change = |oracle: &str, (message, runs): &(&str, usize), added| FindingChange {
        name: pair.name.clone(),
        oracle: oracle.to_owned(),
        message: (*message).to_owned(),
        added,
        runs: *runs,
    };
    let came = after.iter().filter(|(oracle, _)| !before.contains_key(*oracle)).map(|(oracle, found)| change(oracle, found, true));
    let went = before.iter().filter(|(oracle, _)| !after.contains_key(*oracle)).map(|(oracle, found)| change(oracle, found, false));
    came.chain(went).collect()
}

/// The first message of each oracle, and in how many runs it had one.
fn of_runs<'a>(runs: &Runs<'a>) -> BTreeMap<&'a str, (&'a str, usize)> {
    let mut found: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for verdict in runs.values() {
        let oracles: BTreeMap<&str, &str> =
            verdict.findings.iter().rev().map(|finding| (finding.oracle.as_str(), finding.message.as_str())).collect();
        for (oracle, message) in oracles {
            found.entry(oracle).or_insert((message, 0)).1 += 1;
        }
    }
    found
}
