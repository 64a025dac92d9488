//! A scenario with all files that it names: what is run, changed, written and packed as one thing. Bundles, capsules and
//! corpora are all that this crate writes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Error, ErrorKind};
use std::path::{Component, Path, PathBuf};

use seatrial_engine::{External, Mode, ReadFile, RunSpec, prepare_in};
use seatrial_scenario::{Action, Case, LOOPS, Scenario, ScenarioErrors};

use crate::document::{self, DocumentError, Layout, Tree};
use crate::written_out::{include, included, name_included, unroll};

/// Where the manifests of a bundle lie, from its scenario.
const MANIFESTS: &str = "manifests";
/// Where the worlds lie that it includes.
const WORLDS: &str = "worlds";

/// A scenario with its manifests and the worlds that it includes, as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The scenario file's text.
    pub scenario: String,
    /// The manifests' texts, by the paths under which the scenario names them.
    pub manifests: BTreeMap<String, String>,
    /// The texts of included worlds, by the paths under which the scenario names them.
    pub worlds: BTreeMap<String, String>,
}

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The scenario cannot be changed.
    #[error("{name}: {source}")]
    Document {
        /// Whose text.
        name: String,
        /// What is wrong with it.
        source: DocumentError,
    },
    /// The text holds no document.
    #[error("{0} holds nothing")]
    Empty(String),
    /// A manifest cannot be read.
    #[error("failed to read {path}: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// What stood in the way.
        source: Error,
    },
    /// A file cannot be written.
    #[error("failed to write {path}: {source}")]
    Write {
        /// Which.
        path: PathBuf,
        /// What stood in the way.
        source: Error,
    },
    /// A manifest of this name is there already, and is another one.
    #[error("{0} is there already and holds something else; choose another folder")]
    Taken(PathBuf),
    /// The scenario is wrong.
    #[error("{0}")]
    Scenario(Box<ScenarioErrors>),
}

impl Bundle {
    /// The files of a scenario; what it names lies relative to `folder`. A manifest that lies elsewhere than in a folder of this scenario's
    /// own gets a place there, so that the bundle can be written anywhere.
    ///
    /// # Errors
    /// A manifest that cannot be read, a scenario that cannot be changed.
    pub fn of(scenario: &Scenario, folder: &Path, read_file: ReadFile) -> Result<Self, BundleError> {
        let (mut places, mut manifests): (BTreeMap<String, String>, BTreeMap<String, String>) = (BTreeMap::new(), BTreeMap::new());
        let mut tree = tree(scenario.file_name(), scenario.text())?;
        // What a loop or the matrix puts into a path cannot be named otherwise: such a file stays where it is.
        let is_literal = |written: &str| included(&tree) == Some(written) || names_manifest(&tree, written);
        for written in applied(scenario)? {
            let path = folder.join(&written);
            let text = read_file(&path).map_err(|source| BundleError::Read { path, source })?;
            let place = if is_literal(&written) { free_place(&written, MANIFESTS, &manifests) } else { written.clone() };
            manifests.insert(place.clone(), text);
            places.insert(written, place);
        }
        let mut worlds = BTreeMap::new();
        for (written, text) in scenario.included_worlds() {
            let place = if is_literal(written) { free_place(written, WORLDS, &worlds) } else { written.to_owned() };
            worlds.insert(place.clone(), text.to_owned());
            places.insert(written.to_owned(), place);
        }
        let elsewhere = name_drivers(&mut tree, folder);
        let text = if !elsewhere && places.iter().all(|(written, place)| written == place) {
            scenario.text().to_owned()
        } else {
            name_places(&mut tree, &places);
            document::print(&[tree], Layout::Scenario)
        };
        Ok(Self { scenario: text, manifests, worlds })
    }

    /// The scenario as a tree.
    ///
    /// # Errors
    /// A text that cannot be changed.
    pub fn tree(&self) -> Result<Tree, BundleError> {
        tree("the scenario", &self.scenario)
    }

