//! Secrets kept: at no moment does a password or a session's key stand where others read it.
//!
//! Judged: log lines, last words of processes, Kubernetes objects (events above all) and whatever else the journal tells of
//! calls and changes. A password is looked for as it is and in base64 (as HTTP's basic authentication and Secrets write
//! it). The journal tells sessions by a hash of their keys, so a key is recognised by its hash. Not judged: Secrets of
//! Kubernetes, which are made for that (the journal tells their lengths only), secrets shorter than six characters,
//! tokens that no vCenter gave out.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use seatrial_journal::{Answer, Event, ProcessEvent};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::findings::Findings;
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::view::KUBERNETES;
use crate::view::View;

/// A shorter text is found everywhere by chance.
const SHORTEST: usize = 6;

/// See the module.
#[derive(Default)]
pub struct SecretsKept {
    /// Each password in the forms in which it is looked for.
    needles: Vec<String>,
    /// The sessions that there have been, by the hashes of their keys.
    sessions: BTreeSet<String>,
    findings: Findings,
}

/// What stands in the open.
enum Leak {
    Password,
    SessionKey,
}

impl SecretsKept {
    pub(crate) const NAME: &str = "secrets";

    /// Looks for these, and for keys of sessions.
    pub fn new(secrets: &[String]) -> Self {
        let long = secrets.iter().filter(|secret| secret.len() >= SHORTEST);
        let mut needles: Vec<String> = long.flat_map(|secret| forms(secret)).collect();
        needles.sort_unstable();
        needles.dedup();
        Self { needles, ..Self::default() }
    }
}

/// A text as it is and as it stands within something longer in base64, which cuts the bytes in threes.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned()];
    for skipped in 0..3 {
        let bytes = secret.as_bytes().get(skipped..).unwrap_or_default();
        let whole = STANDARD_NO_PAD.encode(&bytes[..bytes.len() / 3 * 3]);
        if whole.len() >= SHORTEST {
            forms.push(whole);
        }
    }
    forms
}

impl Oracle for SecretsKept {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, moment: &Moment) {
        if let Some((_, label)) = moment.vcenter("Session/") {
            self.sessions.insert(label.to_owned());
        }
        let Some((leak, place)) = self.leak(&moment.entry.event) else { return };
        let what = match leak {
            Leak::Password => "the password of an account",
            Leak::SessionKey => "the key of a session",
        };
        let message = format!("{what} stands in {place}, where anybody reads it");
        self.findings.add(message, vec![moment.entry.seq]);
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl SecretsKept {
    fn leak(&self, event: &Event) -> Option<(Leak, String)> {
        let text = |text: &str, place: &dyn Fn() -> String| Some((self.in_text(text)?, place()));
        let value = |value: &Value, place: &dyn Fn() -> String| Some((self.in_value(value)?, place()));
        match event {
            Event::Log { process, line } => text(line, &|| format!("the log of {process}")),
            Event::Process { name, event: ProcessEvent::Exited(why), .. } => text(why, &|| format!("the last words of {name}")),
            Event::Sent(call) => {
                let place = || format!("the arguments of {} from {} to {}", call.method, call.from, call.to);
                call.target.as_deref().and_then(|target| text(target, &place)).or_else(|| value(&call.args, &place))
            }
            Event::Answered { answer: Answer { error, result, .. }, .. } => {
                let place = || "the answer to a call".to_owned();
                error.as_deref().and_then(|error| text(error, &place)).or_else(|| value(result, &place))
            }
            Event::Change(change) if change.store == KUBERNETES && change.object.starts_with("secrets/") => None,
            Event::Change(change) => value(&change.patch, &|| format!("{} of {}", change.object, change.store)),
            _ => None,
        }
    }

    fn in_value(&self, value: &Value) -> Option<Leak> {
        match value {
            Value::String(text) => self.in_text(text),
            Value::Array(items) => items.iter().find_map(|item| self.in_value(item)),
            Value::Object(members) => members.values().find_map(|member| self.in_value(member)),
            _ => None,
        }
    }

    fn in_text(&self, text: &str) -> Option<Leak> {
        if text.len() < SHORTEST {
            return None;
        }
        if self.needles.iter().any(|needle| text.contains(needle.as_str())) {
            return Some(Leak::Password);
        }
        let known = |key: &str| self.sessions.contains(&label(key));
        (!self.sessions.is_empty() && keys_in(text).any(known)).then_some(Leak::SessionKey)
    }
}

/// A session's name in the journal: the beginning of the hash of its key.
fn label(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// What may be the key of a session: vCenters give out UUIDs that begin with `52`.
fn keys_in(text: &str) -> impl Iterator<Item = &str> {
    const LENGTH: usize = 36;
    let bytes = text.as_bytes();
    let starts = (0..(bytes.len() + 1).saturating_sub(LENGTH)).filter(|start| bytes[*start] == b'5' && bytes[start + 1] == b'2');
    starts.filter_map(|start| {
        let window = &bytes[start..start + LENGTH];
        let fits = |(place, byte): (usize, &u8)| if matches!(place, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() };
        window.iter().enumerate().all(fits).then(|| text.get(start..start + LENGTH)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_found_as_it_is_and_in_base64_wherever_it_stands() {
        let oracle = SecretsKept::new(&["correct-horse".into()]);
        assert!(oracle.in_text("login as admin/correct-horse failed").is_some());
        for user in ["a", "ab", "abc"] {
            let header = base64::engine::general_purpose::STANDARD.encode(format!("{user}:correct-horse"));
            assert!(oracle.in_text(&format!("Authorization: Basic {header}")).is_some(), "{header}");
        }
        assert!(oracle.in_text("correct horses").is_none());
    }

    #[test]
    fn a_key_is_known_by_its_hash() {
        let key = "52f1c2d1-0a3b-4c5d-8e9f-001122334455";
        let oracle = SecretsKept { sessions: BTreeSet::from([label(key)]), ..SecretsKept::default() };
        assert!(matches!(oracle.in_text(&format!("cookie vmware_soap_session={key};")), Some(Leak::SessionKey)));
        assert!(oracle.in_text("52f1c2d1-0a3b-4c5d-8e9f-001122334456").is_none());
        assert!(oracle.in_text("ümlaut 52").is_none());
    }
}
