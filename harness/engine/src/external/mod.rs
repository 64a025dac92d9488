//! Drivers that were built elsewhere: what a descriptor says of one, and where its programs are.
//!
//! A descriptor is a YAML file; those of `drivers/external` are part of this program, others are named by their path. It says
//! which processes the driver consists of, what each is told, and which of the harness's own stand back for it. Nothing here
//! starts anything: `world/external.rs` does. What a driver's users apply says most of that, too ([`manifests`]).

mod builtin;
mod error;
mod exception;
mod kinds;
mod manifests;
mod model;
mod place;
mod sidecars;
mod words;
mod wrong;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::provenance::go;
use manifests::{Derived, Images, Objects};

pub use builtin::builtin_drivers;
pub use error::ExternalError;
pub use exception::Exception;
pub use kinds::Subject;
pub(crate) use kinds::{IMAGE, Sidecar};
pub use manifests::ManifestsError;
pub use model::Descriptor;
pub(crate) use model::Program;
pub(crate) use place::Place;
pub use place::Search;
pub(crate) use sidecars::Sidecars;
pub(crate) use words::{Words, fill};
pub use wrong::DescriptorError;

/// A driver from outside, ready to be started: all that its descriptor names was found.
#[derive(Clone, Debug)]
pub struct External {
    /// How it was named on the command line.
    pub name: String,
    /// What its descriptor says.
    pub descriptor: Descriptor,
    /// The texts of its manifests, in order.
    pub(crate) manifests: Vec<String>,
    /// Where its programs are, in the order of the descriptor's processes.
    pub(crate) programs: Vec<Place>,
    /// What of the manifests that it was derived from is not kept.
    notes: Vec<String>,
    /// The programs that the command line names for images.
    images: BTreeMap<String, String>,
}

/// A descriptor as it is written, and the folder that its paths are relative to, unless it is part of this program.
struct Written {
    descriptor: Descriptor,
    folder: Option<PathBuf>,
}

impl External {
    /// Finds the driver of this name, of the descriptor at this path, or of the manifests there, and all that it needs.
    ///
    /// # Errors
    /// [`ExternalError`].
    pub fn find(asked: Subject, name: &str, search: &Search) -> Result<Self, ExternalError> {
        let Written { mut descriptor, folder } = Written::read(asked, name)?;
        if descriptor.subject != asked {
            return Err(ExternalError::OtherSubject { name: name.to_owned(), is: descriptor.subject, asked });
        }
        let folder = folder.as_deref();
        let mut manifests: Vec<String> =
            descriptor.manifests.iter().map(|manifest| place::manifest(name, manifest, folder)).collect::<Result<_, _>>()?;
        let (mut notes, mut versions) = (Vec::new(), BTreeMap::new());
        if !descriptor.from.is_empty() {
            let derived = derived(&descriptor, folder, search)?;
            manifests.push(derived.installed.clone());
            notes.extend(derived.notes.iter().cloned());
            versions.clone_from(&derived.versions);
            add(&mut descriptor, derived);
        }
        let mut descriptor = descriptor.checked().map_err(ExternalError::wrong(name))?;
        let programs = descriptor.processes.iter().map(|process| place::program(&descriptor, process, folder, search));
        let programs: Vec<Place> = programs.collect::<Result<_, _>>()?;
        notes.extend(descriptor.processes.iter().zip(&programs).filter_map(|(process, program)| {
            let (asked, built) = (versions.get(&process.process)?, version_of(program)?);
            (built != *asked).then(|| format!("{} is {built}; its image would be {asked}", process.process))
        }));
        if let Some(known) = known(&descriptor, &programs) {
            notes.push(format!("its program is the one of descriptor {}, whose exceptions and polls hold for it", known.driver));
            descriptor.learn(known);
        }
        Ok(Self { name: name.to_owned(), descriptor, manifests, programs, notes, images: search.images.clone() })
    }

    /// Whether a driver is named by a path.
    pub fn is_path(name: &str) -> bool {
        is_path(name)
    }

    /// The flags that ask for it.
    pub(crate) fn flags(&self) -> String {
        let images = if self.descriptor.from.is_empty() { None } else { Some(&self.images) };
        let images: String = images.into_iter().flatten().map(|(image, program)| format!(" --image {image}={program}")).collect();
        format!(" --driver {}={}{images}", self.descriptor.subject, self.name)
    }

    /// The processes with their programs.
    pub(crate) fn processes(&self) -> impl Iterator<Item = (&Program, &Place)> {
        self.descriptor.processes.iter().zip(&self.programs)
    }

    /// The node plugin, if it brings one.
    pub(crate) fn node_plugin(&self) -> Option<(&Program, &Place)> {
        self.processes().find(|(process, _)| process.is_node_plugin())
    }

