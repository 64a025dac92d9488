//! Which program is meant by an image, and which of a pod's containers are known.

use std::collections::BTreeMap;

use seatrial_scenario::ScenarioError;

use super::liveness::LIVENESSPROBE;
use super::pod::Container;
use crate::external::{IMAGE, Sidecar};

/// In a program's place: the harness's own sidecar, with the flags of the manifest.
pub(super) const OURS: &str = "ours";

/// What is known of an image by the last part of its name.
pub(super) enum Known {
    /// A sidecar that the harness plays where the driver does not bring it.
    Sidecar(Sidecar),
    /// One that nobody here needs, and why.
    Needless(&'static str),
    /// Something of the driver's.
    Drivers,
}

impl Known {
    pub(super) fn of(image: &str) -> Self {
        match image {
            "csi-provisioner" => Self::Sidecar(Sidecar::Provisioner),
            "csi-attacher" => Self::Sidecar(Sidecar::Attacher),
            "csi-resizer" => Self::Sidecar(Sidecar::Resizer),
            "csi-snapshotter" => Self::Sidecar(Sidecar::Snapshotter),
            "csi-node-driver-registrar" => Self::Needless("the kubelet here asks the node plugin itself"),
            LIVENESSPROBE => Self::Needless("the driver is asked without it, where its container has a livenessProbe"),
            _ => Self::Drivers,
        }
    }
}

/// The program of a container, and the image that it is in, where it is to come from one.
pub(super) struct Found {
    pub(super) program: String,
    pub(super) image: Option<String>,
}

/// Programs in the place of images.
pub(in crate::external) struct Images<'a> {
    /// By an image's whole name without its tag, or by the last part of it.
    pub(in crate::external) named: &'a BTreeMap<String, String>,
    /// Whether there is a program of this name.
    pub(in crate::external) there: &'a dyn Fn(&str) -> bool,
}

impl Images<'_> {
    /// The program of a container: the one that its image is mapped to, or one of the name of its command, its image or the container.
    pub(super) fn program(&self, container: &Container<'_>) -> Result<Found, Box<ScenarioError>> {
        let command = container.part.elements("command");
        if let Some(program) = self.mapped(container) {
            return Ok(match program.strip_prefix(IMAGE) {
                // There its own command is what it is.
                Some(image) => {
                    let program = command.first().map(|command| command.own_text().to_owned()).unwrap_or_default();
                    Found { program, image: Some(image.to_owned()) }
                }
                None => Found { program: program.clone(), image: None },
            });
        }
        let command = command.first().map(|command| command.own_text().rsplit('/').next().unwrap_or_default());
        let image = container.image();
        let mut names: Vec<&str> = command.into_iter().chain([image, container.name()]).filter(|name| !name.is_empty()).collect();
        names.dedup();
        if let Some(found) = names.iter().find(|name| (self.there)(name)) {
            return Ok(Found { program: (*found).to_owned(), image: None });
        }
        let place = container.part.part(&["image"]).unwrap_or_else(|| container.part.clone());
        let known = if matches!(Known::of(image), Known::Sidecar(_)) {
            format!(", or --image {image}={OURS} for the harness's own")
        } else {
            String::new()
        };
        let help = format!(
            "name its program: --image {image}=PROGRAM, which is looked for in the folders of SEATRIAL_DRIVERS, or --image {image}=image:NAME for an image of an engine here{known}; without it, programs called {} were looked for",
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        );
        Err(place.error(format!("there is no program for container `{}`", container.name()), help))
    }

    /// Whether the harness's own sidecar is to be in its place.
    pub(super) fn is_ours(&self, container: &Container<'_>) -> bool {
        self.mapped(container).is_some_and(|program| program == OURS)
    }

    fn mapped(&self, container: &Container<'_>) -> Option<&String> {
        let name = container.part.text("image");
        let name = name.split_once('@').map_or(name, |(name, _)| name);
        let tag = name.rfind('/').map_or(0, |slash| slash + 1);
        let name = name[tag..].find(':').map_or(name, |colon| &name[..tag + colon]);
        self.named.get(name).or_else(|| self.named.get(container.image()))
    }
}
