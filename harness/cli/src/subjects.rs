//! `--driver`: which drivers are run.

use std::path::PathBuf;
use std::sync::Arc;

use seatrial_engine::{External, Search, Subject, Subjects};

use crate::exit::Exit;

/// Which drivers are run.
#[derive(Clone, Debug, clap::Args)]
pub struct DriverChoice {
    /// A driver that was built elsewhere, as processes in the place of ours: `csi=upstream-csi`, `ccm=./my-ccm.yaml`.
    #[arg(long = "driver", value_name = "csi|ccm=NAME|FILE|FOLDER|image:NAME", value_parser = asked)]
    drivers: Vec<(Subject, String)>,
    /// The program in the place of an image that a driver's manifests name, by the last part of its name: `driver=vsphere-csi`; `ours`
    /// is the harness's own, where it is a sidecar, and `image:NAME` an image of a container engine here.
    #[arg(long = "image", value_name = "IMAGE=PROGRAM", value_parser = image)]
    images: Vec<(String, String)>,
}

/// The name of ours.
pub const OURS: &str = "ours";

/// A text that names no driver.
#[derive(Debug, thiserror::Error)]
#[error(
    "write csi=NAME or ccm=NAME, where NAME is ours, a descriptor of drivers/external the path of one of yours, a folder of manifests, or image:NAME"
)]
pub struct DriverError;

/// A text that names no program for an image.
#[derive(Debug, thiserror::Error)]
#[error("write IMAGE=PROGRAM, such as driver=vsphere-csi")]
pub struct ImageError;

/// The image that a text names, and its program; a path is made absolute.
pub fn image(text: &str) -> Result<(String, String), ImageError> {
    let (image, program) = text.split_once('=').filter(|(image, program)| !image.is_empty() && !program.is_empty()).ok_or(ImageError)?;
    let path = if program.contains('/') && !program.starts_with("image:") { std::path::absolute(program).ok() } else { None };
    Ok((image.to_owned(), path.map_or_else(|| program.to_owned(), |path| path.display().to_string())))
}

/// The driver that a text names.
pub fn asked(text: &str) -> Result<(Subject, String), DriverError> {
    match text.split_once('=') {
        Some(("csi", name)) if !name.is_empty() => Ok((Subject::Csi, name.to_owned())),
        Some(("ccm", name)) if !name.is_empty() => Ok((Subject::Ccm, name.to_owned())),
        _ => Err(DriverError),
    }
}

impl DriverChoice {
    /// Whether a driver that is not ours was asked for.
    pub fn is_external(&self) -> bool {
        self.drivers.iter().any(|(_, name)| name != OURS)
    }

    /// These; where there are none, those.
    pub fn on_top_of(self, drivers: Vec<(Subject, String)>, images: Vec<(String, String)>) -> Self {
        Self {
            drivers: if self.drivers.is_empty() { drivers } else { self.drivers },
            images: if self.images.is_empty() { images } else { self.images },
        }
    }

    /// Finds them; `folders` are those where programs are looked for.
    pub fn find(&self, folders: Vec<PathBuf>) -> Result<Subjects, (String, Exit)> {
        let search = Search { folders, images: self.images.iter().cloned().collect() };
        let mut subjects = Subjects { search: search.clone(), ..Subjects::default() };
        for (subject, name) in &self.drivers {
            let found = match name.as_str() {
                OURS => None,
                name => Some(Arc::new(External::find(*subject, name, &search).map_err(|error| {
                    let exit = if error.is_environment() { Exit::Environment } else { Exit::BadInput };
                    (error.to_string(), exit)
                })?)),
            };
            match subject {
                Subject::Csi => subjects.csi = found,
                Subject::Ccm => subjects.ccm = found,
            }
        }
        Ok(subjects)
    }
}
