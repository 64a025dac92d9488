//! A work queue as client-go has it: a key is in it once, is never worked on twice at a time, and comes back later
//! when asked to.
//!
//! Keys that are ready leave in the order in which they came. Nothing here draws or orders by hash, so the same
//! calls give the same order.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use driver_host::{BackoffLimits, Runtime};
use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

/// What is to happen to a key that was worked on without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: its failures are forgotten.
    Forget,
    /// Its failures are forgotten and it comes back after this time.
    After(Duration),
    /// It counts as a failure and comes back after its back-off, though there is nothing to log.
    Again,
}

struct Inner<Key> {
    ready: VecDeque<Key>,
    waiting: BTreeSet<Key>,
    processing: BTreeSet<Key>,
    delayed: BTreeMap<(Instant, u64), Key>,
    due: BTreeMap<Key, (Instant, u64)>,
    failures: BTreeMap<Key, u32>,
    sequence: u64,
}

/// The queue; clones share it.
pub struct WorkQueue<Key> {
    inner: Arc<Mutex<Inner<Key>>>,
    wake: Arc<Notify>,
    limits: BackoffLimits,
}

impl<Key> Clone for WorkQueue<Key> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), wake: Arc::clone(&self.wake), limits: self.limits }
    }
}

impl<Key: Ord + Clone> WorkQueue<Key> {
    /// An empty queue whose failing keys come back by `limits`.
    pub fn new(limits: BackoffLimits) -> Self {
        let inner = Inner {
            ready: VecDeque::new(),
            waiting: BTreeSet::new(),
            processing: BTreeSet::new(),
            delayed: BTreeMap::new(),
            due: BTreeMap::new(),
            failures: BTreeMap::new(),
            sequence: 0,
        };
        Self { inner: Arc::new(Mutex::new(inner)), wake: Arc::new(Notify::new()), limits }
    }

    fn lock(&self) -> MutexGuard<'_, Inner<Key>> {
        self.inner.lock().expect("nothing panics while the queue is locked")
    }

    /// Adds a key now; a key that is being worked on is added when that is done.
    pub fn add(&self, key: Key) {
        self.lock().add(key);
        self.wake.notify_one();
    }

    /// Adds a key after a delay; when it is due already at some time, the earlier counts.
    pub fn add_after(&self, key: Key, delay: Duration) {
        if delay.is_zero() {
            return self.add(key);
        }
        let mut inner = self.lock();
        let at = Instant::now() + delay;
        if let Some(before) = inner.due.get(&key).copied() {
            if before.0 <= at {
                return;
            }
            inner.delayed.remove(&before);
        }
        inner.sequence += 1;
        let place = (at, inner.sequence);
        inner.delayed.insert(place, key.clone());
        inner.due.insert(key, place);
        drop(inner);
        self.wake.notify_one();
    }

    /// Adds a key after the back-off of its failures, and counts one more.
    pub fn add_rate_limited(&self, key: Key) {
        let delay = {
            let mut inner = self.lock();
            let failures = inner.failures.entry(key.clone()).or_insert(0);
            let delay = self.limits.delay(*failures);
            *failures = failures.saturating_add(1);
            delay
        };
        self.add_after(key, delay);
    }

    /// Adds a key now, unless it waits for its time: what failed is not tried sooner because it has changed meanwhile.
    pub fn add_unless_waiting(&self, key: Key) {
        let mut inner = self.lock();
        if !inner.due.contains_key(&key) {
            inner.add(key);
        }
        drop(inner);
        self.wake.notify_one();
    }

    /// Says that a key was worked on in vain: it comes back after its back-off, and whatever was added of it meanwhile waits
    /// for that too.
    pub fn failed(&self, key: &Key) {
        self.lock().waiting.remove(key);
        self.add_rate_limited(key.clone());
        self.done(key);
    }

    /// Forgets the failures of a key.
    pub fn forget(&self, key: &Key) {
        self.lock().failures.remove(key);
    }

    /// Takes a key out of the queue for good, unless it is being worked on.
    pub fn remove(&self, key: &Key) {
        let mut inner = self.lock();
        if let Some(place) = inner.due.remove(key) {
            inner.delayed.remove(&place);
        }
        if inner.waiting.remove(key) {
            inner.ready.retain(|other| other != key);
        }
        inner.failures.remove(key);
    }

    /// The next key that is ready; call [`WorkQueue::done`] when it was worked on.
    pub async fn next(&self) -> Key {
        loop {
            let notified = self.wake.notified();
            let until = {
                let mut inner = self.lock();
                inner.release_due();
                if let Some(key) = inner.take() {
                    // Another one who waits may take what is left.
                    if !inner.ready.is_empty() {
                        self.wake.notify_one();
                    }
                    return key;
                }
                inner.delayed.keys().next().map(|place| place.0)
            };
            match until {
                // Whether it was woken or its time came, it looks again.
                Some(at) => drop(tokio::time::timeout_at(at, notified).await),
                None => notified.await,
            }
        }
    }

    /// Says that a key was worked on; it becomes ready again when it was added meanwhile.
    pub fn done(&self, key: &Key) {
        let mut inner = self.lock();
        inner.processing.remove(key);
        if inner.waiting.contains(key) {
            inner.ready.push_back(key.clone());
            drop(inner);
            self.wake.notify_one();
        }
    }

    fn finish<E: std::fmt::Display>(&self, runtime: &impl Runtime, name: &str, key: &Key, outcome: Result<Next, E>)
    where
        Key: std::fmt::Display,
    {
        match outcome {
            Ok(Next::Forget) => self.forget(key),
            Ok(Next::After(delay)) => {
                self.forget(key);
                self.add_after(key.clone(), delay);
            }
            Ok(Next::Again) => self.add_rate_limited(key.clone()),
            Err(error) => {
                runtime.say(&format!("{name}: {key}: {error}"));
                self.add_rate_limited(key.clone());
            }
        }
        self.done(key);
    }

    /// Works on the queue for as long as the process lives, on up to `workers` keys at a time.
    ///
    /// An error is logged and brings the key back after its back-off.
    pub fn serve<F, Fut, E>(&self, runtime: &impl Runtime, name: &str, workers: usize, handle: F)
    where
        Key: Send + std::fmt::Display + 'static,
        F: Fn(Key) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Next, E>> + Send + 'static,
        E: std::fmt::Display + Send + 'static,
    {
        let (queue, owner, label) = (self.clone(), runtime.clone(), name.to_owned());
        let permits = Arc::new(Semaphore::new(workers.max(1)));
        let serving = async move {
            loop {
                let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
                let key = queue.next().await;
                let work = handle(key.clone());
                let (queue, runtime, name) = (queue.clone(), owner.clone(), label.clone());
                let run = async move {
                    let outcome = work.await;
                    queue.finish(&runtime, &name, &key, outcome);
                    drop(permit);
                };
                if workers <= 1 {
                    run.await;
                } else {
                    owner.start(&label, Box::pin(run));
                }
            }
        };
        runtime.start(name, Box::pin(serving));
    }
}

