//! Numbers that are medians, without a rounding error: a median of whole numbers is whole or a half.

use std::fmt;
use std::ops::{Add, AddAssign};

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// A median of whole numbers, or a sum of such.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count {
    halves: u64,
}

impl Count {
    /// This many.
    pub fn whole(number: u64) -> Self {
        Self { halves: number.saturating_mul(2) }
    }

    /// The number in the middle; of an even number of them, the middle of the two.
    pub fn median(mut numbers: Vec<u64>) -> Self {
        numbers.sort_unstable();
        match (numbers.len() / 2, numbers.len() % 2) {
            (0, 0) => Self::default(),
            (middle, 0) => Self { halves: numbers[middle - 1].saturating_add(numbers[middle]) },
            (middle, _) => Self::whole(numbers[middle]),
        }
    }

    /// Rounded down to a whole number.
    pub fn floor(self) -> u64 {
        self.halves / 2
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers of calls are far below 2^52")]
    fn as_f64(self) -> f64 {
        self.halves as f64 / 2.0
    }
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { halves: self.halves.saturating_add(other.halves) }
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = if self.halves.is_multiple_of(2) { "" } else { ".5" };
        write!(to, "{}{half}", self.halves / 2)
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.halves.is_multiple_of(2) { serializer.serialize_u64(self.halves / 2) } else { serializer.serialize_f64(self.as_f64()) }
    }
}

/// A number before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Before.
    pub base: Count,
    /// After.
    pub new: Count,
}

impl Amounts {
    /// How far they are apart, whichever is more.
    pub fn distance(self) -> Count {
        Count { halves: self.base.halves.abs_diff(self.new.halves) }
    }

    /// Whether there is more now.
    pub fn is_more(self) -> bool {
        self.new > self.base
    }

    /// The distance with its sign: `+3`, `−0.5`.
    pub fn difference(self) -> String {
        format!("{}{}", if self.is_more() { "+" } else { "−" }, self.distance())
    }

    /// How many times as much there is now; `None` where there was nothing before.
    pub fn ratio(self) -> Option<f64> {
        (self.base.halves > 0).then(|| self.new.as_f64() / self.base.as_f64())
    }

    /// The ratio for people: `×3`, `×0.5`, `new`, `gone`.
    pub fn ratio_in_words(self) -> String {
        match self.ratio() {
            None => "new".to_owned(),
            Some(_) if self.new.halves == 0 => "gone".to_owned(),
            Some(ratio) => {
                let digits = format!("{ratio:.2}");
                format!("×{}", digits.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }
}

impl Serialize for Amounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut amounts = serializer.serialize_struct("Amounts", 4)?;
        amounts.serialize_field("base", &self.base)?;
        amounts.serialize_field("new", &self.new)?;
        let sign = if self.is_more() { 1.0 } else { -1.0 };
        if self.distance().halves.is_multiple_of(2) {
            let distance = i64::try_from(self.distance().floor()).unwrap_or(i64::MAX);
            amounts.serialize_field("difference", &if self.is_more() { distance } else { -distance })?;
        } else {
            amounts.serialize_field("difference", &(sign * self.distance().as_f64()))?;
        }
        amounts.serialize_field("ratio", &self.ratio().map(|ratio| (ratio * 1000.0).round() / 1000.0))?;
        amounts.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(base: &[u64], new: &[u64]) -> Amounts {
        Amounts { base: Count::median(base.to_vec()), new: Count::median(new.to_vec()) }
    }

    #[test]
    fn medians_are_whole_or_halves() {
        let told: Vec<String> =
            [&[][..], &[4], &[9, 1], &[9, 2], &[5, 1, 100]].iter().map(|numbers| Count::median(numbers.to_vec()).to_string()).collect();
        assert_eq!(told, ["0", "4", "5", "5.5", "5"]);
    }

    #[test]
    fn differences_have_a_sign_and_a_ratio() {
        let more = amounts(&[4], &[12]);
        assert_eq!((more.difference(), more.ratio_in_words()), ("+8".to_owned(), "×3".to_owned()));
        let fewer = amounts(&[9, 2], &[2]);
        assert_eq!((fewer.difference(), fewer.ratio_in_words()), ("−3.5".to_owned(), "×0.36".to_owned()));
        assert_eq!([amounts(&[], &[2]), amounts(&[2], &[])].map(Amounts::ratio_in_words), ["new", "gone"]);
        let json = serde_json::to_string(&[more, fewer]).unwrap();
        assert_eq!(json, r#"[{"base":4,"new":12,"difference":8,"ratio":3.0},{"base":5.5,"new":2,"difference":-3.5,"ratio":0.364}]"#);
    }
}
