//! Which file uses which, and the largest circle among them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::paths::{Written, written};

/// How often a name may be passed on before somebody is taken to go round in circles.
const LONGEST_WAY: usize = 12;

/// A module, by its steps from the crate's root.
type Module = Vec<String>;

/// The files of a crate, by module: path from `src`, and what they write.
#[derive(Default)]
pub struct Sources(BTreeMap<Module, (String, Vec<Written>)>);

impl Sources {
    /// Reads all files below a folder.
    pub fn read(src: &Path) -> Self {
        let mut files = Vec::new();
        let mut folders = vec![src.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let name = path.strip_prefix(src).unwrap().to_str().unwrap().to_owned();
                    files.push((name, std::fs::read_to_string(&path).unwrap()));
                }
            }
        }
        Self::of(files)
    }

    /// Files by their paths from `src`, and their texts.
    pub fn of(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let module = |path: &str| -> Module {
            let steps = path.strip_suffix(".rs").unwrap_or(path).split('/').map(str::to_owned);
            let mut steps: Module = steps.collect();
            if matches!(steps.last().map(String::as_str), Some("mod" | "lib" | "main")) {
                steps.pop();
            }
            steps
        };
        Self(files.into_iter().map(|(path, text)| (module(&path), (path, written(&text)))).collect())
    }

    /// Where a path starts, and the steps that remain; nothing when it leaves the crate.
    fn start<'a>(&self, module: &Module, steps: &'a [String]) -> Option<(Module, &'a [String])> {
        match steps.first()?.as_str() {
            "crate" => Some((Module::new(), &steps[1..])),
            "self" => Some((module.clone(), &steps[1..])),
            "super" => {
                let count = steps.iter().take_while(|step| *step == "super").count();
                Some((module[..module.len().saturating_sub(count)].to_vec(), &steps[count..]))
            }
            child => {
                let below: Module = module.iter().cloned().chain([child.to_owned()]).collect();
                self.0.contains_key(&below).then(|| (module.clone(), steps))
            }
        }
    }

    /// The file where what a path leads to stands: names that a module passes on are followed.
    fn resolve(&self, mut module: Module, mut steps: &[String], way: usize) -> Module {
        while let Some(step) = steps.first() {
            let below: Module = module.iter().cloned().chain([step.clone()]).collect();
            if !self.0.contains_key(&below) {
                break;
            }
            (module, steps) = (below, &steps[1..]);
        }
        let Some((step, (_, paths))) = steps.first().zip(self.0.get(&module)) else { return module };
        let passed_on = paths.iter().find(|path| path.name.as_ref() == Some(step) && step != "*");
        match passed_on.and_then(|path| self.start(&module, &path.steps)) {
            Some((start, left)) if way < LONGEST_WAY => {
                let left: Vec<String> = left.iter().chain(&steps[1..]).cloned().collect();
                self.resolve(start, &left, way + 1)
            }
            _ => module,
        }
    }

    /// The modules that each module uses.
    fn uses(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let used = |module: &Module, path: &Written| {
            let (start, steps) = self.start(module, &path.steps)?;
            // `use crate::*` in a root that has no file of its own says nothing.
            let target = self.resolve(start, steps, 0);
            (target != *module && self.0.contains_key(&target)).then_some(target)
        };
        self.0.iter().map(|(module, (_, paths))| (module, paths.iter().filter_map(|path| used(module, path)).collect())).collect()
    }
}

/// All modules that can be reached from one.
fn reached<'a>(uses: &'a BTreeMap<&Module, BTreeSet<Module>>, from: &'a Module) -> BTreeSet<&'a Module> {
    let (mut reached, mut queue) = (BTreeSet::new(), vec![from]);
    while let Some(module) = queue.pop() {
        for next in uses.get(module).into_iter().flatten() {
            if reached.insert(next) {
                queue.push(next);
            }
        }
    }
    reached
}

/// The paths of the files of the largest circle, in their order; none when there is no circle.
pub fn largest_circle(sources: &Sources) -> Vec<String> {
    let uses = sources.uses();
    let reached: BTreeMap<&Module, BTreeSet<&Module>> = uses.keys().map(|module| (*module, reached(&uses, module))).collect();
    let circle = |module: &Module| -> Vec<String> {
        let back = |other: &&&Module| reached.get(**other).is_some_and(|theirs| theirs.contains(module));
        let mut paths: Vec<String> = reached[module].iter().filter(back).map(|other| sources.0[*other].0.clone()).collect();
        paths.sort();
        paths
    };
    uses.keys().map(|module| circle(module)).max_by_key(Vec::len).unwrap_or_default()
}
