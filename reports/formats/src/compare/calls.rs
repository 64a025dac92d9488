//! Calls that came and went, as medians over the seeds: under another seed, things happen in another order.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_journal::Border;

use super::amount::{Amounts, Count};
use super::model::{CallChange, Operation, OperationChange};
use super::name::CaseName;
use super::pairs::Pair;
use crate::model::Verdict;

/// How often each operation was called in a case.
type Calls = BTreeMap<Operation, Count>;

/// Operations that cases call more or less often, the largest difference first.
pub(super) fn changes(pairs: &[Pair<'_>]) -> Vec<CallChange> {
    let mut changes: Vec<CallChange> = pairs.iter().flat_map(of_case).collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.amounts.distance()));
    changes
}

fn of_case(pair: &Pair<'_>) -> Vec<CallChange> {
    let Some((base, new)) = pair.comparable() else { return Vec::new() };
    // Older reports do not say who called vCenters.
    let callers = [&base, &new].into_iter().flatten().all(|verdict| knows_callers(verdict));
    let (before, after) = (medians(&base, callers), medians(&new, callers));
    let operations: BTreeSet<&Operation> = before.keys().chain(after.keys()).collect();
    let amount = |calls: &Calls, operation: &Operation| calls.get(operation).copied().unwrap_or_default();
    operations
        .into_iter()
        .map(|operation| (operation, Amounts { base: amount(&before, operation), new: amount(&after, operation) }))
        .filter(|(_, amounts)| amounts.base != amounts.new)
        .map(|(operation, amounts)| CallChange { name: pair.name.clone(), operation: operation.clone(), amounts })
        .collect()
}

fn knows_callers(verdict: &Verdict) -> bool {
    !verdict.vcenter_calls.is_empty() || !verdict.calls.contains_key(&Border::VCenter)
}

fn medians(runs: &[&Verdict], callers: bool) -> Calls {
    let mut numbers: BTreeMap<Operation, Vec<u64>> = BTreeMap::new();
    for (place, verdict) in runs.iter().enumerate() {
        for (operation, number) in calls(verdict, callers) {
            let numbers = numbers.entry(operation).or_default();
            // Runs before this one did not call it.
            numbers.resize(place, 0);
            numbers.push(number);
        }
    }
    let median = |mut numbers: Vec<u64>| {
        numbers.resize(runs.len(), 0);
        Count::median(numbers)
    };
    numbers.into_iter().map(|(operation, numbers)| (operation, median(numbers))).collect()
}

fn calls(verdict: &Verdict, callers: bool) -> Vec<(Operation, u64)> {
    let mut found = Vec::new();
    if callers {
        for (method, by) in &verdict.vcenter_calls {
            for (caller, number) in by {
                let caller = Some(caller.clone());
                found.push((Operation { border: Border::VCenter, method: method.clone(), caller }, *number));
            }
        }
    }
    for (border, methods) in verdict.calls.iter().filter(|(border, _)| !callers || **border != Border::VCenter) {
        for (method, number) in methods {
            found.push((Operation { border: *border, method: method.clone(), caller: None }, *number));
        }
    }
    found
}

/// The same over all cases, by operation.
pub(super) fn operations(changes: &[CallChange]) -> Vec<OperationChange> {
    let mut sums: BTreeMap<&Operation, OperationChange> = BTreeMap::new();
    // The largest difference comes first, so the first case of an operation is the one with the most.
    for change in changes {
        let sum = sums.entry(&change.operation).or_insert_with(|| none(&change.operation, &change.name));
        sum.amounts.base += change.amounts.base;
        sum.amounts.new += change.amounts.new;
        sum.cases += 1;
    }
    // What one case calls more and another less is told by case.
    let mut sums: Vec<OperationChange> = sums.into_values().filter(|sum| sum.amounts.base != sum.amounts.new).collect();
    sums.sort_by_key(|change| std::cmp::Reverse(change.amounts.distance()));
    sums
}

fn none(operation: &Operation, most: &CaseName) -> OperationChange {
    OperationChange { operation: operation.clone(), amounts: Amounts::default(), cases: 0, most: most.clone() }
}
