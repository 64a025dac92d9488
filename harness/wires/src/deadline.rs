//! gRPC deadlines, which tonic enforces only in its own transport.

use std::time::Duration;

use http::HeaderMap;

/// gRPC's code for a deadline that passed.
const DEADLINE_EXCEEDED: &str = "4";

/// The `grpc-timeout` of a request: at most eight digits and a unit.
pub(crate) fn grpc_timeout(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(count.checked_mul(3600)?),
        "M" => Duration::from_secs(count.checked_mul(60)?),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return None,
    })
}

/// What the caller gets when its deadline passes before the answer.
pub(crate) fn deadline_exceeded() -> http::Response<driver_host::Body> {
    let mut response = http::Response::new(driver_host::empty_body());
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/grpc"));
    headers.insert("grpc-status", http::HeaderValue::from_static(DEADLINE_EXCEEDED));
    headers.insert("grpc-message", http::HeaderValue::from_static("context deadline exceeded"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeout(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", text.parse().unwrap());
        grpc_timeout(&headers)
    }

    #[test]
    fn reads_every_unit_and_refuses_the_rest() {
        assert_eq!(timeout("10S"), Some(Duration::from_secs(10)));
        assert_eq!(timeout("2M"), Some(Duration::from_secs(120)));
        assert_eq!(timeout("15000000u"), Some(Duration::from_secs(15)));
        for bad in ["S", "", "10", "123456789S", "-1S", "1s"] {
            assert_eq!(timeout(bad), None, "{bad:?}");
        }
    }
}
