//! Quantities as the real server reads them: `10Gi`, `500m`, `1e3`, and a bare number. What it refuses is `1GB`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::{Shape, Special, Type, all, of};

const FORM: &str = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const NUMBER: &str = "unable to parse numeric part of quantity";
const SUFFIX: &str = "unable to parse quantity's suffix";

const SUFFIXES: [&str; 16] = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/// Why a text is no quantity, in the server's words.
pub fn refused(text: &str) -> Option<&'static str> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let number = unsigned.len() - unsigned.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.').len();
    let (number, suffix) = unsigned.split_at(number);
    if unsigned.is_empty() {
        return Some(FORM);
    }
    let after_letters = suffix.trim_start_matches(|letter| "eEinumkKMGTP".contains(letter));
    let power = after_letters.strip_prefix(['+', '-']).unwrap_or(after_letters);
    if !power.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(FORM);
    }
    if number.matches('.').count() > 1 || !number.bytes().any(|byte| byte.is_ascii_digit()) {
        return Some(NUMBER);
    }
    let exponent = |rest: &str| rest.parse::<i32>().is_ok();
    let known = SUFFIXES.contains(&suffix) || suffix.strip_prefix(['e', 'E']).is_some_and(exponent);
    (!known).then_some(SUFFIX)
}

/// What was probably meant by a text that is no quantity: with the suffix that there is, binary and decimal.
pub fn meant(text: &str) -> Option<(String, String)> {
    let number = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.').len();
    let (number, unit) = text.split_at(number);
    let unit = unit.trim().to_ascii_lowercase();
    let unit = unit.strip_suffix("ytes").unwrap_or(&unit);
    let unit = unit.strip_suffix('b').unwrap_or(unit);
    let letter = unit.strip_suffix('i').unwrap_or(unit).to_ascii_uppercase();
    if number.is_empty() || !["K", "M", "G", "T", "P", "E"].contains(&letter.as_str()) {
        return None;
    }
    let decimal = if letter == "K" { "k" } else { &letter };
    Some((format!("{number}{letter}i"), format!("{number}{decimal}")))
}

/// Types that hold a quantity, or something that does.
static HOLDERS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let mut holders = BTreeSet::new();
    loop {
        let more: Vec<&str> = all()
            .filter(|(name, of)| !holders.contains(name) && of.fields.iter().any(|field| holds(&field.shape, &holders)))
            .map(|(name, _)| name)
            .collect();
        if more.is_empty() {
            return holders;
        }
        holders.extend(more);
    }
});

fn holds(shape: &Shape, holders: &BTreeSet<&str>) -> bool {
    match shape {
        Shape::Special(special) => *special == Special::Quantity,
        Shape::Object(name) => holders.contains(name.as_str()),
        Shape::List(inner) | Shape::Map(inner) => holds(inner, holders),
        _ => false,
    }
}

/// Makes the numbers that stand where an object of this type has quantities texts, as the server tells them.
///
/// # Errors
/// What is no quantity, in the server's words.
pub fn read_quantities(name: &str, object: &mut Value) -> Result<(), &'static str> {
    match of(name) {
        Some(of) if HOLDERS.contains(name) => in_object(of, object),
        _ => Ok(()),
    }
}

fn in_object(of: &Type, object: &mut Value) -> Result<(), &'static str> {
    let Some(members) = object.as_object_mut() else { return Ok(()) };
    for (name, value) in members {
        if let Some(field) = of.named(name).filter(|field| holds(&field.shape, &HOLDERS)) {
            in_value(&field.shape, value)?;
        }
    }
    Ok(())
}

fn in_value(shape: &Shape, value: &mut Value) -> Result<(), &'static str> {
    match (shape, value) {
        (Shape::Special(Special::Quantity), Value::String(text)) => refused(text).map_or(Ok(()), Err),
        (Shape::Special(Special::Quantity), number @ Value::Number(_)) => {
            *number = number.to_string().into();
            Ok(())
        }
        (Shape::Object(name), object) => read_quantities(name, object),
        (Shape::List(inner), Value::Array(elements)) => elements.iter_mut().try_for_each(|element| in_value(inner, element)),
        (Shape::Map(inner), Value::Object(members)) => members.values_mut().try_for_each(|member| in_value(inner, member)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What `resource.ParseQuantity` of apimachinery v0.36 says of these.
    #[test]
    fn quantities_are_refused_as_the_server_refuses_them() {
        let good = ["1", "0", "-1", "+1", ".5", "1.", "1.5Gi", "10Gi", "500m", "1e3", "1E3", "1e-3", "2E", "3k", "1n", "1u"];
        assert_eq!(good.iter().filter_map(|text| refused(text)).collect::<Vec<_>>(), Vec::<&str>::new());
        let table = [
            ("", FORM),
            ("1GB", FORM),
            ("1gi", FORM),
            ("1GiB", FORM),
            ("10 Gi", FORM),
            ("lots", FORM),
            ("1K", SUFFIX),
            ("1ki", SUFFIX),
            ("1mi", SUFFIX),
            ("1e", SUFFIX),
            ("Gi", NUMBER),
            ("1.2.3", NUMBER),
        ];
        for (text, why) in table {
            assert_eq!(refused(text), Some(why), "{text}");
        }
    }

    #[test]
    fn what_was_meant_is_told_where_it_can_be_guessed() {
        let both = |binary: &str, decimal: &str| Some((binary.to_owned(), decimal.to_owned()));
        let table = [
            ("1GB", both("1Gi", "1G")),
            ("1.5gib", both("1.5Gi", "1.5G")),
            ("10 GB", both("10Gi", "10G")),
            ("5K", both("5Ki", "5k")),
            ("2Tbytes", both("2Ti", "2T")),
            ("lots", None),
            ("5x", None),
        ];
        for (text, expected) in table {
            assert_eq!(meant(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_become_texts_where_quantities_stand_and_nowhere_else() {
        let pod = |cpu: Value| json!({"spec": {"priority": 1, "containers": [{"name": "c", "resources": {"limits": {"cpu": cpu}}}]}});
        let mut sent = pod(json!(1));
        read_quantities("core.Pod", &mut sent).unwrap();
        assert_eq!(sent, pod(json!("1")));
        assert_eq!(read_quantities("core.Pod", &mut pod(json!("1GB"))), Err(FORM));
        assert_eq!(read_quantities("core.ConfigMap", &mut json!({"data": {"size": "1GB"}})), Ok(()));
        assert_eq!(read_quantities("example.Thing", &mut json!({})), Ok(()));
    }
}
