//! Durations as people write them: `500ms`, `90s`, `2m`, `1h30m`.

use std::time::Duration;

use crate::span::Spanned;
use crate::yaml::{Node, Problems};

const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Thirty days; longer is a slip, and leaves room before virtual time runs over.
const LONGEST_MS: u64 = 30 * 24 * 3_600_000;

/// Reads a duration that is longer than nothing.
pub(crate) fn decode(node: &Node, what: &str, problems: &mut Problems) -> Option<Spanned<Duration>> {
    let text = node.text(what, "2m", problems)?;
    match parse(&text) {
        Some(0) => problems.at(node.span, format!("`{what}` is no time at all"), "write at least `1ms`"),
        Some(milliseconds) if milliseconds > LONGEST_MS => {
            problems.at(node.span, format!("`{what}` is longer than 30 days"), "write at most `720h`")
        }
        Some(milliseconds) => Some(text.map(|_| Duration::from_millis(milliseconds))),
        None => {
            let message = format!("`{}` is not a duration", text.value);
            problems.at(node.span, message, "write whole numbers with h, m, s or ms, the longest first: `500ms`, `90s`, `2m`, `1h30m`")
        }
    }
}

/// Milliseconds; `None` unless the text is numbers with units, each unit once, the longest first.
fn parse(text: &str) -> Option<u64> {
    let mut units = UNITS.iter();
    let mut rest = text;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        let letters = &rest[digits..];
        let unit_length = letters.find(|character: char| character.is_ascii_digit()).unwrap_or(letters.len());
        let (_, factor) = units.find(|(unit, _)| *unit == &letters[..unit_length])?;
        total = total.checked_add(number.checked_mul(*factor)?)?;
        rest = &letters[unit_length..];
    }
    if text.is_empty() { None } else { Some(total) }
}

/// A duration as a scenario writes it; nothing where the text is none. What [`in_words`] prints is read again.
///
/// ```
/// use std::time::Duration;
/// assert_eq!(seatrial_scenario::from_words("1h30m"), Some(Duration::from_secs(5_400)));
/// assert_eq!(seatrial_scenario::from_words("soon"), None);
/// ```
pub fn from_words(text: &str) -> Option<Duration> {
    parse(text).map(Duration::from_millis)
}

/// A duration as a scenario would write it; what is shorter than a millisecond is left out.
///
/// ```
/// use std::time::Duration;
/// assert_eq!(seatrial_scenario::in_words(Duration::from_secs(5_400)), "1h30m");
/// assert_eq!(seatrial_scenario::in_words(Duration::from_millis(1_500)), "1s500ms");
/// assert_eq!(seatrial_scenario::in_words(Duration::ZERO), "0ms");
/// ```
pub fn in_words(duration: Duration) -> String {
    let mut rest = duration.as_millis();
    let mut words = String::new();
    for (unit, factor) in UNITS {
        let number = rest / u128::from(factor);
        rest %= u128::from(factor);
        if number > 0 {
            words.push_str(&format!("{number}{unit}"));
        }
    }
    if words.is_empty() { "0ms".to_owned() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_numbers_with_units_the_longest_first() {
        assert_eq!(parse("2m"), Some(120_000));
        assert_eq!(parse("90s"), Some(90_000));
        assert_eq!(parse("1h30m"), Some(5_400_000));
        assert_eq!(parse("500ms"), Some(500));
        for wrong in ["", "2", "m", "1m1h", "1s1s", "2 m", "1.5s", "-1s", "99999999999999999999h", "1d"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(milliseconds in 1..LONGEST_MS) {
            prop_assert_eq!(parse(&in_words(Duration::from_millis(milliseconds))), Some(milliseconds));
        }
    }
}
