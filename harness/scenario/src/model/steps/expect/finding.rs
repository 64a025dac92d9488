//! `expect: {finding: …}`: what an oracle has found that breaks nothing, but that somebody should know.

use std::fmt;

use crate::model::expectation::count::{self, Count};
use crate::model::object::is_name;
use crate::span::Spanned;
use crate::yaml::{Fields, Node, Problems};

/// Looks for findings so far.
///
/// ```yaml
/// - expect: {finding: zones-differ, of: worker-1}
/// - expect: {finding: zones-differ, times: 0}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectFinding {
    /// The finding's name; the engine knows which there are.
    pub finding: Spanned<String>,
    /// The node that it is about; any when not said.
    pub of: Option<Spanned<String>>,
    /// How many; at least one when not said.
    pub times: Count,
}

impl fmt::Display for ExpectFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expect finding {}", self.finding)?;
        if let Some(node) = &self.of {
            write!(f, " of {node}")?;
        }
        if self.times != Count::AtLeast(1) {
            write!(f, ", times: {}", self.times)?;
        }
        Ok(())
    }
}

pub(crate) const EXAMPLE: &str = "{finding: zones-differ, of: worker-1}";

pub(crate) fn decode(node: &Node, problems: &mut Problems) -> Option<ExpectFinding> {
    let mut fields = Fields::of(node, "expect", EXAMPLE, problems)?;
    let finding = fields.required("finding", problems).and_then(|node| name(node, problems));
    let of = fields.maybe("of", problems, |node, problems| node.words("of", "worker-1", problems));
    let times = fields.maybe("times", problems, |node, problems| count::decode(node, "times", problems));
    fields.finish(problems);
    Some(ExpectFinding { finding: finding?, of: of?, times: times?.map_or(Count::AtLeast(1), |times| times.value) })
}

fn name(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let name = node.words("finding", "zones-differ", problems)?;
    if !is_name(&name) {
        let help = "findings are named in lower-case letters and `-`, such as `zones-differ`";
        return problems.at(name.span, format!("`{}` cannot be a finding", name.value), help);
    }
    Some(name)
}
