//! Which language a file is written in. It is decided once, by the first line that says something: a mistake in a YAML
//! file is then told as one, and not as what an INI parser makes of the whole file.

use super::error::Language;

/// Recognises the language of a text.
pub(super) fn recognise(text: &str) -> Language {
    let said = text.lines().map(str::trim).enumerate().find(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let Some((index, line)) = said else { return Language::Yaml { line: None } };
    let at = index + 1;
    if line.starts_with('[') {
        return Language::Ini { line: at, header: true };
    }
    let key = line.trim_start_matches(|character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.'));
    if line.starts_with(';') || (key.len() < line.len() && key.trim_start().starts_with('=')) {
        return Language::Ini { line: at, header: false };
    }
    Language::Yaml { line: Some(at) }
}
