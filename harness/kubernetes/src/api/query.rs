//! Query strings and percent-encoding.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The members of a query string, decoded, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query string.
    pub fn parse(text: &str) -> Self {
        let members = text.split('&').filter(|member| !member.is_empty());
        Self(
            members
                .map(|member| member.split_once('=').unwrap_or((member, "")))
                .map(|(key, value)| (decode(key, true).into_owned(), decode(value, true).into_owned()))
                .collect(),
        )
    }

    /// The first value of a member; empty when there is none.
    pub fn get(&self, key: &str) -> &str {
        self.0.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value.as_str())
    }

    /// Whether a member is set to true, as the real server reads booleans.
    pub fn is_true(&self, key: &str) -> bool {
        self.0.iter().any(|(name, value)| name == key && !matches!(value.as_str(), "false" | "0" | "False" | "FALSE" | "f" | "F"))
    }

    /// Whether a member is there at all.
    pub fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(name, _)| name == key)
    }
}

/// Undoes percent-encoding; in queries a plus is a space.
pub fn decode(text: &str, plus_is_space: bool) -> Cow<'_, str> {
    if plus_is_space && text.contains('+') {
        return Cow::Owned(percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned());
    }
    percent_decode_str(text).decode_utf8_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded() {
        let query = Query::parse("labelSelector=a%3Db%2Cc+in+%28d%29&watch=1&limit=&bad=%zz");
        assert_eq!(query.get("labelSelector"), "a=b,c in (d)");
        assert!(query.is_true("watch"));
        assert!(!query.is_true("absent"));
        assert_eq!((query.get("limit"), query.get("bad")), ("", "%zz"));
    }
}
