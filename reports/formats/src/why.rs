//! What explains a failure: lines from the journal, the same in every report.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::words::clock;

/// What kind of thing explains a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyKind {
    /// Something is out of service because the scenario took it away.
    Outage,
    /// A process ended, or was killed, and started again.
    Restart,
    /// Kubernetes warned of an object.
    Event,
    /// An RPC of CSI failed.
    Rpc,
    /// A call to a vCenter failed.
    Call,
    /// A task of a vCenter failed.
    Task,
    /// Something is tried again and again.
    Retry,
    /// What may be meant, and how it is written.
    Hint,
}

impl WhyKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [Self::Outage, Self::Restart, Self::Event, Self::Rpc, Self::Call, Self::Task, Self::Retry, Self::Hint];

    /// As it is told to people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Outage => "outage",
            Self::Restart => "restart",
            Self::Event => "event",
            Self::Rpc => "RPC",
            Self::Call => "call",
            Self::Task => "task",
            Self::Retry => "retry",
            Self::Hint => "hint",
        }
    }
}

/// One thing that explains a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyLine {
    /// What kind of thing it is.
    pub kind: WhyKind,
    /// Whom it befell or who says so: `claim default/data`, `csi-controller`, `vc-a`. Empty for a hint.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub who: String,
    /// What happened, in words.
    pub text: String,
    /// How often it happened.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: u64,
    /// When it happened last, in microseconds of virtual time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_us: Option<u64>,
    /// The sequence number of the journal's entry that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
}

fn once() -> u64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_once(times: &u64) -> bool {
    *times == 1
}

impl WhyLine {
    /// A line of advice.
    pub fn hint(text: impl Into<String>) -> Self {
        Self { kind: WhyKind::Hint, who: String::new(), text: text.into(), times: 1, at_us: None, entry: None }
    }
}

/// `event, claim default/data: ProvisioningFailed: … (12 times, last at 0:04:58.113, #1034)`.
impl fmt::Display for WhyLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.word())?;
        if !self.who.is_empty() {
            write!(f, ", {}", self.who)?;
        }
        // A text of several lines is still one reason.
        write!(f, ": {}", self.text.split_whitespace().collect::<Vec<&str>>().join(" "))?;
        let times = (self.times > 1).then(|| format!("{} times", self.times));
        let at = self.at_us.map(|at| format!("{}at {}", if self.times > 1 { "last " } else { "" }, clock(at)));
        let entry = self.entry.map(|entry| format!("#{entry}"));
        let facts: Vec<String> = times.into_iter().chain(at).chain(entry).collect();
        if facts.is_empty() { Ok(()) } else { write!(f, " ({})", facts.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_whom_it_befell_how_often_and_when() {
        let line = WhyLine {
            kind: WhyKind::Event,
            who: "claim default/data".to_owned(),
            text: "ProvisioningFailed: no\n  datastore".to_owned(),
            times: 12,
            at_us: Some(298_113_000),
            entry: Some(1034),
        };
        assert_eq!(line.to_string(), "event, claim default/data: ProvisioningFailed: no datastore (12 times, last at 0:04:58.113, #1034)");
        assert_eq!(
            WhyLine { times: 1, entry: None, ..line }.to_string(),
            "event, claim default/data: ProvisioningFailed: no datastore (at 0:04:58.113)"
        );
        assert_eq!(WhyLine::hint("heal it").to_string(), "hint: heal it");
    }
}