impl<Key: Ord + Clone> Inner<Key> {
    fn add(&mut self, key: Key) {
        if self.waiting.insert(key.clone()) && !self.processing.contains(&key) {
            self.ready.push_back(key);
        }
    }

    fn release_due(&mut self) {
        let now = Instant::now();
        while let Some(entry) = self.delayed.first_entry() {
            if entry.key().0 > now {
                return;
            }
            let key = entry.remove();
            self.due.remove(&key);
            self.add(key);
        }
    }

    fn take(&mut self) -> Option<Key> {
        let key = self.ready.pop_front()?;
        self.waiting.remove(&key);
        self.processing.insert(key.clone());
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue() -> WorkQueue<String> {
        WorkQueue::new(BackoffLimits { initial: Duration::from_secs(1), max: Duration::from_secs(4) })
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_is_in_the_queue_once_and_comes_back_when_added_while_worked_on() {
        let queue = queue();
        queue.add("b".into());
        queue.add("a".into());
        queue.add("b".into());
        assert_eq!(queue.next().await, "b");
        queue.add("b".into());
        assert_eq!(queue.next().await, "a");
        queue.done(&"b".into());
        assert_eq!(queue.next().await, "b");
    }

    #[tokio::test(start_paused = true)]
    async fn a_failing_key_comes_back_later_each_time() {
        let queue = queue();
        let begin = Instant::now();
        let mut at = Vec::new();
        for _ in 0..4 {
            queue.add_rate_limited("a".into());
            let key = queue.next().await;
            queue.done(&key);
            at.push(begin.elapsed().as_secs());
        }
        assert_eq!(at, [1, 3, 7, 11]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_failed_waits_for_its_time_whatever_happens_meanwhile() {
        let queue = WorkQueue::new(BackoffLimits::seconds(1, 60));
        let begin = Instant::now();
        for key in ["a", "b", "a"] {
            queue.add_unless_waiting(key);
        }
        assert_eq!((queue.next().await, queue.next().await), ("a", "b"));
        for (number, seconds) in [(0, 1), (1, 3), (2, 7)] {
            // While it is worked on, and while it waits.
            queue.add_unless_waiting("a");
            queue.failed(&"a");
            queue.add_unless_waiting("a");
            assert_eq!(queue.next().await, "a");
            assert_eq!(begin.elapsed(), Duration::from_secs(seconds), "failure {number}");
        }
        queue.failed(&"a");
        queue.remove(&"a");
        assert!(tokio::time::timeout(Duration::from_secs(60), queue.next()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn the_earlier_of_two_delays_counts() {
        let queue = queue();
        let begin = Instant::now();
        queue.add_after("a".into(), Duration::from_secs(9));
        queue.add_after("a".into(), Duration::from_secs(2));
        queue.add_after("a".into(), Duration::from_secs(5));
        assert_eq!(queue.next().await, "a");
        assert_eq!(begin.elapsed(), Duration::from_secs(2));
        queue.done(&"a".into());
        assert!(tokio::time::timeout(Duration::from_secs(60), queue.next()).await.is_err());
    }
}
