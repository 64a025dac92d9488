//! Sweeps: a scenario's calm run is struck at every call, by one trouble at a time.

mod calm;
mod ease;
mod faults;
mod place;
mod proportion;
mod strike;
mod table;
mod trouble;

use std::collections::BTreeSet;
use std::sync::Arc;

use seatrial_engine::server_of;
use seatrial_journal::Entry;

use calm::CalmRun;
pub(crate) use ease::BEFORE_THE_END;
pub use ease::{StepTimes, eased};
pub use place::{Place, Subjects, places};
pub use strike::Strike;
pub use table::{JudgedStrike, SWEEP_SCHEMA_VERSION, Standing, SweepReport, SweptCase};
pub use trouble::Trouble;

/// What a sweep does.
#[derive(Clone, Debug)]
pub struct SweepOptions {
    /// Whose calls are struck.
    pub subjects: Subjects,
    /// By what; each once.
    pub troubles: Vec<Trouble>,
    /// Methods by which drivers of others poll: what happens at them happens in every run, and at rest.
    pub polls: Vec<String>,
    /// At most so many strikes of a case, spread evenly over all; all when it is not said.
    pub sample: Option<usize>,
}

/// All strikes at the calls of a calm run's journal, in the order of the calls.
pub fn strikes(journal: &[Entry], options: &SweepOptions) -> Vec<Strike> {
    let mut places = places(journal, &options.subjects, |address| server_of(address).to_owned());
    places.retain(|place| !options.polls.contains(&place.method));
    let calm = Arc::new(CalmRun::of(journal, &options.subjects));
    let (mut strikes, mut taken) = (Vec::new(), BTreeSet::new());
    for place in &places {
        for trouble in &options.troubles {
            let blows = trouble::blows(*trouble, place, &options.subjects);
            strikes.extend(blows.into_iter().filter_map(|blow| Strike::new(place, *trouble, blow, &calm, &mut taken)));
        }
    }
    sampled(strikes, options.sample)
}

/// At most so many, spread evenly.
fn sampled(strikes: Vec<Strike>, most: Option<usize>) -> Vec<Strike> {
    let all = strikes.len();
    match most {
        Some(most) if most < all => {
            let is_taken = |place: usize| place * most / all != (place + 1) * most / all;
            strikes.into_iter().enumerate().filter(|(place, _)| is_taken(*place)).map(|(_, strike)| strike).collect()
        }
        _ => strikes,
    }
}
