//! How long an `expect` looks: at this moment, until it is so, or all the time.

use std::fmt;
use std::time::Duration;

use crate::model::duration;
use crate::span::Spanned;
use crate::yaml::{Node, Problems};

/// How long an `expect` looks.
///
/// ```yaml
/// - expect: {pod: web-0, on: worker-2}
///   within: 2m
/// - expect: {vcenter: vc-a, volume: data-web-0, attached: worker-1}
///   always-for: 10m
/// - expect: {pod: web-1, on: anywhere}
///   never-for: 5m
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Watch {
    /// At this moment.
    #[default]
    Now,
    /// `within`: until it is so, at most for so long.
    Within(Duration),
    /// `always-for`: it is so now and stays so for so long.
    AlwaysFor(Duration),
    /// `never-for`: it is not so now, and does not become so for so long.
    NeverFor(Duration),
}

impl fmt::Display for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => Ok(()),
            Self::Within(time) => write!(f, " within {}", duration::in_words(*time)),
            Self::AlwaysFor(time) => write!(f, ", always for {}", duration::in_words(*time)),
            Self::NeverFor(time) => write!(f, ", never for {}", duration::in_words(*time)),
        }
    }
}

/// The keys, beside the step's word.
pub(crate) const WORDS: [&str; 3] = ["within", "always-for", "never-for"];

/// Reads those of a step's entries that say it; `looks` is whether the step is an `expect`.
pub(super) fn decode(entries: &[(Spanned<String>, Node)], looks: bool, problems: &mut Problems) -> Option<Watch> {
    let said: Vec<_> = entries.iter().filter(|(name, _)| WORDS.contains(&name.value.as_str())).collect();
    match said.as_slice() {
        [] => Some(Watch::Now),
        [(name, _), ..] if !looks => {
            let help = "a `wait` has `within` among its own keys: `wait: {pod/web-0: running, within: 2m}`";
            problems.at(name.span, format!("`{}` stands beside an `expect` only", name.value), help)
        }
        [(name, value)] => {
            let time = duration::decode(value, "within", problems)?.value;
            Some(match name.value.as_str() {
                "within" => Watch::Within(time),
                "always-for" => Watch::AlwaysFor(time),
                _ => Watch::NeverFor(time),
            })
        }
        [_, (second, _), ..] => {
            problems.at(second.span, "an `expect` that looks in two ways", format!("write one of {}", WORDS.join(", ")))
        }
    }
}
