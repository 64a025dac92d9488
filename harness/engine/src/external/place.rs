//! Where the files and programs of a descriptor are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::model::{Descriptor, Program};
use super::wrong::DescriptorError;
use super::{ExternalError, builtin};

/// The text of a manifest; `folder` is the descriptor's, unless it is part of this program.
pub(super) fn manifest(descriptor: &str, name: &str, folder: Option<&Path>) -> Result<String, ExternalError> {
    let text = match folder {
        Some(folder) => {
            let path = folder.join(name);
            std::fs::read_to_string(&path).map_err(|source| ExternalError::Read { path, source })?
        }
        None => {
            let missing = || DescriptorError::NoManifest { name: name.to_owned() };
            builtin::manifest(name).ok_or_else(missing).map_err(ExternalError::wrong(descriptor))?.to_owned()
        }
    };
    match seatrial_kubernetes::yaml::documents(&text) {
        Ok(_) => Ok(text),
        Err(source) => Err(ExternalError::wrong(descriptor)(DescriptorError::Manifest { name: name.to_owned(), source })),
    }
}

/// Where descriptors and programs are looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Folders of `SEATRIAL_DRIVERS`, then of `PATH`.
    pub folders: Vec<PathBuf>,
    /// Programs in the place of the images that manifests name; they count more than a descriptor's.
    pub images: BTreeMap<String, String>,
}

/// Where a process's program is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file here.
    File(PathBuf),
    /// In an image of this name.
    Image(String),
}

/// Finds a process's program; an image is looked for when it is wanted.
pub(super) fn program(descriptor: &Descriptor, process: &Program, folder: Option<&Path>, search: &Search) -> Result<Place, ExternalError> {
    if let Some(image) = &process.image {
        return Ok(Place::Image(image.clone()));
    }
    let name = &process.program;
    let (found, searched) = if name.contains('/') {
        let path = folder.unwrap_or(Path::new(".")).join(name);
        let searched = path.parent().unwrap_or(Path::new(".")).display().to_string();
        (std::path::absolute(&path).ok().filter(|path| is_program(path)), searched)
    } else {
        (in_folders(name, search), "any folder of SEATRIAL_DRIVERS or PATH".to_owned())
    };
    found.map(Place::File).ok_or_else(|| ExternalError::NoProgram {
        driver: descriptor.driver.clone(),
        program: name.clone(),
        searched,
        source_of_it: descriptor.source.clone().unwrap_or_else(|| "its descriptor does not say where it comes from".to_owned()),
    })
}

/// Where a program is that is looked for by its name.
pub(super) fn in_folders(name: &str, search: &Search) -> Option<PathBuf> {
    let found = search.folders.iter().map(|folder| folder.join(name)).find(|path| is_program(path));
    found.and_then(|path| std::path::absolute(path).ok())
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}