    /// Whether a sidecar of the harness's own stands back for one of the driver's.
    pub(crate) fn replaces(&self, sidecar: Sidecar) -> bool {
        self.descriptor.replaces.contains(&sidecar)
    }

    /// What it is, for reports, and what of its manifests was not kept. Its version is the binary's to say, not the descriptor's.
    pub(crate) fn words(&self) -> Vec<String> {
        let Descriptor { driver, subject, source, .. } = &self.descriptor;
        let source = source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
        let mut words = vec![format!("the {subject} driver was {driver}{source}")];
        let images = self.descriptor.processes.iter().filter_map(|process| Some((&process.process, process.image.as_ref()?)));
        words.extend(images.map(|(process, image)| {
            format!("{process} was started among the files of image {image}, as a process of this machine: not as the image's user, without a container's limits")
        }));
        words.extend(self.notes.iter().map(|note| format!("manifests of the {subject} driver: {note}")));
        words
    }
}

impl Written {
    fn read(asked: Subject, name: &str) -> Result<Self, ExternalError> {
        let path = Path::new(name);
        if let Some(image) = name.strip_prefix(IMAGE) {
            return match asked {
                Subject::Csi => Ok(Self { descriptor: Descriptor::of_image(image), folder: None }),
                Subject::Ccm => Err(ExternalError::wrong(name)(DescriptorError::ImageAlone)),
            };
        }
        if !is_path(name) {
            let known = || ExternalError::Unknown { name: name.to_owned(), known: builtin::names() };
            let text = builtin::descriptor(name).ok_or_else(known)?;
            return Ok(Self { descriptor: Descriptor::parse(name, text)?, folder: None });
        }
        if path.is_dir() {
            return Ok(Self::of_manifests(asked, path));
        }
        let text = std::fs::read_to_string(path).map_err(|source| ExternalError::Read { path: path.to_owned(), source })?;
        if is_manifest(&text) {
            return Ok(Self::of_manifests(asked, path));
        }
        Ok(Self { descriptor: Descriptor::parse(name, &text)?, folder: Some(path.parent().unwrap_or(Path::new(".")).to_owned()) })
    }

    /// Paths are relative to the working directory then.
    fn of_manifests(asked: Subject, path: &Path) -> Self {
        Self { descriptor: Descriptor::of_manifests(asked, path), folder: Some(PathBuf::new()) }
    }
}

/// What the manifests of a descriptor say.
fn derived(descriptor: &Descriptor, folder: Option<&Path>, search: &Search) -> Result<Derived, ExternalError> {
    let folder = folder.unwrap_or(Path::new(""));
    let paths: Vec<PathBuf> = descriptor.from.iter().map(|path| folder.join(path)).collect();
    let objects = Objects::read(&paths)?;
    let mut named = descriptor.images.clone();
    named.extend(search.images.clone());
    let there = |program: &str| place::in_folders(program, search).is_some();
    let images = Images { named: &named, there: &there };
    Ok(manifests::derive(descriptor.subject, &objects, &images)?)
}

/// Adds what its manifests say to a descriptor.
fn add(descriptor: &mut Descriptor, derived: Derived) {
    descriptor.processes.extend(derived.processes);
    descriptor.replaces.extend(derived.replaces);
    for (sidecar, flags) in derived.sidecars {
        descriptor.sidecars.entry(sidecar).or_insert(flags);
    }
}

/// The version of a program, where its file says it.
fn version_of(program: &Place) -> Option<String> {
    let Place::File(path) = program else { return None };
    go::build_of(path)?.version
}

/// The descriptor that is part of this program and describes the same driver, by what its binary says of itself: what its maintainers
/// say of it holds however it is started.
fn known(descriptor: &Descriptor, programs: &[Place]) -> Option<Descriptor> {
    if descriptor.from.is_empty() || !descriptor.exceptions.is_empty() || !descriptor.polls.is_empty() {
        return None;
    }
    let main = descriptor.processes.iter().position(|process| process.process == descriptor.main_process())?;
    let Place::File(program) = programs.get(main)? else { return None };
    let module = go::build_of(program)?.module?;
    let of_module = |known: &Descriptor| known.source.as_ref().is_some_and(|source| source.starts_with(&module));
    builtin::descriptors().find(|known| known.subject == descriptor.subject && of_module(known))
}

/// Whether a text is of Kubernetes' objects and no descriptor.
fn is_manifest(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("apiVersion:") || line.starts_with("kind:"))
}

fn is_path(name: &str) -> bool {
    name.contains('/') || [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending)) || matches!(name, "." | "..")
}

#[cfg(test)]
mod tests;
