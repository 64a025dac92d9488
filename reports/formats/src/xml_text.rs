//! Text that XML can write.

/// The text without what XML 1.0 cannot write, not even as a reference, and without what `quick_junit` would drop unsaid: an escape
/// sequence of a terminal goes as a whole, a tab becomes spaces, any other such character the sign for one that cannot be shown.
pub(crate) fn readable(text: &str) -> String {
    let mut readable = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => readable.push('\n'),
            '\t' => readable.push_str("    "),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' => readable.push('\n'),
            '\u{1b}' if characters.next_if_eq(&'[').is_some() => {
                while characters.next_if(|parameter| (' '..='?').contains(parameter)).is_some() {}
                characters.next_if(|last| ('@'..='~').contains(last));
            }
            '\u{fffe}' | '\u{ffff}' => readable.push(char::REPLACEMENT_CHARACTER),
            control if control.is_control() => readable.push(char::REPLACEMENT_CHARACTER),
            other => readable.push(other),
        }
    }
    readable
}
