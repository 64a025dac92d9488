//! Ctrl-C and SIGTERM: whoever works looks here now and then.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From now on the first signal is remembered, and the second ends the command at once, with this status.
///
/// # Errors
/// A handler that the system does not take: the first signal ends the command at once, then.
pub fn heed(status: i32) -> io::Result<()> {
    for signal in [SIGINT, SIGTERM] {
        // In this order: what ends the command must not see what the same signal has set.
        flag::register_conditional_shutdown(signal, status, Arc::clone(&INTERRUPTED))?;
        flag::register(signal, Arc::clone(&INTERRUPTED))?;
    }
    Ok(())
}

/// Whether somebody wants an end.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}
