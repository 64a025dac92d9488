//! What can be wrong with `vsphere.conf`, told with file, line, key and remedy.

/// A configuration file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {problem}", line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct ConfigError {
    /// The file.
    pub file: String,
    /// The line, from 1; absent when something is missing altogether.
    pub line: Option<usize>,
    /// What is wrong there.
    pub problem: ConfigProblem,
}

/// What is wrong, and what to do about it. A value is never repeated: it may be a password in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigProblem {
    /// The bytes are no text.
    #[error("the file is not UTF-8; save it as UTF-8")]
    NotText,
    /// A header that is not `[Name]` or `[Name "subsection"]`.
    #[error("this section header is malformed; write [Global] or [VirtualCenter \"vcenter.example.com\"]")]
    SectionHeader,
    /// A key before the first header.
    #[error("key `{key}` stands before the first section; put [Global] above it")]
    KeyOutsideSection {
        /// The key.
        key: String,
    },
    /// A line that is neither a header nor a key.
    #[error("this line is neither a section nor `key = value`; comments begin with # or ;")]
    Line,
    /// A quote without an end.
    #[error("the value of `{key}` has an opening quote and no closing one; close it, or write \\\" for a quote inside")]
    Quote {
        /// The key.
        key: String,
    },
    /// A backslash before something that it does not escape.
    #[error("the value of `{key}` has the unknown escape \\{escape}; write \\\\ for a backslash")]
    Escape {
        /// The key.
        key: String,
        /// What follows the backslash.
        escape: char,
    },
    /// A section that does not exist.
    #[error("there is no section [{section}]; known are {known}{}", suggest(suggestion.as_deref()))]
    UnknownSection {
        /// The section.
        section: String,
        /// All that exist.
        known: String,
        /// The closest one.
        suggestion: Option<String>,
    },
    /// A section that takes a subsection and has none, or the other way round.
    #[error("section [{section}] {rule}")]
    Subsection {
        /// The section.
        section: String,
        /// What it takes.
        rule: &'static str,
    },
    /// A key that does not exist in its section.
    #[error("there is no key `{key}` in [{section}]; remove it{}", suggest(suggestion.as_deref()))]
    UnknownKey {
        /// The section.
        section: String,
        /// The key.
        key: String,
        /// The closest one.
        suggestion: Option<String>,
    },
    /// A value of the wrong type or form.
    #[error("the value of `{key}` must be {expected}")]
    Value {
        /// The key.
        key: String,
        /// What is expected.
        expected: String,
    },
    /// Something that must be there.
    #[error("`{key}` is missing in [{section}]; add `{key} = {example}`")]
    Missing {
        /// The section.
        section: String,
        /// The key.
        key: &'static str,
        /// How it looks.
        example: &'static str,
    },
    /// No vCenter.
    #[error("there is no vCenter; add a section [VirtualCenter \"vcenter.example.com\"]")]
    NoVcenter,
    /// More than one vCenter, and nothing that tells which of them a node is in.
    #[error(
        "{count} vCenters are configured ({hosts}) and no topology: a volume can be used in its own vCenter only, so name the tag \
         categories that tell them apart: [Labels] topology-categories = \"k8s-region, k8s-zone\""
    )]
    TopologyMissing {
        /// How many.
        count: usize,
        /// Which.
        hosts: String,
    },
    /// More vCenters than can be served.
    #[error("{count} vCenters are configured; at most {most} are served: remove some of the [VirtualCenter] sections")]
    TooManyVcenters {
        /// How many.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// Both ways to name categories.
    #[error("[Labels] has both `topology-categories` and `zone` or `region`; keep one of the two ways")]
    LabelsTwice,
    /// A category that is named and not used.
    #[error("[TopologyCategory \"{category}\"] is not among the categories of [Labels]; add it there or remove the section")]
    CategoryUnused {
        /// The category.
        category: String,
    },
}

fn suggest(suggestion: Option<&str>) -> String {
    suggestion.map(|name| format!(", or did you mean `{name}`?")).unwrap_or_default()
}
