//! Which scenarios a command means: names, files, folders, and of these only some names or tags.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use seatrial_scenario::{Scenario, parse_in};

use crate::builtin;

/// Where scenarios are looked for by name.
pub const SCENARIOS: &str = "scenarios";

/// Why nothing can be run.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// The argument is neither a file, a folder nor a name under [`SCENARIOS`].
    #[error(
        "no scenario `{name}`: it is neither a file, a folder, nor a name under {SCENARIOS}/; {help}`seatrial run --list` shows the names"
    )]
    Unknown {
        /// What was asked for.
        name: String,
        /// What was probably meant.
        help: String,
    },
    /// No scenario of the selection has a name that is asked for.
    #[error("{flag} {pattern}: no selected scenario is named so; {remedy}")]
    Nameless {
        /// By which flag.
        flag: &'static str,
        /// What was asked for.
        pattern: String,
        /// What to do.
        remedy: String,
    },
    /// No scenario of the selection has a tag that is asked for.
    #[error("--tag {tag}: no selected scenario has this tag; {remedy}")]
    Tagless {
        /// What was asked for.
        tag: String,
        /// What to do.
        remedy: String,
    },
    /// No scenario of the selection has a case that is asked for.
    #[error("--case {pattern}: no selected scenario has a case of this name; {remedy}")]
    Caseless {
        /// What was asked for.
        pattern: String,
        /// What to do.
        remedy: String,
    },
    /// Nothing is left.
    #[error("every selected scenario is left out by --skip; skip less")]
    Skipped,
    /// Each tag is somewhere, but no scenario has them all.
    #[error("no selected scenario has all of the tags {0}; several --tag narrow the choice, so leave one out")]
    Apart(String),
    /// A folder without scenarios.
    #[error("no scenario in {0}: scenario files end in .yaml and do not lie in a folder named `manifests`")]
    Empty(String),
    /// A folder that cannot be read.
    #[error("failed to read {folder}: {source}")]
    Read {
        /// Which.
        folder: String,
        /// What stood in the way.
        source: std::io::Error,
    },
}

