//! Events of Kubernetes.

use seatrial_oracle::{Seen, View};
use seatrial_scenario::{ExpectEvent, ObjectKind};

use crate::steps::StepFailure;

/// Counts the events of this reason about this object, with this text.
pub(super) fn expect(view: &View, step: &ExpectEvent) -> Result<(), StepFailure> {
    let about: Vec<&Seen> = events_about(view, step).collect();
    let matching = about.iter().filter(|event| event.text(&["reason"]) == Some(&step.reason.value)).filter(|event| has_text(event, step));
    let found: u64 = matching.map(|event| count(event)).sum();
    if step.times.holds(found) {
        return Ok(());
    }
    let others: Vec<String> = about.iter().map(|event| in_words(event)).collect();
    let others = if others.is_empty() { "no events".to_owned() } else { others.join("; ") };
    Err(StepFailure::new(format!("{found} such events instead of {}; of {} there are: {others}", step.times, step.of)))
}

fn events_about<'a>(view: &'a View, step: &'a ExpectEvent) -> impl Iterator<Item = &'a Seen> {
    let namespace = step.of.namespace();
    view.objects("kubernetes", "events/").map(|(_, event)| event).filter(move |event| {
        let of = |field: &str| event.text(&["involvedObject", field]);
        let name = of("name") == Some(&step.of.name) && namespace.is_none_or(|namespace| of("namespace") == Some(namespace));
        name && of("kind").is_some_and(|kind| kind.eq_ignore_ascii_case(kind_of(step.of.kind)))
    })
}

fn kind_of(kind: ObjectKind) -> &'static str {
    kind.served().kind
}

fn has_text(event: &Seen, step: &ExpectEvent) -> bool {
    let message = event.text(&["message"]).unwrap_or_default();
    step.text.as_ref().is_none_or(|text| message.contains(text.value.as_str()))
}

/// How often it happened: repetitions are folded into one object.
fn count(event: &Seen) -> u64 {
    event.state.get("count").and_then(serde_json::Value::as_u64).unwrap_or(1)
}

fn in_words(event: &Seen) -> String {
    let text = |field: &str| event.text(&[field]).unwrap_or_default();
    format!("{}: {}", text("reason"), text("message"))
}
