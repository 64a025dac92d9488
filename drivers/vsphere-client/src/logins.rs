//! Logins that vCenter refused: who has the wrong password does not try it again and again.
//!
//! vCenter locks an account that fails five times within three minutes, for everybody who uses it. So a login that was refused
//! is tried again after two minutes, then four, and so on up to a quarter of an hour; until then calls fail at once. The credentials
//! are asked for anew before each login, and others than those that were refused are tried at once. SOAP and REST share the
//! count. Not remembered: refusals of another process, and of this one before it was started again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::{ClientError, ClientOptions, Credentials};

/// After the first refusal; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(120);
const LONGEST_PAUSE: Duration = Duration::from_secs(900);

/// A refusal of these credentials.
struct Refused {
    credentials: Credentials,
    reason: String,
    pause: Duration,
    until: Instant,
}

struct State {
    credentials: Credentials,
    refused: Option<Refused>,
}

/// The credentials of one client, and how vCenter took them.
pub(crate) struct Logins(Mutex<State>);

impl Logins {
    pub fn new(credentials: Credentials) -> Self {
        Self(Mutex::new(State { credentials, refused: None }))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The credentials to log in with now.
    ///
    /// # Errors
    /// [`ClientError::LoginHeld`] while those that there are were refused lately.
    pub fn admit(&self, options: &ClientOptions) -> Result<Credentials, ClientError> {
        let renewed = options.renew.as_ref().and_then(|renew| renew());
        let mut state = self.state();
        if let Some(renewed) = renewed {
            state.credentials = renewed;
        }
        match &state.refused {
            Some(refused) if refused.credentials == state.credentials && Instant::now() < refused.until && options.hold_refused_logins => {
                Err(ClientError::LoginHeld { user: refused.credentials.user.clone(), reason: refused.reason.clone() })
            }
            _ => Ok(state.credentials.clone()),
        }
    }

    /// vCenter has refused these credentials. It is said once of each.
    pub fn refused(&self, host: &str, credentials: Credentials, reason: String, options: &ClientOptions) {
        let mut state = self.state();
        let before = state.refused.take().filter(|before| before.credentials == credentials);
        if before.is_none() {
            (options.report)(&format!(
                "vCenter {host}: {reason}; correct the password or the account: another one is tried at once, this one again after {} minutes and then more and more seldom, for an account that fails often is locked",
                FIRST_PAUSE.as_secs() / 60
            ));
        }
        let pause = before.map_or(FIRST_PAUSE, |before| (before.pause * 2).min(LONGEST_PAUSE));
        state.refused = Some(Refused { credentials, reason, pause, until: Instant::now() + pause });
    }

    /// vCenter has let us in.
    pub fn accepted(&self, host: &str, options: &ClientOptions) {
        if let Some(refused) = self.state().refused.take() {
            (options.report)(&format!("vCenter {host} lets {} in again", refused.credentials.user));
        }
    }
}
