//! A token bucket that holds one token: how often a zone's next node may be given a `NoExecute` taint.

use std::time::Duration;

use tokio::time::Instant;

/// The bucket. A new token comes each `pause`; without a pause none ever comes.
#[derive(Clone, Debug)]
pub(super) struct Limiter {
    pause: Option<Duration>,
    ready_at: Instant,
}

impl Limiter {
    /// A full bucket.
    pub(super) fn new(pause: Option<Duration>) -> Self {
        Self { pause, ready_at: Instant::now() }
    }

    /// Changes the rate; what is left of the way to the next token stays the same part of it.
    pub(super) fn set(&mut self, pause: Option<Duration>) {
        if self.pause == pause {
            return;
        }
        let left = self.ready_at.saturating_duration_since(Instant::now());
        self.ready_at = match (self.pause, pause) {
            (Some(before), Some(after)) if !before.is_zero() => Instant::now() + after.mul_f64(left.div_duration_f64(before).min(1.0)),
            _ => Instant::now(),
        };
        self.pause = pause;
    }

    /// When the next token can be taken; `None` for never.
    pub(super) fn next_token(&self) -> Option<Instant> {
        self.pause.map(|_| self.ready_at)
    }

    /// Takes a token if there is one.
    pub(super) fn take(&mut self) -> bool {
        let Some(pause) = self.pause.filter(|_| self.ready_at <= Instant::now()) else {
            return false;
        };
        self.ready_at = Instant::now() + pause;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_token_is_there_and_the_next_comes_after_the_pause() {
        let mut limiter = Limiter::new(Some(Duration::from_secs(10)));
        assert!(limiter.take() && !limiter.take());
        tokio::time::advance(Duration::from_secs(5)).await;
        limiter.set(Some(Duration::from_secs(100)));
        tokio::time::advance(Duration::from_secs(49)).await;
        assert!(!limiter.take());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(limiter.take());
        limiter.set(None);
        assert!(!limiter.take() && limiter.next_token().is_none());
    }
}
