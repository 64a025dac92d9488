//! What a page is written with: lines, classes, and text that becomes part of it.

use std::fmt::{Display, Write};

use crate::model::{CaseOutcome, Verdict};

/// Adds a line.
pub(super) fn line(page: &mut String, words: &(impl Display + ?Sized)) {
    writeln!(page, "{words}").expect("a string takes every line");
}

/// The class that gives a case its colour.
pub(super) fn class(verdict: &Verdict) -> &'static str {
    if verdict.is_flaky() { "flaky" } else { class_of(verdict.outcome) }
}

/// The class that gives an outcome its colour.
pub(super) fn class_of(outcome: CaseOutcome) -> &'static str {
    match outcome {
        CaseOutcome::Passed => "passed",
        CaseOutcome::Unsupported => "unsupported",
        CaseOutcome::Failed | CaseOutcome::Livelock => "failed",
        CaseOutcome::BadInput | CaseOutcome::Environment | CaseOutcome::Internal => "wrong",
    }
}

/// Text between tags or in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_does_not_leave_its_place() {
        assert_eq!(escape("<b a=\"1\" b='2'>&"), "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;");
    }
}