    /// The same with another scenario; manifests and worlds that it does not name are left out.
    #[must_use]
    pub fn with_scenario(&self, scenario: &Tree) -> Self {
        let steps = scenario.get("steps").map_or(&[][..], Tree::members);
        let named = |path: &String| steps.iter().any(|step| step.get("apply").and_then(Tree::text) == Some(path));
        let manifests = self.manifests.iter().filter(|(path, _)| named(path)).map(|(path, text)| (path.clone(), text.clone())).collect();
        let mut worlds = self.worlds.clone();
        worlds.retain(|path, _| included(scenario) == Some(path));
        Self { scenario: document::print(std::slice::from_ref(scenario), Layout::Scenario), manifests, worlds }
    }

    /// The same in one of its cases: with that one's versions, with the values of its matrix in their places, with its world in its
    /// place and its loops unrolled, so that whatever there is can be changed or left out by itself.
    ///
    /// # Errors
    /// A text that cannot be changed.
    pub fn of_case(&self, case: &Case) -> Result<Self, BundleError> {
        let filled = |text: &str| Scenario::filled(case, text);
        let manifests = self.manifests.iter().map(|(path, text)| (path.clone(), filled(text))).collect();
        let mut tree = tree("the scenario", &filled(&self.scenario))?;
        tree.remove("matrix");
        if let Some(path) = included(&tree) {
            let text = self.worlds.get(path).ok_or_else(|| absent(path))?;
            let world = self::tree(path, &filled(text))?;
            include(&mut tree, world);
        }
        tree.set_versions(case);
        unroll(&mut tree)?;
        Ok(Self { manifests, ..Self::default() }.with_scenario(&tree))
    }

    /// What there is to run: a run for each combination of versions.
    ///
    /// # Errors
    /// All that is wrong with the scenario and its manifests.
    pub fn prepare(&self, name: &str, seed: u64, mode: &Mode) -> Result<Vec<RunSpec>, Box<ScenarioErrors>> {
        let world = |path: &str| self.worlds.get(path).cloned().ok_or_else(|| Error::from(ErrorKind::NotFound));
        let scenario = seatrial_scenario::parse_in(name, &self.scenario, &world)?;
        Ok(prepare_in(&scenario, Path::new(""), &|path| self.read(path), seed, mode)?)
    }

    /// A file of the bundle.
    fn read(&self, path: &Path) -> Result<String, Error> {
        let found = path.to_str().and_then(|path| self.manifests.get(path));
        found.cloned().ok_or_else(|| Error::from(ErrorKind::NotFound))
    }

    /// Writes all files, the scenario under this name in the folder and the manifests below it. A file that is there already and holds
    /// something else is somebody's, and stays.
    ///
    /// # Errors
    /// A file that cannot be written, or must not be.
    pub fn write(&self, folder: &Path, name: &str) -> Result<PathBuf, BundleError> {
        for (file, text) in self.files(name) {
            let path = folder.join(&file);
            let is_scenario = file == name;
            match std::fs::read_to_string(&path) {
                Ok(there) if there == text => continue,
                Ok(_) if !is_scenario => return Err(BundleError::Taken(path)),
                _ => {}
            }
            let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, text));
            written.map_err(|source| BundleError::Write { path, source })?;
        }
        Ok(folder.join(name))
    }

    /// The same with its manifests and worlds under names that begin with this one, so that it can lie beside others.
    ///
    /// # Errors
    /// A text that cannot be changed.
    pub fn named(&self, stem: &str) -> Result<Self, BundleError> {
        let place = |folder: &str, number: usize| match number {
            0 => format!("{folder}/{stem}.yaml"),
            number => format!("{folder}/{stem}-{}.yaml", number + 1),
        };
        let mut places: BTreeMap<String, String> = BTreeMap::new();
        for (folder, files) in [(MANIFESTS, &self.manifests), (WORLDS, &self.worlds)] {
            places.extend(files.keys().enumerate().map(|(number, written)| (written.clone(), place(folder, number))));
        }
        let mut tree = self.tree()?;
        name_places(&mut tree, &places);
        let placed = |files: &BTreeMap<String, String>| -> BTreeMap<String, String> {
            files.iter().map(|(written, text)| (places[written].clone(), text.clone())).collect()
        };
        let (manifests, worlds) = (placed(&self.manifests), placed(&self.worlds));
        Ok(Self { scenario: document::print(&[tree], Layout::Scenario), manifests, worlds })
    }

    /// All files, the scenario's under this name.
    pub fn files(&self, name: &str) -> Vec<(String, &str)> {
        let named = self.manifests.iter().chain(&self.worlds).map(|(path, text)| (path.clone(), text.as_str()));
        std::iter::once((name.to_owned(), self.scenario.as_str())).chain(named).collect()
    }
}

