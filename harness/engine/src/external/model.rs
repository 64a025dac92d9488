//! What a descriptor says.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use seatrial_kubernetes::loops::LivenessConfig;
use seatrial_oracle::{Labels, Meaning};
use seatrial_scenario::{Capability, remedy};
use serde::Deserialize;

use super::ExternalError;
use super::exception::Exception;
use super::kinds::{NODE_PLUGIN, Sidecar, Subject};
use super::sidecars;
use super::words::check;
use super::wrong::{DescriptorError, OfferError};

/// How long a program may take until it is ready, unless its descriptor says otherwise.
pub(super) const READY_WITHIN: u64 = 120;

/// A driver that was built elsewhere.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Descriptor {
    /// Its name in reports.
    pub driver: String,
    /// Which of the drivers it is.
    pub subject: Subject,
    /// What it is, for people.
    pub about: String,
    /// Where it comes from.
    pub source: Option<String>,
    /// Which version is described; reports say which one ran, by what its binary says.
    pub version: Option<String>,
    /// What is installed in Kubernetes before it starts; paths are relative to the descriptor.
    #[serde(default)]
    pub manifests: Vec<String>,
    /// Which of the harness's own sidecars stand back for the driver's.
    #[serde(default)]
    pub replaces: Vec<Sidecar>,
    /// With which flags the harness's own sidecars are started, those that do not stand back; placeholders are filled in. One that
    /// is not named has the flags of upstream's manifests.
    #[serde(default)]
    pub sidecars: BTreeMap<Sidecar, Vec<String>>,
    /// What it does beyond what all drivers do; scenarios that require more do not run with it.
    #[serde(default)]
    pub offers: Vec<Offer>,
    /// Which labels of its own mean a zone or a region.
    #[serde(default)]
    pub labels: OwnLabels,
    /// What it is known to do otherwise than the scenarios ask for.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
    /// By what it looks at vCenters from time to time, though nobody asks anything of it.
    #[serde(default)]
    pub polls: Vec<Poll>,
    /// How long its processes may take to end when they are asked to, by SIGTERM; then they are killed.
    #[serde(default)]
    pub stop_within_seconds: u64,
    /// Manifests that its processes are derived from: files, or folders of them; relative to the descriptor.
    #[serde(default)]
    pub from: Vec<String>,
    /// Programs in the place of the images that those manifests name, by the image's name or the last part of it.
    #[serde(default)]
    pub images: BTreeMap<String, String>,
    /// The processes that it consists of, in the order of their start; beside those that are derived.
    #[serde(default)]
    pub processes: Vec<Program>,
}

/// Calls to a vCenter or to Kubernetes that a driver makes from time to time by design, though nobody asks anything of it: they
/// count as heartbeats.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// Their methods, as the journal has them.
    pub calls: Vec<String>,
    /// What for.
    pub because: String,
    /// Where its source, or its maintainers, say so.
    pub cites: String,
}

/// Labels of a driver's own; `${category}` in them is the category of tags that the scenario has for zones or regions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnLabels {
    /// Those that mean a zone.
    pub zone: Vec<String>,
    /// Those that mean a region.
    pub region: Vec<String>,
}

impl OwnLabels {
    /// Adds them to those that are known.
    pub(crate) fn add_to(&self, labels: &mut Labels) {
        for (meaning, own) in [(Meaning::Zone, &self.zone), (Meaning::Region, &self.region)] {
            for key in own {
                let key = match labels.category(meaning) {
                    Some(category) => key.replace("${category}", category),
                    None if key.contains("${category}") => continue,
                    None => key.clone(),
                };
                labels.add(meaning, key);
            }
        }
    }
}

/// A capability that a descriptor says a driver has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Offer(pub Capability);

impl TryFrom<String> for Offer {
    type Error = OfferError;

    fn try_from(word: String) -> Result<Self, OfferError> {
        let Some(capability) = Capability::named(&word) else {
            let offered = Capability::ALL.into_iter().filter(|capability| capability.announced_as().is_none());
            return Err(OfferError::Unknown { remedy: remedy(&word, "capabilities", offered.map(Capability::word)), word });
        };
        match capability.announced_as() {
            None => Ok(Self(capability)),
            Some(announced) => Err(OfferError::Announced { word, announced }),
        }
    }
}

