//! What can be written as a value: scenarios, tags, drivers, seeds.
//!
//! A shell asks while somebody waits and has nowhere to show an error: what cannot be read is not offered.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};
use seatrial_engine::{Subject, builtin_drivers};
use seatrial_reports::RunReport;

use crate::select::{self, Candidate};
use crate::subjects::OURS;

/// Scenarios by name, with their titles; their folders; and, once something is written, files and folders of the disk.
pub fn scenarios(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut candidates = beginning_with(current, names().into_iter().chain(folders("")));
    if !current.is_empty() {
        candidates.extend(yaml_files(current));
    }
    candidates
}

/// Names of scenarios, and patterns for all of a folder.
pub fn patterns(current: &OsStr) -> Vec<CompletionCandidate> {
    beginning_with(current, names().into_iter().chain(folders("/*")))
}

/// The tags that scenarios carry, with how many do.
pub fn tags(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut carriers: BTreeMap<String, usize> = BTreeMap::new();
    for scenario in all().into_iter().filter_map(|candidate| candidate.read.ok()) {
        for tag in scenario.tags {
            *carriers.entry(tag.value).or_default() += 1;
        }
    }
    let told = |number: usize| if number == 1 { "1 scenario".to_owned() } else { format!("{number} scenarios") };
    beginning_with(current, carriers.into_iter().map(|(tag, number)| (tag, told(number))))
}

/// `csi=` and `ccm=` with the drivers that need no descriptor of the caller's, and with descriptors of the disk.
pub fn drivers(current: &OsStr) -> Vec<CompletionCandidate> {
    let word = |subject| match subject {
        Subject::Csi => "csi",
        Subject::Ccm => "ccm",
    };
    let ours = [Subject::Csi, Subject::Ccm].map(|subject| (subject, OURS));
    let known = ours.into_iter().chain(builtin_drivers()).map(|(subject, name)| (format!("{}={name}", word(subject)), String::new()));
    let mut candidates = beginning_with(current, known);
    if let Some((subject, path)) = current.to_str().and_then(|text| text.split_once('='))
        && !path.is_empty()
    {
        candidates.extend(yaml_files(path.as_ref()).into_iter().map(|candidate| candidate.add_prefix(format!("{subject}="))));
    }
    candidates
}

/// Where `seatrial run` writes its reports unless it is told otherwise.
const LAST_REPORT: &str = "target/seatrial/report.json";

/// The seeds under which something did not pass in the last run.
pub fn seeds(current: &OsStr) -> Vec<CompletionCandidate> {
    let report = std::fs::read_to_string(LAST_REPORT).ok().and_then(|text| serde_json::from_str::<RunReport>(&text).ok());
    let mut failed: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for case in report.into_iter().flat_map(|report| report.cases).filter(|case| !case.outcome.is_good()) {
        failed.entry(case.seed).or_default().insert(select::name_of(Path::new(&case.scenario)));
    }
    let told = |names: BTreeSet<String>| format!("failed: {}", Vec::from_iter(names).join(", "));
    beginning_with(current, failed.into_iter().map(|(seed, names)| (seed.to_string(), told(names))))
}

fn all() -> Vec<Candidate> {
    select::files(&[]).unwrap_or_default().into_iter().map(Candidate::read).collect()
}

/// Each scenario's name and title.
fn names() -> Vec<(String, String)> {
    let title = |candidate: &Candidate| candidate.read.as_ref().map(|scenario| scenario.title.value.clone()).unwrap_or_default();
    all().iter().map(|candidate| (candidate.name(), title(candidate))).collect()
}

/// The folders of scenarios, with something behind each.
fn folders(behind: &str) -> Vec<(String, String)> {
    let files = select::files(&[]).unwrap_or_default();
    let folder = |file: &PathBuf| Path::new(&select::name_of(file)).parent().map(|folder| folder.display().to_string());
    let folders: BTreeSet<String> = files.iter().filter_map(folder).filter(|folder| !folder.is_empty()).collect();
    folders.into_iter().map(|folder| (format!("{folder}{behind}"), "all of a folder".to_owned())).collect()
}

fn beginning_with(current: &OsStr, values: impl IntoIterator<Item = (String, String)>) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else { return Vec::new() };
    let begun = values.into_iter().filter(|(value, _)| value.starts_with(current));
    begun.map(|(value, help)| CompletionCandidate::new(value).help((!help.is_empty()).then(|| help.into()))).collect()
}

fn yaml_files(current: &OsStr) -> Vec<CompletionCandidate> {
    PathCompleter::any().filter(|path| path.extension().is_some_and(|extension| extension == "yaml")).complete(current)
}
