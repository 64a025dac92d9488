//! `seatrial lint`: all errors of all files, and what is no error but seldom meant.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use seatrial_engine::{Mode, RunSpec, prepare_in};
use seatrial_scenario::{Action, Scenario, ScenarioError, ScenarioErrors, parse_in};

use crate::builtin;
use crate::exit::Exit;
use crate::output::{fail, say};
use crate::select::{self, SCENARIOS};

/// Which scenarios, and how strictly.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 no errors; 1 warnings, with --deny; 2 errors, or nothing to read.")]
pub struct LintArguments {
    /// Scenarios by name, file or folder; all of `scenarios/` when none is given.
    #[arg(value_name = "NAME|FILE|DIR")]
    scenarios: Vec<String>,
    /// Warnings fail, too.
    #[arg(long)]
    deny: bool,
}

/// What was found.
#[derive(Default)]
struct Findings {
    text: String,
    errors: usize,
    warnings: usize,
}

/// Reads everything, runs nothing.
pub fn lint(arguments: &LintArguments) -> Exit {
    let files = match select::files(&arguments.scenarios) {
        Ok(files) => files,
        Err(error) => return fail(&error.to_string(), Exit::BadInput),
    };
    let colour = std::io::stdout().is_terminal();
    let mut findings = Findings::default();
    files.iter().for_each(|file| one(file, colour, &mut findings));
    if findings.errors == 0 {
        unused_files(&files, &mut findings);
    }
    let said = say(&format!("{}{}\n", findings.text, summary(files.len(), &findings)));
    match (findings.errors, findings.warnings) {
        (0, 0) => said,
        (0, _) if !arguments.deny => said,
        (0, _) => Exit::Failed,
        _ => Exit::BadInput,
    }
}

fn summary(files: usize, findings: &Findings) -> String {
    let number = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    format!("{}: {}, {}", number(files, "scenario"), number(findings.errors, "error"), number(findings.warnings, "warning"))
}

fn one(file: &Path, colour: bool, findings: &mut Findings) {
    let name = file.display().to_string();
    let folder = file.parent().unwrap_or(Path::new("."));
    let text = match builtin::read(file) {
        Ok(text) => text,
        Err(error) => {
            findings.errors += 1;
            findings.text.push_str(&format!("{name} cannot be read: {error}\n"));
            return;
        }
    };
    let checked = parse_in(&name, &text, &builtin::beside(file))
        .and_then(|scenario| prepare_in(&scenario, folder, &builtin::read, 1, &Mode::Virtual).map(|specs| (scenario, specs)));
    match checked {
        Err(errors) => {
            findings.errors += errors.errors().len();
            findings.text.push_str(&format!("{}\n", errors.render(colour)));
        }
        Ok((scenario, specs)) => {
            let unserved = specs.first().and_then(RunSpec::unsupported).map(|why| unserved(&scenario, &why));
            for warnings in scenario.warnings(&manifests(&scenario, folder)).into_iter().chain(unserved) {
                findings.warnings += warnings.errors().len();
                findings.text.push_str(&format!("{}\n", warnings.render(colour)));
            }
        }
    }
}

/// `unserved`: with the embedded API server nothing of this scenario runs.
fn unserved(scenario: &Scenario, why: &str) -> ScenarioErrors {
    let (why, remedy) = why.rsplit_once('\n').unwrap_or((why, ""));
    let message = format!("the outcome is `unsupported`: {}", why.replace('\n', ", "));
    scenario.errors(vec![ScenarioError::at(scenario.title.span, message, remedy).of_lint("unserved")])
}

/// The text of all manifests that a scenario applies in any of its cases.
fn manifests(scenario: &Scenario, folder: &Path) -> String {
    // What cannot be read was an error already.
    applied(scenario).iter().map(|path| builtin::read(&folder.join(path)).unwrap_or_default()).collect()
}

/// The manifests that a scenario applies in any of its cases, as it names them.
fn applied(scenario: &Scenario) -> BTreeSet<String> {
    let cases = scenario.cases().into_iter().filter_map(|case| scenario.of_case(&case).ok());
    let steps = cases.flat_map(|scenario| scenario.steps);
    let manifest = |action: Action| if let Action::Apply(apply) = action { Some(apply.manifest.value) } else { None };
    steps.filter_map(|step| manifest(step.action)).collect()
}

/// Manifests and worlds beside the scenarios that no scenario names, neither one of those that are read nor one of the project's.
fn unused_files(files: &[PathBuf], findings: &mut Findings) {
    let mut known = BTreeSet::new();
    let project = if Path::new(SCENARIOS).is_dir() { select::files(&[]).unwrap_or_default() } else { Vec::new() };
    let folders: BTreeSet<PathBuf> = files.iter().filter_map(|file| Some(file.parent()?.to_owned())).collect();
    let beside = folders.iter().flat_map(|folder| yaml_files(folder));
    for file in project.into_iter().chain(files.iter().cloned()).chain(beside) {
        let folder = file.parent().unwrap_or(Path::new("."));
        let text = std::fs::read_to_string(&file).ok();
        let Some(scenario) = text.and_then(|text| parse_in("", &text, &builtin::beside(&file)).ok()) else { continue };
        let named = applied(&scenario).into_iter().chain(scenario.included_worlds().map(|(path, _)| path.to_owned()));
        known.extend(named.filter_map(|path| folder.join(path).canonicalize().ok()));
    }
    let unused = |file: &PathBuf| file.canonicalize().is_ok_and(|path| !known.contains(&path));
    for (kind, done, remedy) in [("manifest", "applies", "apply"), ("world", "includes", "include")] {
        for file in folders.iter().flat_map(|folder| yaml_files(&folder.join(format!("{kind}s")))).filter(unused) {
            findings.warnings += 1;
            let name = file.display();
            findings.text.push_str(&format!("unused-{kind}\n\n  ⚠ no scenario {done} {name}\n  help: {remedy} it, or remove it\n\n"));
        }
    }
}

/// The YAML files of a folder, without those of folders in it.
fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|ending| ending == "yaml")).collect();
    files.sort();
    files
}
