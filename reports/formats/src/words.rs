//! Numbers and periods as people read them, the same in every report for people.

use std::time::Duration;

use crate::model::{CaseOutcome, RunReport, StepOutcome, Verdict};
use crate::provenance::{DriverProvenance, Provenance};

/// Virtual time in the two largest units that say something.
pub(crate) fn period(microseconds: u64) -> String {
    let seconds = microseconds / 1_000_000;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0..10) => format!("{}ms", microseconds / 1_000),
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, 0) => format!("{minutes}m"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}s"),
        (hours, 0, _) => format!("{hours}h"),
        (hours, minutes, _) => format!("{hours}h{minutes}m"),
    }
}

/// A moment of virtual time, to the millisecond: `0:03:01.139`.
pub(crate) fn clock(microseconds: u64) -> String {
    let (seconds, rest) = (microseconds / 1_000_000, microseconds % 1_000_000 / 1_000);
    format!("{}:{:02}:{:02}.{rest:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Virtual time of many cases: hours, with a decimal while they are few.
pub(crate) fn virtual_hours(microseconds: u64) -> String {
    let hours = Duration::from_micros(microseconds).as_secs_f64() / 3600.0;
    match hours {
        hours if hours < 1.0 => period(microseconds),
        hours if hours < 100.0 => format!("{hours:.1} hours"),
        hours => format!("{hours:.0} hours"),
    }
}

/// Wall time in seconds.
pub(crate) fn wall(milliseconds: u64) -> String {
    format!("{:.1}s", Duration::from_millis(milliseconds).as_secs_f64())
}

/// `1 case`, `3 cases`.
pub(crate) fn cases(number: usize) -> String {
    if number == 1 { "1 case".to_owned() } else { format!("{number} cases") }
}

/// How many steps there are, and how many were reached when not all were.
pub(crate) fn steps(verdict: &Verdict) -> String {
    let reached = verdict.steps.iter().filter(|step| step.outcome != StepOutcome::NotReached).count();
    let all = verdict.steps.len();
    let noun = if all == 1 { "step" } else { "steps" };
    if reached == all { format!("{all} {noun}") } else { format!("{reached} of {all} {noun}") }
}

/// How a case ended; one that passed only when it was tried again is flaky.
pub(crate) fn word(verdict: &Verdict) -> &'static str {
    if verdict.is_flaky() { "flaky" } else { verdict.outcome.word() }
}

/// How many cases ended in which way: `2 passed, 1 failed`.
pub(crate) fn counts(report: &RunReport) -> String {
    let counts = CaseOutcome::ALL.into_iter().filter_map(|outcome| Some((outcome, report.summary.outcomes.get(&outcome)?)));
    let flaky = match report.summary.flaky {
        0 => String::new(),
        number => format!(" ({number} flaky)"),
    };
    let flaky_of = |outcome| if outcome == CaseOutcome::Passed { flaky.as_str() } else { "" };
    let counts: Vec<String> = counts.map(|(outcome, count)| format!("{count} {}{}", outcome.word(), flaky_of(outcome))).collect();
    let findings = match report.summary.findings {
        0 => None,
        1 => Some("1 finding".to_owned()),
        many => Some(format!("{many} findings")),
    };
    let counts: Vec<String> = counts.into_iter().chain(findings).collect();
    if counts.is_empty() { "nothing ran".to_owned() } else { counts.join(", ") }
}

/// How much virtual time passed, and in how much of wall time: `12.5 hours of virtual time in 3.1s`.
pub(crate) fn spent(report: &RunReport) -> String {
    let wall = wall(report.volatile.wall_time_ms);
    match report.summary.virtual_time_us {
        0 => format!("{wall} of wall time"),
        time => format!("{} of virtual time in {wall}", virtual_hours(time)),
    }
}

/// That the run was ended before it was over, if it was: `interrupted: 12 of 45 cases are reported; not finished: …`.
pub(crate) fn interrupted(report: &RunReport) -> Option<String> {
    if !report.interrupted {
        return None;
    }
    let reported = match report.planned {
        Some(planned) => format!("{} of {} are reported", report.cases.len(), cases(planned)),
        None => "after the last case".to_owned(),
    };
    let unfinished: Vec<String> = report.unfinished.iter().map(ToString::to_string).collect();
    let unfinished = if unfinished.is_empty() { String::new() } else { format!("; not finished: {}", unfinished.join(", ")) };
    Some(format!("interrupted: {reported}{unfinished}"))
}

/// What the run was made with, in a line, if that is known: `seatrial 0.1.0 (96d1a7d00000), processes, seed 1; csi upstream-csi v3.7.0`.
pub(crate) fn made_with(report: &RunReport) -> Option<String> {
    let Provenance { commit, mode, seed, seeds, drivers } = report.provenance.as_ref()?;
    let commit = commit.as_ref().map_or(String::new(), |commit| format!(" ({})", short(commit)));
    let seeds = if *seeds == 1 { format!("seed {seed}") } else { format!("seeds {seed}–{}", seed.saturating_add(seeds - 1)) };
    let drivers: String = drivers.iter().map(|driver| format!("; {}", driver_in_words(driver))).collect();
    Some(format!("seatrial {}{commit}, {mode}, {seeds}{drivers}", report.seatrial))
}

/// What the run was made with, and what it took, in a line.
pub(crate) fn made_in(report: &RunReport) -> String {
    match made_with(report) {
        Some(words) => format!("{words}; {}", spent(report)),
        None => format!("seatrial {}, {}", report.seatrial, spent(report)),
    }
}

fn driver_in_words(driver: &DriverProvenance) -> String {
    let version = driver.version.as_ref().map_or(String::new(), |version| format!(" {}", short(version)));
    format!("{} {}{version}", driver.subject, driver.driver)
}

/// A commit as people write it; a version as it is.
fn short(commit: &str) -> String {
    let (hash, rest) = commit.split_once('-').unwrap_or((commit, ""));
    let is_hash = hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    match (is_hash, rest) {
        (false, _) => commit.to_owned(),
        (true, "") => hash[..12].to_owned(),
        (true, rest) => format!("{}-{rest}", &hash[..12]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn much_virtual_time_is_told_in_hours() {
        let hour = 3_600_000_000;
        assert_eq!([hour / 2, hour * 5 / 2, hour * 250].map(virtual_hours), ["30m", "2.5 hours", "250 hours"]);
        assert_eq!(clock(hour + 61_001_000), "1:01:01.001");
        assert_eq!([3_500, 12_000_000].map(period), ["3ms", "12s"]);
    }

    #[test]
    fn virtual_time_is_told_in_its_two_largest_units() {
        assert_eq!(period(1_500_000), "1500ms");
        assert_eq!(period(120_000_000), "2m");
        assert_eq!(period(754_000_000), "12m34s");
        assert_eq!(period(3_600_000_000 * 25 + 60_000_000 * 2 + 5_000_000), "25h2m");
    }
}
