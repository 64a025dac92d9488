//! How large a volume becomes: vSphere counts in MiB, which it writes MB, and rounds up.

use csi_api::v1::CapacityRange;
use tonic::Status;

pub(super) const MIB: i64 = 1024 * 1024;

/// What a volume gets when nobody says how large it shall be: upstream's 10 GiB.
const DEFAULT_BYTES: i64 = 10 * 1024 * MIB;

/// A size that fits the range, in MiB, and the range in bytes (0: no limit).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub mebibytes: i64,
    pub range: (i64, i64),
}

/// The smallest whole number of MiB that fits.
pub(super) fn size(range: Option<&CapacityRange>) -> Result<Size, Status> {
    let (required, limit) = range.map_or((0, 0), |range| (range.required_bytes, range.limit_bytes));
    if required < 0 || limit < 0 {
        return Err(Status::invalid_argument("capacity_range must not be negative"));
    }
    if limit > 0 && limit < required {
        return Err(Status::invalid_argument(format!("capacity_range: limit_bytes {limit} is below required_bytes {required}")));
    }
    let wanted = match (required, limit) {
        (0, 0) => DEFAULT_BYTES,
        (0, limit) => DEFAULT_BYTES.min(limit),
        (required, _) => required,
    };
    // Rounded down when the limit alone speaks, up otherwise.
    let mebibytes = if required == 0 { wanted / MIB } else { wanted / MIB + i64::from(wanted % MIB != 0) };
    if !(1..=i64::MAX / MIB).contains(&mebibytes) || (limit > 0 && mebibytes * MIB > limit) {
        return Err(Status::out_of_range(format!("no whole number of MiB lies between {required} and {limit} bytes")));
    }
    Ok(Size { mebibytes, range: (required, limit) })
}

/// The size that a volume is to grow to: it must be told, and is never chosen here.
pub(super) fn grown_size(range: Option<&CapacityRange>) -> Result<Size, Status> {
    match range {
        Some(range) if range.required_bytes == 0 && range.limit_bytes >= 0 => {
            Err(Status::invalid_argument("capacity_range.required_bytes must be given: how large is the volume to become?"))
        }
        Some(range) => size(Some(range)),
        None => Err(Status::invalid_argument("capacity_range must be given")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tonic::Code;

    use super::*;

    fn of(required_bytes: i64, limit_bytes: i64) -> Result<Size, Status> {
        size(Some(&CapacityRange { required_bytes, limit_bytes }))
    }

    #[test]
    fn sizes_are_rounded_up_to_whole_mebibytes() {
        assert_eq!(of(1, 0).expect("it fits").mebibytes, 1);
        assert_eq!(of(MIB, 0).expect("it fits").mebibytes, 1);
        assert_eq!(of(MIB + 1, 0).expect("it fits").mebibytes, 2);
        assert_eq!(size(None).expect("it fits").mebibytes, 10240);
        assert_eq!(of(0, 3 * MIB + 5).expect("it fits").mebibytes, 3);
        assert_eq!(of(MIB + 1, MIB + 2).expect_err("2 MiB are above the limit").code(), Code::OutOfRange);
        assert_eq!(of(2, 1).expect_err("the range is empty").code(), Code::InvalidArgument);
    }

    proptest! {
        #[test]
        fn a_size_lies_in_its_range_and_is_the_smallest_that_does(required in any::<i64>(), limit in any::<i64>()) {
            if let Ok(size) = of(required, limit) {
                let bytes = size.mebibytes * MIB;
                prop_assert!(bytes >= required && (limit == 0 || bytes <= limit));
                prop_assert!(required == 0 || bytes - MIB < required);
            }
        }
    }
}
