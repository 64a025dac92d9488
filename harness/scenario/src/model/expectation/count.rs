//! How many of something are expected: `3`, `at most 4`, `at least 1`.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Node, Problems};

/// How many of something are expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// `3`
    Exactly(u64),
    /// `at most 4`
    AtMost(u64),
    /// `at least 1`
    AtLeast(u64),
}

impl Count {
    /// Whether so many are as expected.
    pub fn holds(self, number: u64) -> bool {
        match self {
            Self::Exactly(wanted) => number == wanted,
            Self::AtMost(most) => number <= most,
            Self::AtLeast(least) => number >= least,
        }
    }

    /// Whether some number is not as expected.
    pub fn can_fail(self) -> bool {
        self != Self::AtLeast(0) && self != Self::AtMost(u64::MAX)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(number) => write!(f, "{number}"),
            Self::AtMost(number) => write!(f, "at most {number}"),
            Self::AtLeast(number) => write!(f, "at least {number}"),
        }
    }
}

fn parse(text: &str) -> Option<Count> {
    match text.split_whitespace().collect::<Vec<&str>>().as_slice() {
        [number] => number.parse().ok().map(Count::Exactly),
        ["at", "most", number] => number.parse().ok().map(Count::AtMost),
        ["at", "least", number] => number.parse().ok().map(Count::AtLeast),
        _ => None,
    }
}

pub(crate) fn decode(node: &Node, what: &str, problems: &mut Problems) -> Option<Spanned<Count>> {
    let text = node.text(what, "3", problems)?;
    match parse(&text) {
        Some(count) => Some(text.map(|_| count)),
        None => problems.at(node.span, format!("`{}` is not a count", text.value), "write a whole number, `at most 4` or `at least 1`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(number: u64, kind in 0..3_usize) {
            let count: Count = [Count::Exactly(number), Count::AtMost(number), Count::AtLeast(number)][kind];
            prop_assert_eq!(parse(&count.to_string()), Some(count));
        }
    }
}
