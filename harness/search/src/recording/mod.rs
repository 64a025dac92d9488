//! Recordings: what a client asked a vCenter and what it was answered, call by call, less the secrets; and what another vCenter answers
//! to the same calls.
//!
//! A recording is a file of JSON lines: a head, then an exchange a line, in the order in which the calls came. It is made in front of any
//! vCenter, a real one too, and leaves the house: passwords and what opens a session are replaced before a line is written. Names,
//! addresses and ids stay: without them nobody could send the calls to another vCenter.
//!
//! Whoever replays it sends the calls one after the other. Ids differ from vCenter to vCenter, so those of the recording are replaced by
//! those that stood in the same place of earlier answers ([`Ids`]). Calls that wait for something to happen are not sent: the time that they
//! took passes instead.

mod compare;
mod ids;
mod secrets;
mod tree;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use compare::{Difference, differences};
pub use ids::Ids;
pub use secrets::{PASSWORD, Secrets};
pub use tree::Node;

/// The version of the file's shape.
const FORMAT: u32 = 1;

/// Calls that wait for something to happen, by what stands in their bodies.
pub const WAITING: [&str; 3] = ["WaitForUpdatesEx", "WaitForUpdates", "WaitForValues"];

/// The first line of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    format: u32,
    /// The version of seatrial that made it.
    pub seatrial: String,
}

/// A call and its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Its place in the recording, from 1.
    pub number: u64,
    /// When it came, in milliseconds since the recording began.
    pub at_ms: u64,
    /// How long its answer took, in milliseconds.
    pub took_ms: u64,
    /// The HTTP method.
    pub verb: String,
    /// The path and query.
    pub path: String,
    /// The headers that matter, by their names in small letters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The call's body.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// The answer's status; 0 when none came.
    pub status: u16,
    /// The answer's headers that matter.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answer_headers: BTreeMap<String, String>,
    /// The answer's body.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub answer: String,
}

/// A recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Who made it.
    pub head: Head,
    /// The calls, in their order.
    pub exchanges: Vec<Exchange>,
}

/// A text that is no recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// It begins otherwise.
    #[error("this is no recording: its first line is no head")]
    Head,
    /// It is of another time.
    #[error("the recording has format {0}; this command reads format {FORMAT}")]
    Format(u32),
    /// A line is no exchange.
    #[error("line {line}: {source}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl Head {
    /// Of a recording that is made by this version.
    pub fn new(seatrial: &str) -> Self {
        Self { format: FORMAT, seatrial: seatrial.to_owned() }
    }
}

impl Recording {
    /// Reads a recording. A last line that is cut off, as it is when a recorder was killed, is left out.
    ///
    /// # Errors
    /// See [`RecordingError`].
    pub fn read(text: &str) -> Result<Self, RecordingError> {
        let whole = text.ends_with('\n');
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).peekable();
        let head: Head = lines.next().and_then(|(_, line)| serde_json::from_str(line).ok()).ok_or(RecordingError::Head)?;
        if head.format != FORMAT {
            return Err(RecordingError::Format(head.format));
        }
        let mut exchanges = Vec::new();
        while let Some((number, line)) = lines.next() {
            match serde_json::from_str(line) {
                Ok(exchange) => exchanges.push(exchange),
                Err(_) if !whole && lines.peek().is_none() => break,
                Err(source) => return Err(RecordingError::Line { line: number + 1, source }),
            }
        }
        Ok(Self { head, exchanges })
    }
}

impl Exchange {
    /// What was called, in the API's own words: `CnsCreateVolume`, `POST /api/session`.
    pub fn method(&self) -> String {
        let call = Node::read(&self.body).and_then(|envelope| Some(envelope.child("Body")?.children.first()?.name.clone()));
        let path = self.path.split('?').next().unwrap_or(&self.path);
        call.unwrap_or_else(|| format!("{} {path}", self.verb))
    }

    /// As a line of a recording.
    ///
    /// # Errors
    /// None in memory; the writer's signature has one.
    pub fn line(&self) -> serde_json::Result<String> {
        serde_json::to_string(self).map(|line| line + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cut_off_is_left_out_and_what_is_wrong_is_named() {
        let head = serde_json::to_string(&Head::new("1.2.3")).unwrap();
        let exchange = Exchange { number: 1, verb: "POST".into(), path: "/sdk?x=1".into(), status: 200, ..Exchange::default() };
        let text = format!("{head}\n{}", exchange.line().unwrap());
        assert_eq!(Recording::read(&text).unwrap().exchanges, vec![exchange.clone()]);
        assert_eq!(Recording::read(&format!("{text}{{\"number\": 2, \"at")).unwrap().exchanges.len(), 1);
        assert!(matches!(Recording::read(&format!("{text}{{}}\n")), Err(RecordingError::Line { line: 3, .. })));
        assert!(matches!(Recording::read("{}"), Err(RecordingError::Head)));
        assert_eq!(exchange.method(), "POST /sdk");
    }
}