/// The files that `arguments` mean, each once, in order; all scenarios when there are none.
///
/// # Errors
/// See [`SelectError`].
pub fn files(arguments: &[String]) -> Result<Vec<PathBuf>, SelectError> {
    let all = [SCENARIOS.to_owned()];
    let arguments = if arguments.is_empty() { &all[..] } else { arguments };
    let mut files = Vec::new();
    for argument in arguments {
        for file in meant_by(argument)? {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

fn meant_by(argument: &str) -> Result<Vec<PathBuf>, SelectError> {
    let path = Path::new(argument);
    if is_file(path) {
        return Ok(vec![path.to_owned()]);
    }
    let named = Path::new(SCENARIOS).join(format!("{argument}.yaml"));
    if is_file(&named) {
        return Ok(vec![named]);
    }
    let folder = if is_folder(path) { path.to_owned() } else { Path::new(SCENARIOS).join(argument) };
    if !is_folder(&folder) {
        let all = files(&[]).unwrap_or_default();
        let help = did_you_mean(argument, &all.iter().map(|file| name_of(file)).collect::<Vec<String>>());
        return Err(SelectError::Unknown { name: argument.to_owned(), help });
    }
    let mut files = Vec::new();
    walk(&folder, &mut files)?;
    if files.is_empty() { Err(SelectError::Empty(folder.display().to_string())) } else { Ok(files) }
}

fn is_file(path: &Path) -> bool {
    path.is_file() || builtin::is_file(path)
}

fn is_folder(path: &Path) -> bool {
    path.is_dir() || builtin::below(path).next().is_some()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), SelectError> {
    if !folder.is_dir() {
        files.extend(builtin::below(folder).filter(|file| !file.ancestors().skip(1).any(is_named_by_scenarios)));
        return Ok(());
    }
    let failed = |source| SelectError::Read { folder: folder.display().to_string(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if !is_named_by_scenarios(&path) {
                walk(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}

/// Manifests, and worlds that scenarios include, lie in folders of their own, at any depth.
const NAMED_BY_SCENARIOS: [&str; 2] = ["manifests", "worlds"];

fn is_named_by_scenarios(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| NAMED_BY_SCENARIOS.iter().any(|known| name == *known))
}

/// A scenario's name: its path under [`SCENARIOS`] without the ending, or the path as it is.
pub fn name_of(file: &Path) -> String {
    let inside = file.strip_prefix(SCENARIOS).unwrap_or(file);
    inside.with_extension("").display().to_string()
}

/// Which of the selected scenarios are meant.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Choice {
    /// Only scenarios that carry this tag; several narrow the choice to those that carry all.
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Only scenarios of this name, in which `*` stands for any text (`bug-reports/*`); several widen the choice.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Of scenarios for several versions, only the cases of this name (`8.0.3`, `vc-a=8.0.3,vc-b=9.1.0`), in which `*` stands for
    /// any text; several widen the choice.
    #[arg(long = "case", value_name = "NAME")]
    cases: Vec<String>,
    /// No scenarios of this name, in which `*` stands for any text; several leave out more.
    #[arg(long, value_name = "NAME")]
    skip: Vec<String>,
    /// What a profile skips may be out of the choice already.
    #[arg(skip)]
    skip_is_wide: bool,
}

impl Choice {
    /// Tags, names, cases and names to skip that are no one's flags.
    pub fn of([tag, only, cases, skip]: [Vec<String>; 4]) -> Self {
        Self { tag, only, cases, skip, skip_is_wide: true }
    }

    /// This choice; where it says nothing, the other one.
    pub fn on_top_of(self, other: Self) -> Self {
        let or = |mine: Vec<String>, others: Vec<String>| if mine.is_empty() { others } else { mine };
        let skip_is_wide = self.skip.is_empty() && other.skip_is_wide;
        Self {
            tag: or(self.tag, other.tag),
            only: or(self.only, other.only),
            cases: or(self.cases, other.cases),
            skip: or(self.skip, other.skip),
            skip_is_wide,
        }
    }
}

/// A scenario file that was read.
#[derive(Debug)]
pub struct Candidate {
    /// Where it lies.
    pub file: PathBuf,
    /// The scenario, or why there is none.
    pub read: Result<Scenario, String>,
    /// Patterns of the cases that are meant; all when there are none.
    only_cases: Vec<String>,
}

impl Candidate {
    /// Reads a file.
    pub fn read(file: PathBuf) -> Self {
        let name = file.display().to_string();
        let read = match builtin::read(&file) {
            Ok(text) => parse_in(&name, &text, &builtin::beside(&file)).map_err(|errors| errors.render(false)),
            Err(error) => Err(format!("{name} cannot be read: {error}")),
        };
        Self { file, read, only_cases: Vec::new() }
    }

    /// Its name.
    pub fn name(&self) -> String {
        name_of(&self.file)
    }

    /// How many cases it has.
    pub fn cases(&self) -> u64 {
        self.read.as_ref().map_or(1, |_| self.case_names().iter().filter(|name| self.takes(name)).count() as u64)
    }

    /// Whether a case of this name is meant.
    pub fn takes(&self, case: &str) -> bool {
        self.only_cases.is_empty() || self.only_cases.iter().any(|pattern| seatrial_scenario::matches(pattern, case))
    }

    /// The names of all its cases, meant or not.
    pub fn case_names(&self) -> Vec<String> {
        self.read.as_ref().map_or(Vec::new(), |scenario| scenario.cases().into_iter().map(|case| case.name).collect())
    }

    fn has(&self, wanted: &str) -> bool {
        self.read.as_ref().is_ok_and(|scenario| scenario.tags.iter().any(|tag| tag.value == wanted))
    }
}

/// The scenarios that a run means, read, in order. A file that cannot be read is chosen whatever the tags: nobody knows which
/// it would have had, and leaving it out would hide it.
///
/// # Errors
/// See [`SelectError`].
pub fn candidates(arguments: &[String], choice: &Choice) -> Result<Vec<Candidate>, SelectError> {
    let files = without(named(files(arguments)?, &choice.only)?, choice)?;
    let all: Vec<Candidate> = files.into_iter().map(Candidate::read).collect();
    for tag in &choice.tag {
        if !all.iter().any(|candidate| candidate.has(tag)) {
            return Err(SelectError::Tagless { tag: tag.clone(), remedy: tags_remedy(tag, &all) });
        }
    }
    let chosen: Vec<Candidate> =
        all.into_iter().filter(|candidate| candidate.read.is_err() || choice.tag.iter().all(|tag| candidate.has(tag))).collect();
    if chosen.is_empty() { Err(SelectError::Apart(choice.tag.join(", "))) } else { with_cases(chosen, &choice.cases) }
}

/// Of the scenarios, the cases that one of the patterns means; each pattern must mean one.
fn with_cases(candidates: Vec<Candidate>, patterns: &[String]) -> Result<Vec<Candidate>, SelectError> {
    let names: BTreeSet<String> = candidates.iter().flat_map(Candidate::case_names).collect();
    for pattern in patterns {
        if !names.iter().any(|name| seatrial_scenario::matches(pattern, name)) {
            let remedy = seatrial_scenario::remedy(pattern, "cases", names.iter().map(String::as_str));
            return Err(SelectError::Caseless { pattern: pattern.clone(), remedy });
        }
    }
    let with = candidates.into_iter().map(|candidate| Candidate { only_cases: patterns.to_vec(), ..candidate });
    Ok(with.filter(|candidate| candidate.cases() > 0).collect())
}

/// The files whose names are not to be skipped.
fn without(files: Vec<PathBuf>, choice: &Choice) -> Result<Vec<PathBuf>, SelectError> {
    if !choice.skip_is_wide {
        all_mean_something("--skip", &files, &choice.skip)?;
    }
    let left: Vec<PathBuf> = files.into_iter().filter(|file| !is_meant(file, &choice.skip)).collect();
    if left.is_empty() { Err(SelectError::Skipped) } else { Ok(left) }
}

fn is_meant(file: &Path, patterns: &[String]) -> bool {
    patterns.iter().any(|pattern| seatrial_scenario::matches(pattern, &name_of(file)))
}

fn all_mean_something(flag: &'static str, files: &[PathBuf], patterns: &[String]) -> Result<(), SelectError> {
    let names: Vec<String> = files.iter().map(|file| name_of(file)).collect();
    match patterns.iter().find(|pattern| !names.iter().any(|name| seatrial_scenario::matches(pattern, name))) {
        None => Ok(()),
        Some(pattern) => {
            let remedy = format!("{}`seatrial run --list` shows the names", did_you_mean(pattern, &names));
            Err(SelectError::Nameless { flag, pattern: pattern.clone(), remedy })
        }
    }
}

/// The files whose names one of the patterns means; each pattern must mean one.
fn named(files: Vec<PathBuf>, patterns: &[String]) -> Result<Vec<PathBuf>, SelectError> {
    if patterns.is_empty() {
        return Ok(files);
    }
    all_mean_something("--only", &files, patterns)?;
    Ok(files.into_iter().filter(|file| is_meant(file, patterns)).collect())
}

fn tags_remedy(tag: &str, candidates: &[Candidate]) -> String {
    let tags: BTreeSet<&str> = candidates
        .iter()
        .filter_map(|candidate| candidate.read.as_ref().ok())
        .flat_map(|scenario| &scenario.tags)
        .map(|tag| tag.value.as_str())
        .collect();
    seatrial_scenario::remedy(tag, "tags", tags)
}

/// A name that was probably meant, as the beginning of a sentence; nothing when there is none.
fn did_you_mean(word: &str, names: &[String]) -> String {
    seatrial_scenario::nearest(word, names.iter().map(String::as_str)).map_or(String::new(), |near| format!("did you mean `{near}`? "))
}
