//! Shrinking: a scenario that fails becomes the smallest that fails for the same reason.
//!
//! Whatever can be left out of its files is left out, the large before the small: steps and faults in runs of them, then every entry and
//! member of the scenario and its manifests, then numbers become smaller; again and again until nothing more can go. What the
//! language or the API server would refuse is never run.

mod reason;
mod suspect;
mod whole;

use crate::bundle::{Bundle, BundleError};
use whole::{Place, Whole};

pub use reason::Reason;
pub use suspect::{Suspect, SuspectError};

/// How far shrinking goes.
#[derive(Clone, Copy, Debug)]
pub struct ShrinkOptions {
    /// How many candidates are tried at a time; how many changes nothing in what comes of it.
    pub workers: usize,
    /// After how many candidates it is enough.
    pub tries: usize,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// The smallest that was found.
    pub bundle: Bundle,
    /// How many candidates were tried.
    pub tried: usize,
    /// How many values it had before, and has now.
    pub size: [usize; 2],
}

/// Makes a bundle smaller for as long as `still` says yes of it. `told` hears how many candidates were tried and how much is left.
///
/// # Errors
/// Files that cannot be changed.
pub fn shrink(
    bundle: &Bundle,
    options: ShrinkOptions,
    still: impl Fn(&Bundle) -> bool + Sync,
    told: impl FnMut(usize, usize),
) -> Result<Shrunk, BundleError> {
    let whole = Whole::of(bundle)?;
    let before = whole.size();
    let mut shrinking = Shrinking { whole, options, tried: 0, still, told };
    while shrinking.pass() && shrinking.tried < options.tries {}
    let after = shrinking.whole.size();
    Ok(Shrunk { bundle: shrinking.whole.bundle(), tried: shrinking.tried, size: [before, after] })
}

struct Shrinking<Still, Told> {
    whole: Whole,
    options: ShrinkOptions,
    tried: usize,
    still: Still,
    told: Told,
}

impl<Still: Fn(&Bundle) -> bool + Sync, Told: FnMut(usize, usize)> Shrinking<Still, Told> {
    /// Tries everything once; whether anything went.
    fn pass(&mut self) -> bool {
        let mut smaller = false;
        for key in ["faults", "steps", "expect"] {
            smaller |= self.leave_out_members(key);
        }
        smaller |= self.leave_out_values();
        smaller | self.simplify_values()
    }

    /// Leaves members of a list out, first half of them at a time, then a quarter, and so on.
    fn leave_out_members(&mut self, key: &str) -> bool {
        let Some((_, mut chunk)) = self.whole.list(key) else { return false };
        let mut smaller = false;
        loop {
            chunk = chunk.div_ceil(2).max(1);
            let mut from = 0;
            while let Some((place, members)) = self.whole.list(key)
                && from < members
            {
                // From the end: what comes later depends on what came before.
                let starts: Vec<usize> = (from..members).step_by(chunk).collect();
                let candidates: Vec<Whole> = starts
                    .iter()
                    .map(|start| self.whole.without_members(&place, members.saturating_sub(start + chunk), members - start))
                    .collect();
                match self.first(&candidates) {
                    Some(number) => {
                        from = starts[number];
                        smaller = true;
                    }
                    None => break,
                }
            }
            if chunk == 1 || self.is_enough() {
                return smaller;
            }
        }
    }

    /// Leaves every value out that can go, what holds others before them.
    fn leave_out_values(&mut self) -> bool {
        self.walk(|whole, place| whole.without(place).into_iter().collect())
    }

    fn simplify_values(&mut self) -> bool {
        self.walk(Whole::simpler)
    }

    /// Goes through all places and takes the first change of each that still fails.
    fn walk(&mut self, changes: impl Fn(&Whole, &Place) -> Vec<Whole>) -> bool {
        let (mut smaller, mut from) = (false, 0);
        loop {
            let places = self.whole.places();
            let candidates: Vec<(usize, Whole)> = (from..places.len())
                .flat_map(|number| changes(&self.whole, &places[number]).into_iter().map(move |whole| (number, whole)))
                .collect();
            let numbers: Vec<usize> = candidates.iter().map(|(number, _)| *number).collect();
            let candidates: Vec<Whole> = candidates.into_iter().map(|(_, whole)| whole).collect();
            match self.first(&candidates) {
                // What stands there now was not tried yet.
                Some(taken) => (from, smaller) = (numbers[taken], true),
                None => return smaller,
            }
        }
    }

    fn is_enough(&self) -> bool {
        self.tried >= self.options.tries
    }

    /// Takes the first candidate that still fails, and says which. As many are tried at a time as there are workers.
    fn first(&mut self, candidates: &[Whole]) -> Option<usize> {
        let workers = self.options.workers.max(1);
        for (round, batch) in candidates.chunks(workers).enumerate() {
            if self.is_enough() {
                return None;
            }
            self.tried += batch.len();
            let fails = |whole: &Whole| (self.still)(&whole.bundle());
            let failed: Vec<bool> = if batch.len() == 1 {
                vec![fails(&batch[0])]
            } else {
                std::thread::scope(|scope| {
                    let running: Vec<_> = batch.iter().map(|whole| scope.spawn(|| fails(whole))).collect();
                    running.into_iter().map(|worker| worker.join().unwrap_or(false)).collect()
                })
            };
            if let Some(number) = failed.iter().position(|failed| *failed) {
                self.whole = batch[number].clone();
                (self.told)(self.tried, self.whole.size());
                return Some(round * workers + number);
            }
        }
        None
    }
}
