//! What the keeper of time has to tell of a run: what ends it, what spoils its repetition, and what the machine does not allow.

use std::sync::Mutex;
use std::time::Duration;

use seatrial_clock::{Event as Told, Scheduling};
use seatrial_journal::Event;
use seatrial_wires::Network;

/// Who says in the journal what the keeper of time has seen.
const KEEPER: &str = "keeper-of-time";

/// A program that has spun on the clock for so long of the world's time, without sleep in between, will not stop doing so.
const SPINS_FOR: Duration = Duration::from_secs(2);
/// Told of again within so much, it has not slept in between: it is told of each tenth of a second.
const WITHOUT_SLEEP: Duration = Duration::from_millis(500);

/// A program that spins on the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spinner {
    pid: i32,
    since: Duration,
    last: Duration,
}

impl Spinner {
    /// The one that is told of now; the same as before if it has not slept.
    fn now(before: Option<Self>, pid: i32, to: Duration) -> Self {
        match before.filter(|before| before.pid == pid && to.saturating_sub(before.last) <= WITHOUT_SLEEP) {
            Some(before) => Self { last: to, ..before },
            None => Self { pid, since: to, last: to },
        }
    }

    fn spins_for_ever(self) -> bool {
        self.last - self.since >= SPINS_FOR
    }
}

/// Waits for what keeps the processes outside from living in the world's time; never ends where they do. What they do that spoils
/// the repetition of a run, and lets it go on, is added to `spoilt`.
pub(super) async fn trouble_outside(network: &Network, spoilt: &Mutex<Vec<String>>) -> String {
    let Some(clock) = network.world_clock() else { return std::future::pending().await };
    let mut spinner = None;
    loop {
        let told = clock.event().await;
        if !told.spoils_repeats() {
            return format!("{told}; run it by the wall's clock with --mode live");
        }
        if let Told::Patience { program, pid, to, .. } = &told {
            let now = Spinner::now(spinner, *pid, *to);
            if now.spins_for_ever() {
                let seconds = SPINS_FOR.as_secs();
                return format!(
                    "{program} (process {pid}) has looked at the clock for {seconds} s of the world's time without ever sleeping"
                );
            }
            spinner = Some(now);
        }
        let line = format!("{told}: this run cannot be repeated");
        let mut lines = spoilt.lock().expect("nothing panics while the list is locked");
        // Whoever spins is told of again and again.
        if lines.last() != Some(&line) {
            lines.push(line.clone());
        }
        network.journal().record(Event::Log { process: KEEPER.to_owned(), line });
    }
}

/// What the report has to say where the machine does not allow that the order of processes is always the same.
pub(super) fn order_is_free(network: &Network) -> Option<String> {
    let because = match network.world_clock()?.scheduling() {
        Scheduling::Fifo { .. } => return None,
        Scheduling::OneCpu { .. } => {
            "the right to real-time scheduling is missing (root, CAP_SYS_NICE, or a limit of real-time priority of 12: ulimit -r)"
        }
        Scheduling::Ordinary => "no processor was free that the world could have for itself",
    };
    Some(format!("the same seed may give another order of events, because {because}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sleeps_now_and_then_does_not_spin_for_ever() {
        let told = |times: &[u64]| {
            let spinner = times.iter().fold(None, |before, time| Some(Spinner::now(before, 7, Duration::from_millis(*time))));
            spinner.is_some_and(Spinner::spins_for_ever)
        };
        let each_tenth: Vec<u64> = (0..=30).map(|n| n * 100).collect();
        assert!(told(&each_tenth));
        let with_a_sleep: Vec<u64> = each_tenth.into_iter().filter(|time| !(1_500..=2_000).contains(time)).collect();
        assert!(!told(&with_a_sleep));
    }
}
