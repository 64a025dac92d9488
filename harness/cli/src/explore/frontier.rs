//! What is explored next: seeds, and variations of scenarios that have shown something which the corpus does not know.
//!
//! Whether something is new is judged by the corpus as it was at the beginning and by what the scenario's own forebears have shown, never
//! by what else ran: so the parts of an exploration explore what the whole does.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use seatrial_search::explore::{Corpus, CorpusError, Lineage, Transitions};

use super::arguments::ExploreArguments;

/// So many scenarios are drawn at a time.
const BATCH: usize = 64;
/// So many variations are run of a scenario that has shown something new.
const VARIATIONS: u32 = 3;
/// And of those that again have, so many times: a story that goes on showing new things must not become the whole exploration.
const DEPTH: usize = 2;

/// See the module.
pub struct Frontier<'a> {
    arguments: &'a ExploreArguments,
    /// The next seed.
    next: u64,
    /// Variations that are to be run, each with what its forebears have shown.
    variations: VecDeque<(Lineage, Transitions)>,
    /// What the forebears of those that run now have shown.
    forebears: BTreeMap<Lineage, Transitions>,
    /// As it was at the beginning.
    corpus: Option<Corpus>,
    /// With what was learned since.
    learned: Corpus,
}

impl<'a> Frontier<'a> {
    pub fn new(arguments: &'a ExploreArguments, corpus: Option<Corpus>) -> Self {
        let learned = corpus.clone().unwrap_or_default();
        Self { arguments, next: arguments.first(), variations: VecDeque::new(), forebears: BTreeMap::new(), corpus, learned }
    }

    /// The seed after the last that was drawn.
    pub fn next_seed(&self) -> u64 {
        self.next
    }

    /// How many transitions the runs have shown that the corpus did not know, and how many are known now.
    pub fn transitions(&self) -> [usize; 2] {
        let (before, now) = (self.corpus.as_ref().map_or(0, |corpus| corpus.known().len()), self.learned.known().len());
        [now - before, now]
    }

    /// The next scenarios, if there are any: variations before seeds.
    pub fn next(&mut self, elapsed: Duration) -> Option<Vec<Lineage>> {
        if self.arguments.time().is_some_and(|time| elapsed >= time) {
            return None;
        }
        let mut batch = Vec::new();
        self.forebears.clear();
        while batch.len() < BATCH
            && let Some((lineage, shown)) = self.variations.pop_front()
        {
            self.forebears.insert(lineage.clone(), shown);
            batch.push(lineage);
        }
        while batch.len() < BATCH && self.arguments.end().is_none_or(|end| self.next < end) {
            if self.arguments.takes(self.next) {
                batch.push(Lineage::from(self.next));
            }
            self.next += 1;
        }
        (!batch.is_empty()).then_some(batch)
    }

    /// Hears what a scenario has shown.
    pub fn shown(&mut self, lineage: &Lineage, shown: &Transitions) {
        self.learned.learn(lineage, shown);
        // To a corpus that knows nothing everything is new.
        let Some(corpus) = self.corpus.as_ref().filter(|corpus| !corpus.known().is_empty()) else { return };
        let mut forebears = self.forebears.remove(lineage).unwrap_or_default();
        if lineage.depth() >= DEPTH || shown.new_to(&[corpus.known(), &forebears]) == 0 {
            return;
        }
        forebears.add(shown);
        self.variations.extend(lineage.variations(VARIATIONS).map(|variation| (variation, forebears.clone())));
    }

    /// Writes what was learned, if it is to be.
    pub fn write_corpus(&self) -> Result<(), CorpusError> {
        match &self.arguments.corpus {
            Some(folder) if self.arguments.learn => self.learned.write(folder),
            _ => Ok(()),
        }
    }
}
