//! Which events are new, which repeat an older one, and which are too many.
//!
//! client-go's constants: of one object 25 events may be written at once and one more every 300 s; more than ten
//! that differ in their message only within 600 s are written as one; a repeat raises the count of what is there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{EventType, Note};

const BURST: f64 = 25.0;
const REFILL_SECONDS: f64 = 300.0;
const SIMILAR: usize = 10;
const SIMILAR_WINDOW: SignedDuration = SignedDuration::from_secs(600);
const COMBINED: &str = "(combined from similar events): ";

/// Which object: kind, namespace, name and uid.
type About = (String, String, String, String);
/// What is said about it.
type Kind = (About, EventType, String);

struct Tokens {
    left: f64,
    at: Timestamp,
}

struct Similar {
    messages: BTreeSet<String>,
    last: Timestamp,
}

struct Written {
    name: String,
    count: i32,
    first: Timestamp,
}

/// Remembers what was written; a restart of the component forgets it.
#[derive(Default)]
pub(super) struct Correlator {
    tokens: BTreeMap<About, Tokens>,
    similar: BTreeMap<Kind, Similar>,
    written: BTreeMap<(Kind, String), Written>,
}

/// A note after folding.
pub(super) struct Folded {
    pub(super) note: Note,
    key: (Kind, String),
    /// The event that it repeats.
    pub(super) name: Option<String>,
    pub(super) count: i32,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
}

impl Correlator {
    /// Folds a note into what was written before; `None` when there were too many about its object.
    pub(super) fn fold(&mut self, mut note: Note, now: Timestamp) -> Option<Folded> {
        let about = about(&note);
        let kind = (about.clone(), note.kind, note.reason.clone());
        let text = if self.is_one_of_many(&kind, &note.message, now) {
            note.message.insert_str(0, COMBINED);
            COMBINED.to_owned()
        } else {
            note.message.clone()
        };
        if !self.may_write(about, now) {
            return None;
        }
        let key = (kind, text);
        let (name, count, first) = match self.written.get(&key) {
            Some(before) => (Some(before.name.clone()), before.count.saturating_add(1), before.first),
            None => (None, 1, now),
        };
        Some(Folded { note, key, name, count, first, last: now })
    }

    /// Notes under which name a folded note is stored now.
    pub(super) fn written(&mut self, folded: &Folded, name: String) {
        self.written.insert(folded.key.clone(), Written { name, count: folded.count, first: folded.first });
    }

    fn is_one_of_many(&mut self, kind: &Kind, message: &str, now: Timestamp) -> bool {
        let similar = self.similar.entry(kind.clone()).or_insert_with(|| Similar { messages: BTreeSet::new(), last: now });
        if now.duration_since(similar.last) > SIMILAR_WINDOW {
            similar.messages.clear();
        }
        similar.last = now;
        if similar.messages.contains(message) {
            return false;
        }
        if similar.messages.len() >= SIMILAR {
            return true;
        }
        similar.messages.insert(message.to_owned());
        false
    }

    fn may_write(&mut self, about: About, now: Timestamp) -> bool {
        let tokens = self.tokens.entry(about).or_insert(Tokens { left: BURST, at: now });
        let passed = now.duration_since(tokens.at).as_secs_f64();
        tokens.left = (tokens.left + passed / REFILL_SECONDS).min(BURST);
        tokens.at = now;
        if tokens.left < 1.0 {
            return false;
        }
        tokens.left -= 1.0;
        true
    }
}

fn about(note: &Note) -> About {
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    (text(&note.about.kind), text(&note.about.namespace), text(&note.about.name), text(&note.about.uid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::ObjectReference;
    use std::time::Duration;

    fn epoch() -> Timestamp {
        Timestamp::from_second(1_767_225_600).unwrap()
    }

    fn note(message: &str) -> Note {
        let about = ObjectReference { name: Some("web-0".into()), ..Default::default() };
        Note { about, kind: EventType::Warning, reason: "FailedMount".into(), message: message.into() }
    }

    #[test]
    fn a_repeat_raises_the_count_of_what_is_there() {
        let mut correlator = Correlator::default();
        let now = epoch();
        let first = correlator.fold(note("no"), now).unwrap();
        assert!(first.name.is_none());
        correlator.written(&first, "web-0.1".into());
        let again = correlator.fold(note("no"), now + Duration::from_secs(15)).unwrap();
        assert_eq!((again.name.as_deref(), again.count), (Some("web-0.1"), 2));
    }

    #[test]
    fn an_object_has_twenty_five_events_and_one_more_every_five_minutes() {
        let mut correlator = Correlator::default();
        let now = epoch();
        let written = (0..60).filter(|_| correlator.fold(note("no"), now).is_some()).count();
        assert_eq!(written, 25);
        assert!(correlator.fold(note("no"), now + Duration::from_secs(299)).is_none());
        assert!(correlator.fold(note("no"), now + Duration::from_secs(301)).is_some());
    }

    #[test]
    fn many_that_differ_in_their_message_become_one() {
        let mut correlator = Correlator::default();
        let now = epoch();
        let messages: Vec<String> =
            (0..12).filter_map(|number| correlator.fold(note(&format!("{number}")), now)).map(|folded| folded.note.message).collect();
        assert_eq!(messages[9], "9");
        assert_eq!(messages[10], "(combined from similar events): 10");
    }
}
