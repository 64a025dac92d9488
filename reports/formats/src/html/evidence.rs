//! Lines that show why: each a moment of the journal, which leads to its entry where the page has the journal.

use super::escape::escape;
use super::line;
use crate::why::WhyLine;
use crate::words::clock;

/// A line that shows something.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EvidenceLine {
    /// The entry's number in the journal.
    entry: Option<u64>,
    /// The moment of virtual time, as it is told.
    at: Option<String>,
    /// What kind of thing it is.
    kind: Option<&'static str>,
    /// What happened.
    text: String,
}

impl EvidenceLine {
    /// A line of an excerpt, `#12   0:00:01.000  text`; one of another shape is a text.
    pub fn of_excerpt(text: &str) -> Self {
        let line = |entry, at: Option<&str>, text: &str| Self { entry, at: at.map(str::to_owned), kind: None, text: text.to_owned() };
        let Some((number, rest)) = text.strip_prefix('#').and_then(|rest| rest.split_once(' ')) else { return line(None, None, text) };
        let Ok(entry) = number.parse() else { return line(None, None, text) };
        let rest = rest.trim_start();
        match rest.split_once("  ") {
            Some((at, text)) if is_clock(at) => line(Some(entry), Some(at), text.trim_start()),
            _ => line(Some(entry), None, rest),
        }
    }

    /// A line that explains a failure.
    pub fn of_why(why: &WhyLine) -> Self {
        let who = if why.who.is_empty() { String::new() } else { format!("{}: ", why.who) };
        let times = if why.times > 1 { format!(" ({} times, the last here)", why.times) } else { String::new() };
        let text = why.text.split_whitespace().collect::<Vec<&str>>().join(" ");
        Self { entry: why.entry, at: why.at_us.map(clock), kind: Some(why.kind.word()), text: format!("{who}{text}{times}") }
    }
}

fn is_clock(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'))
}

/// Adds the lines; `case` is the case's name in addresses if the page has its journal.
pub(super) fn list(page: &mut String, lines: impl Iterator<Item = EvidenceLine>, class: &str, case: Option<&str>) {
    line(page, &format!("<ul class=\"evidence {class}\">"));
    for EvidenceLine { entry, at, kind, text } in lines {
        let number = entry.map(|entry| match case {
            Some(case) => format!("<a href=\"#{case}/{entry}\">#{entry}</a>"),
            None => format!("<span>#{entry}</span>"),
        });
        let at = at.map(|at| format!("<span>{}</span>", escape(&at)));
        let parts: Vec<String> = number.into_iter().chain(at).collect();
        let moment = if parts.is_empty() { String::new() } else { format!("<span class=\"moment\">{}</span> ", parts.join(" ")) };
        let kind = kind.map_or(String::new(), |kind| format!("<b>{kind}</b> "));
        line(page, &format!("<li>{moment}<span>{kind}{}</span></li>", escape(&text)));
    }
    line(page, "</ul>");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<u64>, Option<String>, String) {
        let EvidenceLine { entry, at, text, .. } = EvidenceLine::of_excerpt(text);
        (entry, at, text)
    }

    #[test]
    fn a_line_of_an_excerpt_is_taken_apart() {
        let whole = "#12      0:00:01.000  csi → vc-a: CnsCreateVolume";
        assert_eq!(parts(whole), (Some(12), Some("0:00:01.000".to_owned()), "csi → vc-a: CnsCreateVolume".to_owned()));
        assert_eq!(parts("#12 killed"), (Some(12), None, "killed".to_owned()));
        assert_eq!(parts("… 77 more"), (None, None, "… 77 more".to_owned()));
        assert_eq!(parts("# 1"), (None, None, "# 1".to_owned()));
    }
}
