//! `expect: {event: …}`: what Kubernetes has told its users.

use std::fmt;

use crate::model::expectation::count::{self, Count};
use crate::model::object::{self, ObjectName};
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Looks for events of Kubernetes that were written so far.
///
/// ```yaml
/// - expect: {event: ProvisioningFailed, of: persistentvolumeclaim/data-web-0, text: "no datastore"}
/// - expect: {event: FailedAttachVolume, of: pod/web-0, times: 0}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectEvent {
    /// The events' reason.
    pub reason: Spanned<String>,
    /// The object that they are about.
    pub of: Spanned<ObjectName>,
    /// What their message must contain.
    pub text: Option<Spanned<String>>,
    /// How many, repetitions counted; at least one when not said.
    pub times: Count,
}

impl fmt::Display for ExpectEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expect event {} of {}", self.reason, self.of)?;
        if let Some(text) = &self.text {
            write!(f, " with {:?}", text.value)?;
        }
        if self.times != Count::AtLeast(1) {
            write!(f, ", times: {}", self.times)?;
        }
        Ok(())
    }
}

pub(crate) const EXAMPLE: &str = "{event: FailedAttachVolume, of: pod/web-0}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<ExpectEvent> {
    let mut fields = Fields::of(node, "expect", EXAMPLE, problems)?;
    let reason = fields.required("event", problems).and_then(|node| node.words("event", "FailedAttachVolume", problems));
    let of = fields.required("of", problems).and_then(|node| {
        let text = node.words("of", "pod/web-0", problems)?;
        object::decode(&text, problems)
    });
    let text = fields.maybe("text", problems, |node, problems| node.words("text", "\"no datastore\"", problems));
    let times = fields.maybe("times", problems, |node, problems| count::decode(node, "times", problems));
    fields.finish(problems);
    Some(ExpectEvent { reason: reason?, of: of?, text: text?, times: times?.map_or(Count::AtLeast(1), |times| times.value) })
}
