//! Sizes of storage as Kubernetes writes them: `1Gi`, `1500Mi`, `2G`, and bytes without a unit.

use std::fmt;

use crate::span::Spanned;
use crate::yaml::{Node, Problems};

const UNITS: [(&str, u64); 8] = [
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
];

/// A size that is more than nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// In bytes.
    pub bytes: u64,
    /// As it was written, which is how Kubernetes is told.
    pub text: String,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Size {
    /// A number of bytes as a scenario would write it.
    pub fn of(bytes: u64) -> Self {
        let unit = UNITS[..4].iter().rev().find(|(_, factor)| bytes >= *factor && bytes % factor == 0);
        let text = unit.map_or_else(|| bytes.to_string(), |(unit, factor)| format!("{}{unit}", bytes / factor));
        Self { bytes, text }
    }
}

pub(crate) fn decode(node: &Node, what: &str, problems: &mut Problems) -> Option<Spanned<Size>> {
    let text = node.words(what, "2Gi", problems)?;
    let digits = text.value.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.value.len());
    let (number, unit) = text.value.split_at(digits);
    let factor = if unit.is_empty() { Some(1) } else { UNITS.iter().find(|(known, _)| *known == unit).map(|(_, factor)| *factor) };
    let bytes = number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor)).filter(|bytes| *bytes > 0);
    match bytes {
        Some(bytes) => Some(text.map(|text| Size { bytes, text })),
        None => {
            let message = format!("`{}` is not a size", text.value);
            problems.at(text.span, message, "write a whole number with Ki, Mi, Gi or Ti (or k, M, G, T): `1Gi`, `1500Mi`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Size;

    #[test]
    fn bytes_are_told_with_the_largest_unit_that_divides_them() {
        let told = |bytes| Size::of(bytes).text;
        assert_eq!([told(2 << 30), told(1536 << 20), told(1000), told(0)], ["2Gi", "1536Mi", "1000", "0"]);
    }
}
