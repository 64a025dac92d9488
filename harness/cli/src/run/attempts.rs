//! `--retries N`: a case that fails is run again, and if it then passes it is flaky, and said to be.

use seatrial_engine::{Mode, RunOutcome, RunSpec, verdict};
use seatrial_reports::{AttemptReport, CaseOutcome, Verdict};

use crate::interrupt::interrupted;

/// Whether the same seed gives the same run, so that trying again shows nothing: all of it is in this process and in virtual
/// time.
pub fn are_useless(mode: &Mode) -> bool {
    matches!(mode, Mode::Virtual)
}

/// Whether trying again can show something else: wrong input stays wrong.
fn may_pass(verdict: &Verdict) -> bool {
    !verdict.outcome.is_good() && verdict.outcome != CaseOutcome::BadInput
}

/// Runs a case, and again while it fails and there are tries left. The last try counts; the others stay in its verdict.
pub fn run(spec: &RunSpec, name: &str, retries: u32) -> (Verdict, RunOutcome) {
    let retries = if are_useless(&spec.mode) { 0 } else { retries };
    let once = || {
        let outcome = spec.run();
        (verdict(spec, &outcome, name), outcome)
    };
    // Whoever wants an end wants no other try.
    let may_pass = |tried: &(Verdict, RunOutcome)| may_pass(&tried.0) && !tried.1.stopped && !interrupted();
    first_that_passes(retries, once, may_pass, |tried| &mut tried.0)
}

fn first_that_passes<T>(
    retries: u32,
    mut once: impl FnMut() -> T,
    may_pass: impl Fn(&T) -> bool,
    verdict: impl Fn(&mut T) -> &mut Verdict,
) -> T {
    let mut attempts = Vec::new();
    for _ in 0..retries {
        let mut tried = once();
        if !may_pass(&tried) {
            verdict(&mut tried).attempts = attempts;
            return tried;
        }
        attempts.push(AttemptReport::of(verdict(&mut tried)));
    }
    let mut tried = once();
    verdict(&mut tried).attempts = attempts;
    tried
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(outcome: CaseOutcome) -> Verdict {
        let crate::run::work::Work::Clear(verdict) = crate::run::work::clear("mine.yaml", 1, "why".to_owned()) else { unreachable!() };
        Verdict { outcome, ..*verdict }
    }

    /// How a case ends that ends so, try after try; how often it was tried, and whether it is flaky.
    fn tried(retries: u32, outcomes: &[CaseOutcome]) -> (CaseOutcome, usize, bool) {
        let mut outcomes = outcomes.iter();
        let last = first_that_passes(retries, || ended(*outcomes.next().expect("no more tries than these")), may_pass, |verdict| verdict);
        (last.outcome, last.attempts.len() + 1, last.is_flaky())
    }

    #[test]
    fn the_first_try_that_passes_counts_and_those_before_it_stay_visible() {
        use CaseOutcome::{BadInput, Environment, Failed, Livelock, Passed, Unsupported};
        assert_eq!(tried(2, &[Passed]), (Passed, 1, false));
        assert_eq!(tried(2, &[Failed, Passed]), (Passed, 2, true));
        assert_eq!(tried(2, &[Livelock, Environment, Passed]), (Passed, 3, true));
        assert_eq!(tried(2, &[Failed, Failed, Failed]), (Failed, 3, false));
        assert_eq!(tried(0, &[Failed]), (Failed, 1, false));
        assert_eq!(tried(2, &[BadInput]), (BadInput, 1, false), "wrong input stays wrong");
        assert_eq!(tried(2, &[Unsupported]), (Unsupported, 1, false));
    }
}
