//! Scalars of YAML 1.1, as the Go libraries that Kubernetes uses read them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Number, Value};

/// A scalar that has been read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Null,
    Flag(bool),
    Int(i64),
    /// Beyond the signed ones.
    Large(u64),
    Float(f64),
    Text(String),
}

impl Scalar {
    /// What a plain scalar without a tag is.
    pub(super) fn resolve(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Self::Null,
            "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Self::Flag(true),
            "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Self::Flag(false),
            ".nan" | ".NaN" | ".NAN" => Self::Float(f64::NAN),
            ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Self::Float(f64::INFINITY),
            "-.inf" | "-.Inf" | "-.INF" => Self::Float(f64::NEG_INFINITY),
            _ => number(text).unwrap_or_else(|| Self::Text(text.to_owned())),
        }
    }

    /// What a scalar with a tag of the core schema is; `None` where the tag does not fit.
    pub(super) fn tagged(text: &str, tag: &str) -> Option<Self> {
        match (tag, Self::resolve(text)) {
            ("null", Self::Null) => Some(Self::Null),
            ("bool", read @ Self::Flag(_)) | ("int", read @ (Self::Int(_) | Self::Large(_))) | ("float", read @ Self::Float(_)) => {
                Some(read)
            }
            ("float", Self::Int(value)) => value.to_string().parse().ok().map(Self::Float),
            ("null" | "bool" | "int" | "float", _) => None,
            ("binary", _) => {
                let bytes = STANDARD.decode(text.split_whitespace().collect::<String>()).ok()?;
                Some(Self::Text(String::from_utf8_lossy(&bytes).into_owned()))
            }
            _ => Some(Self::Text(text.to_owned())),
        }
    }

    /// As JSON; `None` for what is no number there. A whole number is one, however it was written.
    pub(super) fn json(self) -> Option<Value> {
        Some(match self {
            Self::Null => Value::Null,
            Self::Flag(flag) => flag.into(),
            Self::Int(value) => value.into(),
            Self::Large(value) => value.into(),
            Self::Float(value) => whole(value).or_else(|| Number::from_f64(value).map(Value::Number))?,
            Self::Text(text) => text.into(),
        })
    }

    /// As a key; what it is where it cannot be one.
    pub(super) fn key(self) -> Result<String, &'static str> {
        match self {
            Self::Null => Err("null"),
            Self::Large(_) => Err("a number beyond 64 bits"),
            Self::Flag(flag) => Ok(flag.to_string()),
            Self::Int(value) => Ok(value.to_string()),
            Self::Float(value) => Ok(float_key(value)),
            Self::Text(text) => Ok(text),
        }
    }
}

/// An integral float whose digits, as JSON has them (the shortest, then zeros), are those of an integer.
fn whole(value: f64) -> Option<Value> {
    if value.fract() != 0.0 || (value == 0.0 && value.is_sign_negative()) {
        return None;
    }
    let digits = value.to_string();
    digits.parse::<i64>().map(Value::from).or_else(|_| digits.parse::<u64>().map(Value::from)).ok()
}

fn number(text: &str) -> Option<Scalar> {
    let first = text.bytes().next()?;
    if first == b'.' {
        return float(&without_inner_underscores(text)?);
    }
    if !matches!(first, b'+' | b'-' | b'0'..=b'9') {
        return None;
    }
    let plain = text.replace('_', "");
    integer(&plain).or_else(|| float(&plain))
}

/// `0x`, `0b` and `0o` as in Go; a leading zero is an octal as well.
fn integer(plain: &str) -> Option<Scalar> {
    let (negative, digits) = match plain.as_bytes().first()? {
        b'-' => (true, &plain[1..]),
        b'+' => (false, &plain[1..]),
        _ => (false, plain),
    };
    let (radix, digits) = match digits.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => (16, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        _ if digits.len() > 1 && digits.starts_with('0') => (8, &digits[1..]),
        _ => (10, digits),
    };
    // The standard library takes a sign here; a number has one at most.
    if !digits.bytes().next()?.is_ascii_alphanumeric() {
        return None;
    }
    let signed = if negative { format!("-{digits}") } else { digits.to_owned() };
    if let Ok(value) = i64::from_str_radix(&signed, radix) {
        return Some(Scalar::Int(value));
    }
    // An unsigned one has no sign at all.
    let bare = !plain.starts_with(['+', '-']);
    u64::from_str_radix(digits, radix).ok().filter(|_| bare).map(Scalar::Large)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, and finite.
fn float(plain: &str) -> Option<Scalar> {
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(plain);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(mantissa, exponent)| (mantissa, Some(exponent)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (before, after) = mantissa.split_once('.').map_or((mantissa, None), |(before, after)| (before, Some(after)));
    let mantissa_fits = match (before, after) {
        ("", Some(after)) => digits(after),
        (before, Some(after)) => digits(before) && (after.is_empty() || digits(after)),
        (before, None) => digits(before),
    };
    let exponent_fits = exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
    if !(mantissa_fits && exponent_fits) {
        return None;
    }
    plain.parse::<f64>().ok().filter(|value| value.is_finite()).map(Scalar::Float)
}

/// Where a number begins with its point, underscores may stand between digits only.
fn without_inner_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let digit = |place: Option<usize>| place.and_then(|place| bytes.get(place)).is_some_and(u8::is_ascii_digit);
    let misplaced = |(place, byte): (usize, &u8)| *byte == b'_' && !(digit(place.checked_sub(1)) && digit(place.checked_add(1)));
    (!bytes.iter().enumerate().any(misplaced)).then(|| text.replace('_', ""))
}

/// A float as a key: the shortest digits of 32 bits, with an exponent below a ten-thousandth and from a million on.
#[expect(clippy::cast_possible_truncation, reason = "as the libraries do")]
fn float_key(value: f64) -> String {
    let value = value as f32;
    if !value.is_finite() {
        return if value.is_nan() {
            ".nan"
        } else if value > 0.0 {
            ".inf"
        } else {
            "-.inf"
        }
        .to_owned();
    }
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..6).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.abs())
        }
        _ => value.to_string(),
    }
}