/// The manifests that a scenario applies in any of its cases, as it names them.
fn applied(scenario: &Scenario) -> Result<BTreeSet<String>, BundleError> {
    let mut applied = BTreeSet::new();
    for case in scenario.cases() {
        let steps = scenario.of_case(&case).map_err(Box::new)?.steps;
        applied.extend(steps.into_iter().filter_map(|step| match step.action {
            Action::Apply(apply) => Some(apply.manifest.value),
            _ => None,
        }));
    }
    Ok(applied)
}

fn tree(name: &str, text: &str) -> Result<Tree, BundleError> {
    let documents = document::read(text).map_err(|source| BundleError::Document { name: name.to_owned(), source })?;
    documents.into_iter().next().ok_or_else(|| BundleError::Empty(name.to_owned()))
}

/// What a scenario names and nobody brought.
fn absent(path: &str) -> BundleError {
    BundleError::Read { path: PathBuf::from(path), source: Error::from(ErrorKind::NotFound) }
}

/// The place of a file in the bundle: as it is written, where that is within the scenario's folder; else in a folder of such files.
fn free_place(written: &str, folder: &str, taken: &BTreeMap<String, String>) -> String {
    let path = Path::new(written);
    if path.components().all(|part| matches!(part, Component::Normal(_))) && !taken.contains_key(written) {
        return written.to_owned();
    }
    let name = path.file_name().map_or("manifest.yaml".into(), |name| name.to_string_lossy());
    let mut place = format!("{folder}/{name}");
    for number in 2.. {
        if !taken.contains_key(&place) {
            break;
        }
        place = format!("{folder}/{number}-{name}");
    }
    place
}

/// Names the world, and the manifests of steps and of steps in loops, by their places.
fn name_places(scenario: &mut Tree, places: &BTreeMap<String, String>) {
    if let Some(place) = included(scenario).and_then(|written| places.get(written)) {
        name_included(scenario, place);
    }
    name_manifests(scenario, places);
}

/// Names the drivers that steps put into the place of others by their paths from here: their programs are of this machine, and do not come
/// along. Answers whether there were any.
fn name_drivers(scenario: &mut Tree, folder: &Path) -> bool {
    let Some(Tree::List(steps)) = scenario.get_mut("steps") else { return false };
    let mut named = false;
    for step in steps {
        for word in LOOPS {
            named |= step.get_mut(word).is_some_and(|in_loop| name_drivers(in_loop, folder));
        }
        let Some(Tree::Map(drivers)) = step.get_mut("rollout") else { continue };
        for (_, with) in drivers {
            let path = with.get("driver").and_then(Tree::text).filter(|name| External::is_path(name)).map(|path| folder.join(path));
            if let Some(path) = path {
                with.set("driver", Tree::plain(path.display().to_string()));
                named = true;
            }
        }
    }
    named
}

/// Whether a step, or one in a loop, names a manifest in just these words.
fn names_manifest(scenario: &Tree, written: &str) -> bool {
    scenario.get("steps").is_some_and(|steps| {
        steps.members().iter().any(|step| {
            let in_loop = LOOPS.iter().filter_map(|word| step.get(word)).any(|in_loop| names_manifest(in_loop, written));
            in_loop || step.get("apply").and_then(Tree::text) == Some(written)
        })
    })
}

fn name_manifests(scenario: &mut Tree, places: &BTreeMap<String, String>) {
    let Some(Tree::List(steps)) = scenario.get_mut("steps") else { return };
    for step in steps {
        let place = step.get("apply").and_then(Tree::text).and_then(|written| places.get(written)).cloned();
        if let Some(place) = place {
            step.set("apply", Tree::plain(place));
        }
        for word in LOOPS {
            step.get_mut(word).into_iter().for_each(|in_loop| name_manifests(in_loop, places));
        }
    }
}

impl From<Box<ScenarioErrors>> for BundleError {
    fn from(errors: Box<ScenarioErrors>) -> Self {
        Self::Scenario(errors)
    }
}
