//! Lines that show why: each a moment of the journal, which leads to its entry where the page has the journal.

use super::escape::escape;
use super::line;

/// A line that shows something.
pub(super) struct EvidenceLine<'a> {
    /// The entry's number in the journal.
    pub entry: Option<u64>,
    /// The moment of virtual time, as it is told.
    pub at: Option<&'a str>,
    /// What happened.
    pub text: &'a str,
}

impl<'a> EvidenceLine<'a> {
    /// A line of an excerpt, `#12   0:00:01.000  text`; one of another shape is a text.
    pub fn of_excerpt(text: &'a str) -> Self {
        let whole = Self { entry: None, at: None, text };
        let Some((number, rest)) = text.strip_prefix('#').and_then(|rest| rest.split_once(' ')) else { return whole };
        let Ok(entry) = number.parse() else { return whole };
        let rest = rest.trim_start();
        match rest.split_once("  ") {
            Some((at, text)) if is_clock(at) => Self { entry: Some(entry), at: Some(at), text: text.trim_start() },
            _ => Self { entry: Some(entry), at: None, text: rest },
        }
    }
}

fn is_clock(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'))
}

/// Adds the lines; `case` is the case's name in addresses if the page has its journal.
pub(super) fn list(page: &mut String, lines: &[EvidenceLine<'_>], case: Option<&str>) {
    line(page, "<ul class=\"evidence\">");
    for shown in lines {
        let number = shown.entry.map(|entry| match case {
            Some(case) => format!("<a href=\"#{case}/{entry}\">#{entry}</a>"),
            None => format!("<span>#{entry}</span>"),
        });
        let at = shown.at.map(|at| format!("<span>{}</span>", escape(at)));
        let parts: Vec<String> = number.into_iter().chain(at).collect();
        let moment = if parts.is_empty() { String::new() } else { format!("<span class=\"moment\">{}</span> ", parts.join(" ")) };
        line(page, &format!("<li>{moment}<span>{}</span></li>", escape(shown.text)));
    }
    line(page, "</ul>");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<u64>, Option<&str>, &str) {
        let EvidenceLine { entry, at, text } = EvidenceLine::of_excerpt(text);
        (entry, at, text)
    }

    #[test]
    fn a_line_of_an_excerpt_is_taken_apart() {
        assert_eq!(
            parts("#12      0:00:01.000  csi → vc-a: CnsCreateVolume"),
            (Some(12), Some("0:00:01.000"), "csi → vc-a: CnsCreateVolume")
        );
        assert_eq!(parts("#12 killed"), (Some(12), None, "killed"));
        assert_eq!(parts("… 77 more"), (None, None, "… 77 more"));
        assert_eq!(parts("# 1"), (None, None, "# 1"));
    }
}
