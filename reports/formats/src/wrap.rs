//! Lines that fit a terminal.

/// How many columns a line of the report for people has.
const WIDTH: usize = 80;

/// However far it is indented, so many columns are left for words.
const LEAST: usize = 24;

/// Breaks a line at spaces so that it fits; it begins with `first`, what is broken off with `hanging`. A word that does not fit
/// stays whole: it may be an id that somebody wants to copy.
pub(crate) fn wrap(line: &str, first: &str, hanging: &str) -> Vec<String> {
    let (mut lines, mut before, mut rest) = (Vec::new(), first, line.trim_end());
    loop {
        let room = WIDTH.saturating_sub(before.chars().count()).max(LEAST);
        let (fits, left) = split(rest, room);
        lines.push(format!("{before}{fits}").trim_end().to_owned());
        if left.is_empty() {
            return lines;
        }
        (before, rest) = (hanging, left);
    }
}

/// What fits into so many columns, and the rest.
fn split(text: &str, room: usize) -> (&str, &str) {
    let Some((end, _)) = text.char_indices().nth(room) else { return (text, "") };
    let within = text[..end].rfind(' ').filter(|place| !text[..*place].trim().is_empty());
    let place = if text[end..].starts_with(' ') { Some(end) } else { within };
    match place.or_else(|| text[end..].find(' ').map(|place| end + place)) {
        Some(place) => (text[..place].trim_end(), text[place..].trim_start()),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_fits_is_left_as_it_is() {
        assert_eq!(wrap("#1    two  columns", "  ", "    "), ["  #1    two  columns"]);
        assert_eq!(wrap("", "  ", "    "), [""]);
    }

    #[test]
    fn a_long_word_stays_whole() {
        let id = "x".repeat(100);
        assert_eq!(wrap(&format!("volume {id} is gone"), "- ", "  "), ["- volume".to_owned(), format!("  {id}"), "  is gone".to_owned()]);
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_line_too_long(words in prop::collection::vec("[a-zä]{1,30}", 0..40)) {
            let lines = wrap(&words.join(" "), "    ", "      ");
            prop_assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{:?}", lines);
            prop_assert_eq!(lines.iter().flat_map(|line| line.split_whitespace()).collect::<Vec<_>>(), words);
        }
    }
}
