//! `--partition hash:1/4`: a part of a run, by what each of its cases is called.
//!
//! A case and its seed fall into one part, whatever else is run beside them, on whatever machine: the first eight bytes of
//! the SHA-256 of `statefulset/scale [8.0.3] seed 1`, as a number, modulo the number of parts. `index:0/4` is the same part,
//! counted from 0.

use std::fmt;
use std::str::FromStr;

use seatrial_reports::PartitionReport;
use sha2::{Digest, Sha256};

use super::work::Work;

/// One part of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    shard: u64,
    of: u64,
}

/// Why a text names no part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartitionError {
    /// Another shape.
    #[error("write hash:M/N, the Mth of N parts (hash:1/4), or index:I/N, counted from 0 (index:0/4)")]
    Shape,
    /// No part, or one beyond the last.
    #[error("parts are numbered from {first} to {last}; there is no part {shard}")]
    Beyond {
        /// The part.
        shard: u64,
        /// The first that there is.
        first: u64,
        /// The last.
        last: u64,
    },
}

impl FromStr for Partition {
    type Err = PartitionError;

    fn from_str(text: &str) -> Result<Self, PartitionError> {
        let (scheme, part) = text.split_once(':').ok_or(PartitionError::Shape)?;
        // Indexed Jobs of Kubernetes number their pods from 0, and an image without a shell cannot add 1.
        let first = match scheme {
            "hash" => 1,
            "index" => 0,
            _ => return Err(PartitionError::Shape),
        };
        let (shard, of) = part.split_once('/').ok_or(PartitionError::Shape)?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| PartitionError::Shape);
        let (shard, of) = (number(shard)?, number(of)?);
        let last = of.checked_add(first).and_then(|end| end.checked_sub(1)).ok_or(PartitionError::Shape)?;
        if of == 0 {
            return Err(PartitionError::Shape);
        }
        if shard < first || shard > last {
            Err(PartitionError::Beyond { shard, first, last })
        } else {
            Ok(Self { shard: shard + 1 - first, of })
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "hash:{}/{}", self.shard, self.of)
    }
}

impl Partition {
    /// Whether what is called so is in this part.
    pub fn takes(self, label: &str) -> bool {
        let digest = Sha256::digest(label.as_bytes());
        let number = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        number % self.of == self.shard - 1
    }
}

/// The work of a part, and what the report says of the whole; all of it, where no part is meant.
pub fn split(partition: Option<Partition>, work: Vec<Work>) -> (Vec<Work>, Option<PartitionReport>) {
    let Some(partition) = partition else { return (work, None) };
    let cases = work.len();
    let (places, work) = work.into_iter().enumerate().filter(|(_, work)| partition.takes(&work.label())).unzip();
    (work, Some(PartitionReport { shard: partition.shard, of: partition.of, cases, places }))
}

/// The same, when only these of its work were done: places in the part, from 0.
pub fn of_done<'a>(part: &PartitionReport, done: impl Iterator<Item = &'a usize>) -> PartitionReport {
    PartitionReport { places: done.filter_map(|place| part.places.get(*place).copied()).collect(), ..part.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_part_has_one_place_for_ever() {
        let parts: Vec<Partition> = (1..=4).map(|shard| format!("hash:{shard}/4").parse().unwrap()).collect();
        let place = |label: &str| parts.iter().position(|part| part.takes(label)).unwrap() + 1;
        let places = ["statefulset/scale [8.0.3] seed 1", "statefulset/scale [9.1.0] seed 1", "zones/outage [8.0.3] seed 1"].map(place);
        // Counted by another program: `printf '%s' LABEL | sha256sum`, its first 16 digits modulo 4, plus 1.
        assert_eq!(places, [2, 1, 1], "with another hash, machines of two versions would run some cases twice and some never");
    }

    #[test]
    fn what_names_no_part_is_refused() {
        for text in [
            "",
            "1/4",
            "index:0/0",
            "hash:18446744073709551616/4",
            "hash:1",
            "hash:/4",
            "hash:1/",
            "hash:one/4",
            "hash:1/0",
            "count:1/4",
            "hash:-1/4",
        ] {
            assert_eq!(text.parse::<Partition>(), Err(PartitionError::Shape), "{text}");
        }
        assert_eq!("index:0/4".parse::<Partition>(), "hash:1/4".parse());
        assert_eq!("index:3/4".parse::<Partition>(), "hash:4/4".parse());
        for text in ["hash:0/4", "hash:5/4", "index:4/4"] {
            assert!(matches!(text.parse::<Partition>(), Err(PartitionError::Beyond { .. })), "{text}");
        }
    }

    proptest! {
        #[test]
        fn parts_are_disjoint_and_together_all(labels in proptest::collection::vec("[a-z/]{1,12} \\[[0-9.]{1,5}\\] seed [0-9]{1,3}", 0..40), of in 1..9_u64) {
            let parts: Vec<Partition> = (1..=of).map(|shard| Partition { shard, of }).collect();
            for label in labels {
                prop_assert_eq!(parts.iter().filter(|part| part.takes(&label)).count(), 1);
            }
        }
    }
}
