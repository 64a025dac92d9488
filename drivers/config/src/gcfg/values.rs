//! What gcfg makes of a value that is to be more than text.

/// A boolean: gcfg knows four words for each, in any case.
pub fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// A whole number: decimal, or hexadecimal behind a small `0x`.
pub fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let hexadecimal = |digits: &str| if digits.starts_with(['+', '-']) { None } else { i64::from_str_radix(digits, 16).ok() };
    match (text.strip_prefix("0x"), text.strip_prefix("-0x")) {
        (Some(digits), _) => hexadecimal(digits),
        (_, Some(digits)) => hexadecimal(digits).map(|number| -number),
        _ => text.parse().ok(),
    }
}
