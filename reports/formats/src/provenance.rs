//! Where a report comes from: which seatrial ran which drivers, in which worlds. Like those of [`crate::model`], names and shapes here are
//! those of the JSON report.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What a run was made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The commit that seatrial was built from, `-dirty` behind it if something had been changed since. None where there was no git.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Whose time it ran in, and where the drivers were.
    pub mode: RunMode,
    /// The first seed.
    pub seed: u64,
    /// How many seeds, from the first on.
    pub seeds: u64,
    /// The drivers.
    pub drivers: Vec<DriverProvenance>,
}

/// Whose time a run went by, and where its drivers were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunMode {
    /// The world's time, drivers in the process.
    Virtual,
    /// The world's time, drivers as processes.
    Processes,
    /// The wall's time, drivers as processes.
    Live,
}

impl fmt::Display for RunMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Virtual => "virtual",
            Self::Processes => "processes",
            Self::Live => "live",
        })
    }
}

/// A driver that was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriverProvenance {
    /// Which of the drivers it was: `csi`, `ccm`.
    pub subject: String,
    /// `ours`, or its name in its descriptor.
    pub driver: String,
    /// Its version, by whoever says it best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Who said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_by: Option<SaidBy>,
    /// The version that its descriptor was written for, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub described_version: Option<String>,
    /// Its programs, by their processes; none where it ran inside of seatrial.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub binaries: BTreeMap<String, BinaryProvenance>,
}

/// Who said which version a driver has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaidBy {
    /// What was built into its binary.
    BuildInfo,
    /// The driver, when it was asked (`GetPluginInfo`).
    Driver,
    /// It is part of seatrial.
    Seatrial,
    /// Its descriptor, which may be wrong: nobody else says anything.
    Descriptor,
}

/// A program of a driver's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BinaryProvenance {
    /// Its file's name.
    pub program: String,
    /// SHA-256 of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Why the file could not be read, if it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// What Go's compiler wrote into it, if it is Go's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub go: Option<GoBuild>,
}

/// What Go's compiler writes into a program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoBuild {
    /// The compiler: `go1.24.1`.
    pub compiler: String,
    /// The package that was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The module that it lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// The module's version; none when it was built from a working copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The commit, when it was built from a working copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Whether the working copy had been changed since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub modified: bool,
}

impl GoBuild {
    /// Which version it is, as far as its module or its commit says it.
    pub fn version_or_revision(&self) -> Option<String> {
        let modified = if self.modified { "-dirty" } else { "" };
        self.version.clone().or_else(|| self.revision.as_ref().map(|revision| format!("{revision}{modified}")))
    }
}

/// What one case was made of, and what is left of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseProvenance {
    /// What its world was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<WorldProvenance>,
    /// What the scenario is filed under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// SHA-256 of the scenario's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario_sha256: Option<String>,
    /// SHA-256 of each manifest that it applies and of each world that it includes, by the path as it is written there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub manifests: BTreeMap<String, String>,
    /// How often each process was started again; those that never were are left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub restarts: BTreeMap<String, u32>,
    /// Where its journal and the logs of its processes lie, beside the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<String>,
}

/// What a world was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorldProvenance {
    /// Each vCenter's version, by its name.
    pub vcenters: BTreeMap<String, String>,
    /// Kubernetes' version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<String>,
    /// What the CSI driver's processes answered when they were asked who they are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub plugins: BTreeMap<String, PluginInfo>,
}

/// The answer to `GetPluginInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PluginInfo {
    /// The driver's name.
    pub name: String,
    /// Its version, in its own words; may be empty.
    pub version: String,
}

/// A case that had begun when the run was ended, and on which there is no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfinishedCase {
    /// The scenario's file, as it was named.
    pub scenario: String,
    /// Which variant of it.
    pub case: String,
    /// The seed.
    pub seed: u64,
    /// Where what it had written lies, beside the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<String>,
}

impl fmt::Display for UnfinishedCase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} [{}] seed {}", self.scenario, self.case, self.seed)
    }
}
