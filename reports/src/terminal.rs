//! The report for people: a line for each sailing, below it whatever did not hold, a summary at the end.

use std::fmt::Write;
use std::time::Duration;

use crate::model::{Outcome, RunReport, StepOutcome, Verdict, ViolationReport};
use crate::paint::Paint;

/// The report as text; with terminal colours when asked.
pub fn terminal(report: &RunReport, colour: bool) -> String {
    let mut text: String = report.sailings.iter().map(|verdict| terminal_sailing(verdict, colour)).collect();
    text.push_str(&terminal_summary(report, colour));
    text
}

/// What [`terminal`] says of one sailing, for whoever shows it as soon as it is known.
pub fn terminal_sailing(verdict: &Verdict, colour: bool) -> String {
    let (paint, mut text) = (Paint(colour), String::new());
    push(&mut text, "", &headline(verdict, paint));
    if verdict.outcome != Outcome::Held {
        details(&mut text, verdict, paint);
    }
    text
}

/// What [`terminal`] says at the end.
pub fn terminal_summary(report: &RunReport, colour: bool) -> String {
    format!("{}\n", summary(report, Paint(colour)))
}

/// Adds a text line by line, each after the indentation.
fn push(text: &mut String, indentation: &str, lines: &str) {
    for line in lines.lines() {
        writeln!(text, "{}", format!("{indentation}{line}").trim_end()).expect("a string takes every line");
    }
}

fn headline(verdict: &Verdict, paint: Paint) -> String {
    let word = format!("{:<6}", verdict.outcome.word());
    let word = match verdict.outcome {
        Outcome::Held => paint.green(&word),
        Outcome::Broke | Outcome::Spins => paint.red(&word),
        Outcome::BadInput | Outcome::Environment | Outcome::Internal => paint.yellow(&word),
    };
    let mut line = format!("{word} {}", paint.bold(&verdict.scenario));
    if let Some(sailing) = &verdict.sailing {
        write!(line, " [{sailing}] seed {}", verdict.seed).expect("a string takes every word");
    }
    if !verdict.steps.is_empty() {
        let reached = verdict.steps.iter().filter(|step| step.outcome != StepOutcome::NotReached).count();
        let steps = verdict.steps.len();
        let steps = if reached == steps { format!("{steps} steps") } else { format!("{reached} of {steps} steps") };
        let took = format!("({steps}, {} of virtual time in {})", period(verdict.virtual_time_us), wall(verdict.volatile.wall_time_ms));
        line = format!("{line} {}", paint.dim(&took));
    }
    line
}

fn details(text: &mut String, verdict: &Verdict, paint: Paint) {
    if let Some(title) = &verdict.title {
        push(text, "  ", title);
    }
    if let Some(reason) = &verdict.reason {
        push(text, "  ", reason);
    }
    for step in verdict.steps.iter().filter(|step| step.outcome == StepOutcome::Broke) {
        push(text, "  ", &format!("{} {}:{}: {}", paint.red("step failed"), verdict.scenario, step.line, step.what));
        push(text, "    ", step.message.as_deref().unwrap_or_default());
    }
    for expectation in verdict.expectations.iter().filter(|expectation| !expectation.held) {
        let place = format!("{}:{}", verdict.scenario, expectation.line);
        push(text, "  ", &format!("{} {place}: {}; found {}", paint.red("not as expected"), expectation.what, expectation.found));
    }
    for violation in &verdict.violations {
        found(text, violation, paint);
    }
    push(text, "  ", &format!("{} {}", paint.bold("again:"), verdict.repeat));
}

fn found(text: &mut String, violation: &ViolationReport, paint: Paint) {
    push(text, "  ", &format!("{} {}", paint.red(&format!("oracle {}:", violation.oracle)), violation.message));
    for line in &violation.excerpt {
        push(text, "    ", &paint.dim(line));
    }
}

fn summary(report: &RunReport, paint: Paint) -> String {
    let number = report.summary.sailings;
    let plural = if number == 1 { "sailing" } else { "sailings" };
    let counts = Outcome::ALL.into_iter().filter_map(|outcome| Some((outcome, report.summary.outcomes.get(&outcome)?)));
    let counts: Vec<String> = counts.map(|(outcome, count)| format!("{count} {}", outcome.word())).collect();
    let counts = if counts.is_empty() { "nothing sailed".to_owned() } else { counts.join(", ") };
    let counts = if report.summary.outcome == Outcome::Held { paint.green(&counts) } else { paint.red(&counts) };
    format!("{} {counts} in {}", paint.bold(&format!("{number} {plural}:")), wall(report.volatile.wall_time_ms))
}

/// Virtual time in the two largest units that say something.
fn period(microseconds: u64) -> String {
    let seconds = microseconds / 1_000_000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, _) => format!("{}ms", microseconds / 1_000),
        (0, minutes, 0) => format!("{minutes}m"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}s"),
        (hours, 0, _) => format!("{hours}h"),
        (hours, minutes, _) => format!("{hours}h{minutes}m"),
    }
}

fn wall(milliseconds: u64) -> String {
    format!("{:.1}s", Duration::from_millis(milliseconds).as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn virtual_time_is_told_in_its_two_largest_units() {
        assert_eq!(period(1_500_000), "1500ms");
        assert_eq!(period(120_000_000), "2m");
        assert_eq!(period(754_000_000), "12m34s");
        assert_eq!(period(3_600_000_000 * 25 + 60_000_000 * 2 + 5_000_000), "25h2m");
    }
}
