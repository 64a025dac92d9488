//! What a scenario's author may have meant, where a failure looks like a slip of the scenario.

use seatrial_journal::{Event, Flow};
use seatrial_reports::{WhyKind, WhyLine};
use seatrial_scenario::{Action, Count, Counts, Scenario, Spanned, Target};

use super::record::{Outage, Record};
use crate::call_pattern::CallPattern;

/// Of a world that did not settle after step `place` (from 0): an outage that a step left behind keeps it from that.
pub(super) fn unsettled(scenario: &Scenario, record: &Record<'_>, place: usize) -> Vec<WhyLine> {
    record.outages.iter().take(1).map(|(what, outage)| WhyLine::hint(left_behind(scenario, what, outage, place))).collect()
}

/// A line that tells what is out of service, with the line of the file that brings it back.
pub(super) fn with_its_end(scenario: &Scenario, mut line: WhyLine, place: usize) -> WhyLine {
    if let Some(healed) = healed_by(scenario, &line.who, place).filter(|_| line.kind == WhyKind::Outage) {
        line.text.push_str(&format!(", until line {healed} brings it back"));
    }
    line
}

/// The line of the step after `place` (from 0) that heals something.
fn healed_by(scenario: &Scenario, what: &str, place: usize) -> Option<usize> {
    let heals = |target: &Target| target.to_string() == what;
    let step = scenario.steps.iter().skip(place + 1).find(|step| matches!(&step.action, Action::Heal(step) if heals(&step.target)))?;
    Some(scenario.locate(step.span).0)
}

fn left_behind(scenario: &Scenario, what: &str, outage: &Outage, place: usize) -> String {
    let healed = healed_by(scenario, what, place).map(|line| format!(" (line {line} does)"));
    let brings_back = format!("a later step can bring it back{}", healed.as_deref().unwrap_or_default());
    let begun_here = outage.step == place + 1;
    match scenario.steps.get(place) {
        Some(step) if begun_here && matches!(step.action, Action::Fail(_)) => format!(
            "while {what} is out of service the world may never settle, and this step waits for that: write `settle: false` beside `fail`, so that {brings_back}"
        ),
        Some(_) if begun_here => {
            format!(
                "a fault took {what} away in this step and the world may never settle without it: give the fault `heal-after`, or write `settle: false` beside the step"
            )
        }
        Some(_) => format!(
            "{what} is out of service since step {}, and without it the world may never settle: heal it first, or write `settle: false` beside this step, so that {brings_back}",
            outage.step
        ),
        None => format!("{what} is still out of service at the end, where every world must settle: heal it"),
    }
}

/// Of rules that have struck less often than expected: which calls they waited for, and how many came.
pub(super) fn fired(scenario: &Scenario, record: &Record<'_>, counts: &Counts) -> Vec<WhyLine> {
    let seldom = |(rule, count): &(Spanned<String>, Spanned<Count>)| {
        let fault = scenario.faults.iter().find(|fault| fault.id.value == rule.value)?;
        let (rule, pattern) = (&rule.value, CallPattern::from(fault));
        let events = || record.entries.iter().map(|entry| &entry.event);
        let struck = events().filter(|event| matches!(event, Event::Fault { rule: struck, .. } if struck == rule)).count() as u64;
        // Fewer than the least that would do.
        if (0..=struck).any(|number| count.holds(number)) {
            return None;
        }
        let matches = |event: &&Event| matches!(event, Event::Sent(call) if call.flow == Flow::Unary && pattern.matches(call));
        let sent = match events().filter(matches).count() {
            0 => "none was sent".to_owned(),
            1 => "1 was sent".to_owned(),
            sent => format!("{sent} were sent"),
        };
        let nth = if fault.when.nth > 1 { format!(", from number {} on", fault.when.nth) } else { String::new() };
        Some(WhyLine::hint(format!("{rule} waits for calls of {pattern}{nth}; {sent} in the whole run")))
    };
    counts.iter().filter_map(seldom).collect()
}