/// One process of a driver.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Program {
    /// Its name in the world: `csi-controller` and `csi-node` serve CSI, `ccm` is the cloud controller manager, `csi-snapshotter` and
    /// `snapshot-controller` are for worlds with snapshots; others are free.
    pub process: String,
    /// Its program: a name that is looked for, or a path, relative to the descriptor; with an image, a path in that, or nothing for the
    /// image's own.
    #[serde(default)]
    pub program: String,
    /// The image that its program is in, by the name that a container engine here knows.
    pub image: Option<String>,
    /// Who it is in Kubernetes.
    pub account: Account,
    /// What it is told on its command line.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// What it is told by its environment.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Files that are written for it, by their names in `${folder}`.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Until when it must serve; only those that serve CSI are waited for.
    #[serde(default = "ready_within")]
    pub ready_within_seconds: u64,
    /// How it is looked whether it still answers; without it nobody looks. Only of those that serve CSI.
    pub liveness: Option<Liveness>,
}

/// A container's `livenessProbe`, behind which livenessprobe asks the driver; without a number it is Kubernetes' own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Liveness {
    /// From its start until it is asked first.
    pub initial_delay_seconds: u64,
    /// From one time to the next.
    pub period_seconds: u64,
    /// How long an answer may take.
    pub timeout_seconds: u64,
    /// So many failures in a row end it.
    pub failure_threshold: u32,
}

impl Default for Liveness {
    fn default() -> Self {
        Self { initial_delay_seconds: 0, period_seconds: 10, timeout_seconds: 1, failure_threshold: 3 }
    }
}

impl Liveness {
    /// The same, as who asks is told it.
    pub(crate) fn config(self) -> LivenessConfig {
        LivenessConfig {
            initial_delay: Duration::from_secs(self.initial_delay_seconds),
            // As the API server has it: none of them can be nothing.
            period: Duration::from_secs(self.period_seconds.max(1)),
            timeout: Duration::from_secs(self.timeout_seconds.max(1)),
            failure_threshold: self.failure_threshold.max(1),
        }
    }
}

