//! Names: what is legal, and what `generateName` makes.

use seatrial_seed::Generator;

/// Letters of generated names: no vowels, so that no word appears.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
/// Length of the generated part.
const SUFFIX: usize = 5;
/// Longest base that is kept.
const LONGEST_BASE: usize = 58;

/// The text that refuses a name.
pub const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/// A name from a base.
pub fn generated(base: &str, random: &mut Generator) -> String {
    let kept: String = base.chars().take(LONGEST_BASE).collect();
    let letter = |random: &mut Generator| char::from(ALPHABET[usize::try_from(random.below(27)).unwrap_or(0)]);
    kept + &(0..SUFFIX).map(|_| letter(random)).collect::<String>()
}

/// Whether a name is an RFC 1123 subdomain.
pub fn is_subdomain(name: &str) -> bool {
    let alphanumeric = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let label = |label: &str| {
        label.starts_with(alphanumeric)
            && label.ends_with(alphanumeric)
            && label.chars().all(|letter| alphanumeric(letter) || letter == '-')
    };
    name.len() <= 253 && name.split('.').all(label)
}
