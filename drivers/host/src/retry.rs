//! Trying again: how long between two tries, and for how long altogether.

use std::time::Duration;

use tokio::time::Instant;

/// How a delay grows: it doubles from `initial` to `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackoffLimits {
    /// The first delay.
    pub initial: Duration,
    /// The longest delay.
    pub max: Duration,
}

impl BackoffLimits {
    /// client-go's reflector: 800 ms to 30 s.
    pub const REFLECTOR: Self = Self { initial: Duration::from_millis(800), max: Duration::from_secs(30) };
    /// A controller's work queue: 5 ms to 1000 s.
    pub const CONTROLLER: Self = Self { initial: Duration::from_millis(5), max: Duration::from_secs(1000) };
    /// Volume operations of kubelet and attach/detach controller: 500 ms to 2 min 2 s.
    pub const VOLUME_OPERATION: Self = Self { initial: Duration::from_millis(500), max: Duration::from_secs(122) };
    /// The CSI sidecars: 1 s to 5 min.
    pub const SIDECAR: Self = Self::seconds(1, 300);
    /// The scheduler's pods: 1 s to 10 s.
    pub const SCHEDULER: Self = Self::seconds(1, 10);

    /// From so many seconds to so many.
    pub const fn seconds(initial: u64, max: u64) -> Self {
        Self { initial: Duration::from_secs(initial), max: Duration::from_secs(max) }
    }

    /// The delay after `failures` failures before this one.
    pub fn delay(&self, failures: u32) -> Duration {
        self.initial.saturating_mul(2_u32.saturating_pow(failures)).min(self.max)
    }

    /// The same, of which a random part of up to a half is waited less; `random` is any number.
    pub fn jittered(&self, failures: u32, random: u64) -> Duration {
        let half = self.delay(failures) / 2;
        let millis = u64::try_from(half.as_millis()).unwrap_or(u64::MAX);
        half + Duration::from_millis(random % millis.saturating_add(1))
    }
}

/// Tries until it goes well, with this pause in between, for as long as the patience lasts.
///
/// # Errors
/// What the last try failed with.
pub async fn tried_for<T, E, Fut>(patience: Duration, pause: Duration, mut attempt: impl FnMut() -> Fut) -> Result<T, E>
where
    Fut: Future<Output = Result<T, E>>,
{
    let deadline = Instant::now() + patience;
    loop {
        let outcome = attempt().await;
        if outcome.is_ok() || Instant::now() >= deadline {
            return outcome;
        }
        tokio::time::sleep(pause).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_doubles_up_to_its_limit_and_is_never_less_than_half() {
        let backoff = BackoffLimits::seconds(2, 10);
        let least: Vec<u64> = (0..5).map(|failures| backoff.jittered(failures, 0).as_secs()).collect();
        assert_eq!(least, [1, 2, 4, 5, 5]);
        let most = (0..5).map(|failures| backoff.jittered(failures, u64::from(1_000_u32 << failures)));
        assert!(most.into_iter().all(|delay| delay <= Duration::from_secs(10)));
        assert!(backoff.jittered(u32::MAX, u64::MAX) <= Duration::from_secs(10));
        let seconds: Vec<u64> = (0..6).map(|failures| BackoffLimits::SCHEDULER.delay(failures).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 10, 10]);
        assert_eq!(BackoffLimits::VOLUME_OPERATION.delay(40), Duration::from_secs(122));
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends_with_the_last_failure() {
        let begin = Instant::now();
        let mut tries = 0;
        let outcome: Result<(), i32> = tried_for(Duration::from_secs(3), Duration::from_secs(1), || {
            tries += 1;
            std::future::ready(Err(tries))
        })
        .await;
        assert_eq!((outcome, begin.elapsed()), (Err(4), Duration::from_secs(3)));
        assert_eq!(tried_for(Duration::ZERO, Duration::ZERO, || std::future::ready(Ok::<_, ()>(7))).await, Ok(7));
    }
}
