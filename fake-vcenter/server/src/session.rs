//! Where a session's key travels: in a cookie, and for services of their own in a SOAP header.

use http::header::COOKIE;
use http::{HeaderMap, Uri};

/// The cookie's name.
const COOKIE_NAME: &str = "vmware_soap_session";

/// The session's key in the request's cookies.
pub fn key_from_cookies(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| *name == COOKIE_NAME).find_map(|(_, value)| plain_key(value))
}

/// A key without the quotes that a cookie's value may have; nothing when it is empty.
pub fn plain_key(value: &str) -> Option<String> {
    Some(value.trim_matches('"').to_owned()).filter(|key| !key.is_empty())
}

/// The `Set-Cookie` of a session that was opened. A client that came by plain HTTP would not send a secure cookie back.
pub fn cookie_for(key: &str, uri: &Uri) -> String {
    let secure = if uri.scheme_str() == Some("http") || uri.scheme().is_none() { "" } else { "; Secure" };
    format!("{COOKIE_NAME}=\"{key}\"; Path=/; HttpOnly{secure}")
}

/// The `Set-Cookie` of a session that has ended.
pub fn cookie_gone() -> String {
    format!("{COOKIE_NAME}=\"\"; Path=/; HttpOnly; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
}
