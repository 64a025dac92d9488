//! Names of Nodes that are to be worked on, each with the time from which on.
//!
//! Names that are due leave in the order of their times. There is one worker, as upstream has it by default, so nothing
//! is worked on twice at a time.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// When, and who was first.
type Turn = (Instant, u64);

#[derive(Default)]
struct Inner {
    line: BTreeMap<Turn, String>,
    turns: BTreeMap<String, Turn>,
    failures: BTreeMap<String, u32>,
    sequence: u64,
}

/// The queue.
#[derive(Default)]
pub(crate) struct Queue {
    inner: Mutex<Inner>,
    wake: Notify,
}

impl Queue {
    /// Adds a name now, unless it has a turn already: one that failed waits for its time, whatever happens meanwhile.
    pub(crate) fn add(&self, name: &str) {
        let mut inner = self.inner.lock().expect("no holder of the queue panics");
        if !inner.turns.contains_key(name) {
            inner.add(name, Duration::ZERO);
        }
        drop(inner);
        self.wake.notify_one();
    }

    /// Adds a name that has failed; `delay` is asked with the number of its failures before.
    pub(crate) fn add_failed(&self, name: &str, delay: impl Fn(u32) -> Duration) {
        let mut inner = self.inner.lock().expect("no holder of the queue panics");
        let failures = inner.failures.entry(name.to_owned()).or_insert(0);
        let wait = delay(*failures);
        *failures = failures.saturating_add(1);
        if let Some(turn) = inner.turns.remove(name) {
            inner.line.remove(&turn);
        }
        inner.add(name, wait);
        drop(inner);
        self.wake.notify_one();
    }

    /// Forgets the failures of a name.
    pub(crate) fn forget(&self, name: &str) {
        self.inner.lock().expect("no holder of the queue panics").failures.remove(name);
    }

    /// Takes a name out for good.
    pub(crate) fn remove(&self, name: &str) {
        let mut inner = self.inner.lock().expect("no holder of the queue panics");
        inner.failures.remove(name);
        if let Some(turn) = inner.turns.remove(name) {
            inner.line.remove(&turn);
        }
    }

    /// The next name that is due.
    pub(crate) async fn next(&self) -> String {
        loop {
            let woken = self.wake.notified();
            let first = {
                let mut inner = self.inner.lock().expect("no holder of the queue panics");
                match inner.line.first_key_value().map(|(turn, _)| *turn) {
                    Some(turn) if turn.0 <= Instant::now() => {
                        if let Some(name) = inner.line.remove(&turn) {
                            inner.turns.remove(&name);
                            return name;
                        }
                        None
                    }
                    other => other,
                }
            };
            match first {
                // Woken or due, it looks again.
                Some((at, _)) => drop(tokio::time::timeout_at(at, woken).await),
                None => woken.await,
            }
        }
    }
}

impl Inner {
    fn add(&mut self, name: &str, delay: Duration) {
        self.sequence += 1;
        let turn = (Instant::now() + delay, self.sequence);
        self.line.insert(turn, name.to_owned());
        self.turns.insert(name.to_owned(), turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_name_that_failed_waits_for_its_time_whatever_happens_meanwhile() {
        let queue = Queue::default();
        let begin = Instant::now();
        queue.add("a");
        queue.add("b");
        queue.add("a");
        assert_eq!((queue.next().await, queue.next().await), ("a".to_owned(), "b".to_owned()));
        for (number, seconds) in [(0, 1), (1, 3), (2, 7)] {
            queue.add_failed("a", |failures| Duration::from_secs(1 << failures));
            queue.add("a");
            assert_eq!(queue.next().await, "a");
            assert_eq!(begin.elapsed(), Duration::from_secs(seconds), "failure {number}");
        }
        queue.add_failed("a", |_| Duration::from_secs(1));
        queue.remove("a");
        assert!(tokio::time::timeout(Duration::from_secs(60), queue.next()).await.is_err());
    }
}
