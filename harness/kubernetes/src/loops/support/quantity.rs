//! Quantities of storage: `1.5Gi` as bytes and back.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL: [&str; 6] = ["k", "M", "G", "T", "P", "E"];

/// The quantity in whole bytes, rounded up; `None` when it cannot be read or does not fit.
pub fn bytes(quantity: &Quantity) -> Option<i64> {
    let text = quantity.0.trim();
    let end = text.find(|character: char| !(character.is_ascii_digit() || character == '.' || character == '+')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits: i128 = format!("{}{fraction}", whole.trim_start_matches('+')).parse().ok()?;
    let mut numerator = digits.checked_mul(multiplier(suffix)?)?;
    let mut denominator = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    if suffix == "m" {
        denominator = denominator.checked_mul(1000)?;
    }
    numerator = numerator.checked_add(denominator - 1)?;
    i64::try_from(numerator / denominator).ok()
}

fn multiplier(suffix: &str) -> Option<i128> {
    if suffix.is_empty() || suffix == "m" {
        return Some(1);
    }
    let power = |index: usize| u32::try_from(index + 1).ok();
    if let Some(index) = BINARY.iter().position(|known| *known == suffix) {
        return 1024_i128.checked_pow(power(index)?);
    }
    if let Some(index) = DECIMAL.iter().position(|known| *known == suffix) {
        return 1000_i128.checked_pow(power(index)?);
    }
    let exponent: u32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    10_i128.checked_pow(exponent)
}

/// Bytes with the largest binary suffix that divides them.
pub fn quantity(bytes: i64) -> Quantity {
    let mut value = bytes;
    let mut suffix = "";
    for next in BINARY {
        if value == 0 || value % 1024 != 0 {
            break;
        }
        value /= 1024;
        suffix = next;
    }
    Quantity(format!("{value}{suffix}"))
}

/// The `storage` entry of a list of resources, in bytes; zero when there is none.
pub(crate) fn storage<'a>(resources: impl IntoIterator<Item = (&'a String, &'a Quantity)>) -> i64 {
    resources.into_iter().find(|(name, _)| *name == "storage").and_then(|(_, quantity)| bytes(quantity)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_kubernetes_writes_them() {
        let read = |text: &str| bytes(&Quantity(text.into()));
        assert_eq!(read("1Gi"), Some(1 << 30));
        assert_eq!(read("1.5Ki"), Some(1536));
        assert_eq!(read("1500m"), Some(2));
        assert_eq!(read("2G"), Some(2_000_000_000));
        assert_eq!(read("1e3"), Some(1000));
        assert_eq!(read("lots"), None);
    }

    #[test]
    fn bytes_get_the_largest_suffix_that_divides_them() {
        assert_eq!(quantity(10 << 30).0, "10Gi");
        assert_eq!(quantity(1025).0, "1025");
        assert_eq!(quantity(0).0, "0");
    }
}
