//! The mark that a server sets when a call takes effect.
//!
//! A wire puts one into each request's extensions. The server calls [`EffectMark::took_effect`] at the moment it
//! commits: for a CNS call when the task exists, for a write when the store holds it, for a read when the answer
//! is computed. A server that never marks has its answer taken as the effect.

use std::sync::Arc;

/// A handle on the "took effect" moment of one call; cheap to clone, the first mark counts.
#[derive(Clone)]
pub struct EffectMark(Arc<dyn Fn() + Send + Sync>);

impl EffectMark {
    /// A mark that runs `on_effect` each time it is set; the wire keeps only the first.
    pub fn new(on_effect: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(on_effect))
    }

    /// Says that the call has taken effect.
    pub fn took_effect(&self) {
        (self.0)();
    }
}

impl std::fmt::Debug for EffectMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EffectMark")
    }
}
