//! Texts as Go's own library reads them: what upstream's programs take in flags and in variables of the environment.

use std::time::Duration;

/// A boolean, as `strconv.ParseBool` has it.
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// A duration, as `time.ParseDuration` has it, unless it is negative: `5s`, `1m30s`, `1.5h`, `0`.
pub fn duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let (mut total, mut rest) = (Duration::ZERO, text.strip_prefix('+').unwrap_or(text));
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let is_number = |character: char| character.is_ascii_digit() || character == '.';
        let (number, tail) = rest.split_at(rest.find(|character| !is_number(character))?);
        let (unit, tail) = tail.split_at(tail.find(is_number).unwrap_or(tail.len()));
        total = total.checked_add(part(number, unit)?)?;
        rest = tail;
    }
    Some(total)
}

/// A number of one unit, in whole nanoseconds.
fn part(number: &str, unit: &str) -> Option<Duration> {
    let unit: u64 = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok()? };
    let mut nanoseconds = whole.checked_mul(unit)?;
    let mut scale = unit;
    for digit in fraction.chars() {
        scale /= 10;
        nanoseconds = nanoseconds.checked_add(u64::from(digit.to_digit(10)?).checked_mul(scale)?)?;
    }
    Some(Duration::from_nanos(nanoseconds))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{boolean, duration};

    #[test]
    fn texts_are_read_as_go_reads_them() {
        assert_eq!(["1", "t", "TRUE", "True", "0", "F", "false"].map(boolean), [true, true, true, true, false, false, false].map(Some));
        assert_eq!(["yes", "tRUE", "", " true", "on"].map(boolean), [None; 5]);
        let nanoseconds = |text| duration(text).map(|read| read.as_nanos());
        let read = ["5s", "1m30s", "1.5h", ".5ms", "2.s", "0", "300ms", "1h1ns", "+1us", "1µs"].map(nanoseconds);
        let expected =
            [5_000_000_000, 90_000_000_000, 5_400_000_000_000, 500_000, 2_000_000_000, 0, 300_000_000, 3_600_000_000_001, 1_000, 1_000];
        assert_eq!(read, expected.map(Some));
        assert_eq!(["", "5", "s", "soon", "1d", "-1s", ".s", "1.2.3s", "1s 2s", "99999999999h"].map(nanoseconds), [None; 10]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9.smhnu+-]{0,40}") {
            let _ = (duration(&text), boolean(&text));
        }
    }
}
