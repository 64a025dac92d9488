//! The runs of both reports, by case.

use std::collections::{BTreeMap, BTreeSet};

use super::model::CaseName;
use super::name::scenario_name;
use super::ran;
use crate::model::{RunReport, Verdict};

/// The runs of one report's case by seed; of two under one seed the worse.
pub(super) type Runs<'a> = BTreeMap<u64, &'a Verdict>;

/// A case and its runs in both reports.
pub(super) struct Pair<'a> {
    pub(super) name: CaseName,
    pub(super) base: Runs<'a>,
    pub(super) new: Runs<'a>,
}

impl<'a> Pair<'a> {
    /// Whether both reports have it.
    pub(super) fn is_in_both(&self) -> bool {
        !self.base.is_empty() && !self.new.is_empty()
    }

    /// The runs whose calls and times are compared: of the seeds that both have; where they share none, all.
    pub(super) fn comparable(&self) -> Option<(Vec<&'a Verdict>, Vec<&'a Verdict>)> {
        let seeds = |runs: &Runs<'a>| -> BTreeSet<u64> { runs.iter().filter(|(_, run)| ran(run)).map(|(seed, _)| *seed).collect() };
        let (base, new) = (seeds(&self.base), seeds(&self.new));
        if base.is_empty() || new.is_empty() {
            return None;
        }
        let shared: BTreeSet<u64> = base.intersection(&new).copied().collect();
        let (base, new) = if shared.is_empty() { (base, new) } else { (shared.clone(), shared) };
        let of = |seeds: BTreeSet<u64>, runs: &Runs<'a>| seeds.iter().map(|seed| runs[seed]).collect();
        Some((of(base, &self.base), of(new, &self.new)))
    }
}

/// All cases of both reports, by name.
pub(super) fn pairs<'a>(base: &'a RunReport, new: &'a RunReport) -> Vec<Pair<'a>> {
    let mut cases: BTreeMap<CaseName, (Runs<'a>, Runs<'a>)> = BTreeMap::new();
    for verdict in &base.cases {
        add(&mut cases.entry(name(verdict)).or_default().0, verdict);
    }
    for verdict in &new.cases {
        add(&mut cases.entry(name(verdict)).or_default().1, verdict);
    }
    cases.into_iter().map(|(name, (base, new))| Pair { name, base, new }).collect()
}

fn name(verdict: &Verdict) -> CaseName {
    CaseName { scenario: scenario_name(&verdict.scenario).to_owned(), case: verdict.case.clone() }
}

fn add<'a>(runs: &mut Runs<'a>, verdict: &'a Verdict) {
    let run = runs.entry(verdict.seed).or_insert(verdict);
    if verdict.outcome > run.outcome {
        *run = verdict;
    }
}
