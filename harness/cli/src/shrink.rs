//! `seatrial shrink`: the smallest scenario that fails for the same reason.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use seatrial_engine::{Switches, mode_flags};
use seatrial_search::shrink::{ShrinkOptions, Shrunk, Suspect, SuspectError, shrink};
use seatrial_search::{Bundle, BundleError};

use crate::builtin;
use crate::exit::Exit;
use crate::interrupt::interrupted;
use crate::output::{fail, say};
use crate::select::{self, Candidate};
use crate::surroundings::Surroundings;
use crate::worker_pool;
use crate::worlds::WorldArguments;

/// After so many candidates it is enough, unless somebody says otherwise.
const TRIES: usize = 2_000;

/// What fails, and where the small one goes.
#[derive(Debug, clap::Args)]
pub struct ShrinkArguments {
    /// A scenario that fails, by name or file.
    #[arg(value_name = "NAME|FILE")]
    pub scenarios: String,
    /// Where the small scenario goes; its manifests go into the folder `manifests` beside it.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The seed under which it fails.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Tries at most so many candidates.
    #[arg(long, value_name = "N", default_value_t = TRIES)]
    tries: usize,
    /// Tries so many at a time; as many as there are processors when it is left out. What comes of it is the same.
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    worlds: WorldArguments,
}

/// Shrinks, and writes what is left.
pub fn run(arguments: &ShrinkArguments, around: &Surroundings) -> Exit {
    let mode = match arguments.worlds.mode(around) {
        Ok(mode) => mode,
        Err((message, exit)) => return fail(&message, exit),
    };
    let bundle = match read(&arguments.scenarios) {
        Ok(bundle) => bundle,
        Err(message) => return fail(&message, Exit::BadInput),
    };
    let suspect = match Suspect::find(&bundle, arguments.seed, &Switches::default(), &mode) {
        Ok(suspect) => suspect,
        Err(error @ SuspectError::Passes(_)) => return fail(&error.to_string(), Exit::BadInput),
        Err(SuspectError::Files(error)) => return fail(&error.to_string(), Exit::BadInput),
    };
    say(&format!("it fails: {}\n", suspect.reason));
    let shrunk = match small(&suspect, arguments.tries, arguments.jobs) {
        Ok(shrunk) => shrunk,
        Err(error) => return fail(&error.to_string(), Exit::BadInput),
    };
    match write(&suspect, &shrunk, &arguments.out) {
        Ok((path, _)) => {
            let [before, after] = shrunk.size;
            let (tried, path) = (shrunk.tried, path.display());
            let cut = if interrupted() { "interrupted; what is left so far: " } else { "" };
            let repeat = format!("seatrial run {path} --seed {}{}", arguments.seed, mode_flags(&mode));
            say(&format!("{cut}{after} of {before} values after {tried} candidates: {repeat}\n"))
        }
        Err(error) => fail(&format!("{error}; choose another place with --out"), Exit::Environment),
    }
}

/// A scenario with its manifests.
pub fn read(argument: &str) -> Result<Bundle, String> {
    let files = select::files(&[argument.to_owned()]).map_err(|error| error.to_string())?;
    let [file] = files.as_slice() else { return Err(format!("{argument} is {} scenarios; name one", files.len())) };
    let scenario = Candidate::read(file.clone()).read?;
    let folder = file.parent().unwrap_or(Path::new("."));
    Bundle::of(&scenario, folder, &builtin::read).map_err(|error| error.to_string())
}

/// Shrinks it; an end that somebody wants leaves what there is by then.
pub fn small(suspect: &Suspect, tries: usize, jobs: Option<NonZeroUsize>) -> Result<Shrunk, BundleError> {
    let still = |bundle: &Bundle| !interrupted() && suspect.is(bundle);
    shrink(&suspect.bundle, ShrinkOptions { workers: worker_pool::workers(jobs), tries }, still, |tried, size| {
        eprintln!("seatrial: {size} values left after {tried} candidates");
    })
}

/// Writes what is left, with its `about`; answers where that is, and what.
pub fn write(suspect: &Suspect, shrunk: &Shrunk, out: &Path) -> Result<(PathBuf, Bundle), BundleError> {
    let stem = out.file_stem().map_or("small".into(), |stem| stem.to_string_lossy());
    let name = out.file_name().map_or("small.yaml".into(), |name| name.to_string_lossy());
    let folder = out.parent().unwrap_or(Path::new("."));
    let told = suspect.told(&shrunk.bundle)?.named(&stem)?;
    Ok((told.write(folder, &name)?, told))
}
