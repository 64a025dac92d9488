//! `seatrial sweep`: strikes scenarios at every call of their calm runs, one trouble at a time.

mod arguments;
mod calm;
mod conclusion;

use std::collections::BTreeMap;
use std::path::PathBuf;

use seatrial_engine::{Mode, RunSpec, Stop};
use seatrial_reports::UnfinishedCase;
use seatrial_search::Bundle;
use seatrial_search::sweep::{Strike, strikes};

use crate::exit::Exit;
use crate::output::{fail, say};
use crate::run::out::Out;
use crate::run::provenance::Made;
use crate::run::reports::Began;
use crate::run::screen::Screen;
use crate::run::work::{Later, Work, clear, label};
use crate::select;
use crate::surroundings::Surroundings;
use crate::worker_pool;
pub use arguments::SweepArguments;
use calm::Calm;
use conclusion::Conclusion;

/// A case and the strikes at it.
struct Swept {
    /// The scenario, as it was named.
    name: String,
    spec: RunSpec,
    bundle: Bundle,
    strikes: Vec<Strike>,
    /// The folder that strikes are written into that did not hold.
    folder: PathBuf,
}

/// Sweeps; the exit code tells the worst that was found.
pub fn sweep(arguments: &SweepArguments, around: &Surroundings) -> Exit {
    let candidates = match select::candidates(&arguments.scenarios, &arguments.choice) {
        Ok(candidates) => candidates,
        Err(error) => return fail(&error.to_string(), Exit::BadInput),
    };
    let mode = match arguments.worlds.mode(around) {
        Ok(mode) => mode,
        Err((message, exit)) => return fail(&message, exit),
    };
    let out = match Out::take(arguments.out()) {
        Ok(out) => out,
        Err(error) => return fail(&error.to_string(), Exit::Environment),
    };
    let (began, stop) = (Began::now(), Stop::default());
    let calm = match calm::run_all(&candidates, arguments, &mode, &stop) {
        Ok(calm) => calm,
        Err(exit) => return exit,
    };
    let swept: Vec<Swept> = calm.into_iter().map(|calm| plan(calm, arguments, &mode)).collect();
    say(&counts(&swept));
    if arguments.list {
        return Exit::Passed;
    }
    let (work, of): (Vec<Work>, Vec<(usize, usize)>) = work(&swept, &stop).into_iter().unzip();
    let names: Vec<UnfinishedCase> = work.iter().map(Work::unfinished).collect();
    let made = Made::look(&mode, arguments.seed, 1);
    let mut screen = Screen::of_many(work.iter().map(Work::label).collect());
    let options = arguments.pool_options(&stop);
    let workers = options.workers();
    let log = worker_pool::run_all(work, options, |event| screen.show(event));
    screen.clear();
    Conclusion { out, swept, of, names, began, made, mode, workers }.conclude(log)
}

/// The strikes of a case that fall into this part.
fn plan(calm: Calm, arguments: &SweepArguments, mode: &Mode) -> Swept {
    let Calm { name, spec, bundle, journal } = calm;
    let mut strikes = strikes(&journal, &arguments.options(mode));
    let named = select::name_of(name.as_ref());
    if let Some(part) = arguments.partition {
        strikes.retain(|strike| part.takes(&format!("{} {}", label(name.as_ref(), &spec.case.name, spec.seed), strike.id)));
    }
    let folder = arguments.out().join("strikes").join(format!("{}.{}", named.trim_start_matches(['.', '/']), spec.case.name));
    Swept { name, spec, bundle, strikes, folder }
}

/// How many strikes there will be, by trouble, for each case.
fn counts(swept: &[Swept]) -> String {
    let mut text = String::new();
    for case in swept {
        let mut troubles: BTreeMap<&str, usize> = BTreeMap::new();
        case.strikes.iter().for_each(|strike| *troubles.entry(strike.trouble.word()).or_default() += 1);
        let troubles: Vec<String> = troubles.iter().map(|(trouble, number)| format!("{trouble} {number}")).collect();
        let label = label(case.name.as_ref(), &case.spec.case.name, case.spec.seed);
        text.push_str(&format!("{label}: {} strikes: {}\n", case.strikes.len(), troubles.join(", ")));
    }
    let all: usize = swept.iter().map(|case| case.strikes.len()).sum();
    text + &format!("{all} strikes at {} cases\n", swept.len())
}

/// All strikes as work, each with the places of its case and of itself there.
fn work(swept: &[Swept], stop: &Stop) -> Vec<(Work, (usize, usize))> {
    let mut work = Vec::new();
    for (place, case) in swept.iter().enumerate() {
        work.extend(case.strikes.iter().enumerate().map(|(number, strike)| (later(case, strike, stop), (place, number))));
    }
    work
}

fn later(case: &Swept, strike: &Strike, stop: &Stop) -> Work {
    let file = case.folder.join(format!("{}.yaml", strike.id)).display().to_string();
    let unfinished = UnfinishedCase { scenario: file.clone(), case: case.spec.case.name.clone(), seed: case.spec.seed, records: None };
    let (strike, bundle, spec, stop) = (strike.clone(), case.bundle.clone(), case.spec.clone(), stop.clone());
    let make = move || {
        let struck = strike.bundle(&bundle, &spec).map_err(|error| error.to_string());
        let specs = struck.and_then(|struck| struck.prepare(&file, spec.seed, &spec.mode).map_err(|errors| errors.render(false)));
        match specs.map(|specs| specs.into_iter().next()) {
            Ok(Some(struck)) => Work::Run(Box::new(RunSpec { stop, ..struck }), file),
            Ok(None) => clear(&file, spec.seed, "the scenario has no case".to_owned()),
            Err(why) => clear(&file, spec.seed, why),
        }
    };
    Work::Later(Later { unfinished, make: Box::new(make) })
}