/// A service account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl Descriptor {
    /// Reads a descriptor and checks it; `name` is how errors name it.
    pub(super) fn read(name: &str, text: &str) -> Result<Self, ExternalError> {
        Self::parse(name, text)?.checked().map_err(ExternalError::wrong(name))
    }

    /// Reads a descriptor whose processes may not be known yet.
    pub(super) fn parse(name: &str, text: &str) -> Result<Self, ExternalError> {
        serde_saphyr::from_str(text).map_err(DescriptorError::from).map_err(ExternalError::wrong(name))
    }

    /// What is known of a driver of which there are manifests and nothing else.
    pub(super) fn of_manifests(subject: Subject, path: &Path) -> Self {
        let name = path.file_stem().map_or_else(|| subject.to_string(), |name| name.to_string_lossy().into_owned());
        Self {
            driver: name,
            subject,
            about: format!("What {} says.", path.display()),
            source: None,
            version: None,
            manifests: Vec::new(),
            replaces: Vec::new(),
            sidecars: BTreeMap::new(),
            offers: Vec::new(),
            labels: OwnLabels::default(),
            exceptions: Vec::new(),
            polls: Vec::new(),
            stop_within_seconds: 0,
            from: vec![path.display().to_string()],
            images: BTreeMap::new(),
            processes: Vec::new(),
        }
    }

    /// What is known of a CSI driver of which there is an image and nothing else: its controller is told what all drivers for vSphere
    /// know.
    pub(super) fn of_image(image: &str) -> Self {
        let variables = [
            ("X_CSI_MODE", "controller"),
            ("CSI_ENDPOINT", "unix://${socket}"),
            ("CSI_NAMESPACE", "vmware-system-csi"),
            ("KUBECONFIG", "${kubeconfig}"),
            ("VSPHERE_CSI_CONFIG", "${folder}/csi-vsphere.conf"),
        ];
        let controller = Program {
            process: "csi-controller".to_owned(),
            program: String::new(),
            image: Some(image.to_owned()),
            account: Account { namespace: "vmware-system-csi".to_owned(), name: "csi-controller".to_owned() },
            arguments: Vec::new(),
            environment: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            files: BTreeMap::from([("csi-vsphere.conf".to_owned(), "${csi-configuration}".to_owned())]),
            ready_within_seconds: READY_WITHIN,
            liveness: None,
        };
        Self {
            driver: image.to_owned(),
            about: format!("The program of image {image}."),
            from: Vec::new(),
            processes: vec![controller],
            ..Self::of_manifests(Subject::Csi, Path::new(""))
        }
    }

    /// Takes over what is known of a program that is the same driver's.
    pub(super) fn learn(&mut self, known: Self) {
        self.exceptions = known.exceptions;
        self.polls = known.polls;
        self.stop_within_seconds = self.stop_within_seconds.max(known.stop_within_seconds);
        self.source = self.source.take().or(known.source);
    }

    /// Whether it says that its driver has a capability.
    pub(crate) fn offers(&self, capability: Capability) -> bool {
        self.offers.contains(&Offer(capability))
    }

    /// The process that it cannot be without.
    pub(crate) fn main_process(&self) -> &'static str {
        match self.subject {
            Subject::Csi => "csi-controller",
            Subject::Ccm => "ccm",
        }
    }

    /// The descriptor, if nothing is wrong with it.
    pub(super) fn checked(self) -> Result<Self, DescriptorError> {
        if self.subject != Subject::Csi && !self.offers.is_empty() {
            return Err(DescriptorError::OffersOfNoCsiDriver);
        }
        if self.subject != Subject::Csi && self.labels != OwnLabels::default() {
            return Err(DescriptorError::LabelsOfNoCsiDriver);
        }
        if let Some(poll) = self.polls.iter().find(|poll| !poll.cites.starts_with("https://")) {
            return Err(DescriptorError::PollCites { cites: poll.cites.clone() });
        }
        let must = self.main_process();
        if !self.processes.iter().any(|process| process.process == must) {
            return Err(DescriptorError::NoMainProcess { must, subject: self.subject });
        }
        if self.subject != Subject::Csi && self.processes.iter().any(Program::is_node_plugin) {
            return Err(DescriptorError::NodePlugin);
        }
        let mut names: Vec<&str> = self.processes.iter().map(|process| process.process.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(DescriptorError::SameName { name: twice[0].to_owned() });
        }
        sidecars::check(&self)?;
        self.processes.iter().try_for_each(Program::check)?;
        Ok(self)
    }
}

impl Program {
    fn check(&self) -> Result<(), DescriptorError> {
        if let Some(name) = self.files.keys().find(|name| name.is_empty() || name.contains('/') || name.starts_with('.')) {
            return Err(DescriptorError::FileName { process: self.process.clone(), name: name.clone() });
        }
        if self.program.is_empty() && self.image.is_none() {
            return Err(DescriptorError::NeitherProgramNorImage { process: self.process.clone() });
        }
        if self.liveness.is_some() && !self.serves() {
            return Err(DescriptorError::LivenessOfNoDriver { process: self.process.clone() });
        }
        let mut texts = self.arguments.iter().chain(self.environment.values()).chain(self.files.values());
        texts
            .try_for_each(|text| check(text, self))
            .map_err(|source| DescriptorError::Placeholder { process: self.process.clone(), source })
    }

    /// Whether it serves CSI.
    pub(crate) fn serves(&self) -> bool {
        self.process == "csi-controller" || self.is_node_plugin()
    }

    /// Whether there is one on each node.
    pub(crate) fn is_node_plugin(&self) -> bool {
        self.process == NODE_PLUGIN
    }

    /// Whether it is for worlds with the API of snapshots only, as its name says.
    pub(crate) fn is_of_snapshots(&self) -> bool {
        Sidecar::OF_SNAPSHOTS.iter().any(|sidecar| sidecar.to_string() == self.process)
    }

    /// Until when it must serve.
    pub(crate) fn ready_within(&self) -> Duration {
        Duration::from_secs(self.ready_within_seconds)
    }
}

const fn ready_within() -> u64 {
    READY_WITHIN
}
