//! What must not stand in a recording: passwords, and what opens a session.
//!
//! A session's key becomes `session-1`, the same one everywhere: cookies, headers, bodies. A password becomes [`PASSWORD`], an
//! `Authorization` header is left out and said to have been there. What a client puts elsewhere into a text (a comment, a name) stays.

use std::collections::BTreeMap;

use super::tree::Node;

/// What stands in the place of a password.
pub const PASSWORD: &str = "(password)";

/// The cookie of SOAP's sessions.
const COOKIE: &str = "vmware_soap_session";
/// The header of REST's sessions.
const HEADER: &str = "vmware-api-session-id";
/// Headers that say how a body is to be read, or who asks.
const KEPT: [&str; 6] = ["accept", "content-type", "cookie", "set-cookie", "soapaction", HEADER];

/// The keys that are known by now, and what stands in their places.
#[derive(Debug, Default)]
pub struct Secrets {
    labels: BTreeMap<String, String>,
}

impl Secrets {
    /// Takes note of what an answer gives to its client.
    pub fn learn(&mut self, path: &str, headers: &BTreeMap<String, String>, answer: &str) {
        let cookie = headers.get("set-cookie").and_then(|cookies| value_of(cookies, COOKIE));
        let header = headers.get(HEADER).cloned();
        for key in [cookie, header].into_iter().flatten() {
            self.label(&key);
        }
        let Some(node) = Node::read(answer) else { return };
        if path.ends_with("/session") {
            // `"key"` of /api, `{"value": "key"}` of /rest.
            let key = node.child("value").map_or(&node.text, |value| &value.text);
            self.label(key);
        }
        let login = node.child("Body").and_then(|body| body.children.first()).filter(|call| call.name.starts_with("Login"));
        if let Some(key) = login.and_then(|login| login.child("returnval")).and_then(|session| session.child("key")) {
            self.label(&key.text);
        }
    }

    fn label(&mut self, key: &str) {
        if key.len() >= 8 && !self.labels.contains_key(key) {
            let label = format!("session-{}", self.labels.len() + 1);
            self.labels.insert(key.to_owned(), label);
        }
    }

    /// A text without what is known to be secret.
    pub fn cleaned(&self, text: &str) -> String {
        let mut text = without_passwords(text);
        for (key, label) in &self.labels {
            text = text.replace(key, label);
        }
        text
    }

    /// The headers that matter, without what is known to be secret.
    pub fn cleaned_headers(&self, headers: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let kept = headers.iter().filter(|(name, _)| KEPT.contains(&name.as_str()));
        let mut kept: BTreeMap<String, String> = kept.map(|(name, value)| (name.clone(), self.cleaned(value))).collect();
        if headers.contains_key("authorization") {
            kept.insert("authorization".to_owned(), PASSWORD.to_owned());
        }
        kept
    }
}

/// The value of a cookie, without quotes.
fn value_of(cookies: &str, name: &str) -> Option<String> {
    let (_, rest) = cookies.split_once(&format!("{name}="))?;
    let value = rest.split([';', ',']).next()?.trim().trim_matches('"');
    (!value.is_empty()).then(|| value.to_owned())
}

/// XML in which elements called `password`, with whatever prefix, hold nothing that anybody could use.
fn without_passwords(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("password>") {
        let begin = at + "password>".len();
        out.push_str(&rest[..begin]);
        rest = &rest[begin..];
        let closes =
            out[..out.len() - "password>".len()].ends_with('/') || out.rfind('<').is_some_and(|open| out[open..].starts_with("</"));
        if closes {
            continue;
        }
        let end = rest.find('<').unwrap_or(rest.len());
        if end > 0 {
            out.push_str(PASSWORD);
        }
        rest = &rest[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_passwords_nor_sessions_are_written() {
        let mut secrets = Secrets::default();
        let headers = BTreeMap::from([("set-cookie".to_owned(), "vmware_soap_session=\"0123456789abcdef\"; Path=/; HttpOnly".to_owned())]);
        secrets.learn(
            "/sdk",
            &headers,
            "<e><Body><LoginResponse><returnval><key>52abcdef-0001</key></returnval></LoginResponse></Body></e>",
        );
        secrets.learn("/api/session", &BTreeMap::new(), "\"restrestrest\"");
        assert_eq!(
            secrets.cleaned("<v:userName>u</v:userName><v:password>a&amp;b</v:password><key>52abcdef-0001</key>"),
            "<v:userName>u</v:userName><v:password>(password)</v:password><key>session-2</key>"
        );
        assert_eq!(secrets.cleaned_headers(&headers)["set-cookie"], "vmware_soap_session=\"session-1\"; Path=/; HttpOnly");
        let sent = BTreeMap::from([("authorization".to_owned(), "Basic abc".to_owned()), (HEADER.to_owned(), "restrestrest".to_owned())]);
        assert_eq!(
            secrets.cleaned_headers(&sent),
            BTreeMap::from([("authorization".to_owned(), PASSWORD.to_owned()), (HEADER.to_owned(), "session-3".to_owned())])
        );
    }
}
