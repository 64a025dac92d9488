//! The REST session: one login for all who need one, and one new login when the session is gone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use driver_host::BoxError;
use http::Method as Verb;
use http::header::{AUTHORIZATION, HeaderValue};
use tokio::sync::Mutex;

use super::{Asked, builder, exchange, send};
use crate::calls::{Caller, lacks};
use crate::{ClientError, Credentials};

const LOGIN: Asked<'static> = Asked { verb: Verb::POST, path: "/session", body: None };
const LOGOUT: Asked<'static> = Asked { verb: Verb::DELETE, path: "/session", body: None };

/// The session as far as we know.
#[derive(Default)]
pub(crate) struct RestSession(Mutex<Option<String>>);

impl RestSession {
    /// The session's id; logs in when there is none. Callers at the same time wait for one login.
    pub async fn ensure(&self, caller: &Caller) -> Result<String, ClientError> {
        let mut held = self.0.lock().await;
        if let Some(id) = held.as_ref() {
            return Ok(id.clone());
        }
        let id = login(caller).await?;
        *held = Some(id.clone());
        Ok(id)
    }

    /// Forgets this session, unless somebody has renewed it already.
    pub async fn forget(&self, id: &str) {
        let mut held = self.0.lock().await;
        if held.as_deref() == Some(id) {
            *held = None;
        }
    }

    /// Ends the session, if there is one. A session that has ended by itself is no error.
    pub async fn logout(&self, caller: &Caller) -> Result<(), ClientError> {
        let Some(id) = self.0.lock().await.take() else { return Ok(()) };
        match send(caller, &LOGOUT, Some(&id)).await {
            Err(error) if !super::is_unauthenticated(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

async fn login(caller: &Caller) -> Result<String, ClientError> {
    let (host, options) = (&caller.transport.host, &caller.transport.options);
    let credentials = caller.logins.admit(options)?;
    let request = builder(caller, &LOGIN).header("vmware-use-header-authn", "true").header(AUTHORIZATION, basic(&credentials)?);
    let outcome = exchange(caller, &LOGIN, request).await;
    match &outcome {
        Ok(_) => caller.logins.accepted(host, options),
        Err(error) if super::is_unauthenticated(error) => caller.logins.refused(host, credentials, error.to_string(), options),
        Err(_) => {}
    }
    outcome?.as_str().map(str::to_owned).ok_or_else(|| lacks("POST /rest/com/vmware/cis/session", "the session's id"))
}

/// The account as a header; marked, so that whoever prints headers leaves it out.
fn basic(credentials: &Credentials) -> Result<HeaderValue, ClientError> {
    let plain = format!("{}:{}", credentials.user, credentials.password);
    let encoded = format!("Basic {}", BASE64.encode(plain));
    let failed = |error: http::header::InvalidHeaderValue| ClientError::Send {
        operation: "POST /rest/com/vmware/cis/session".to_owned(),
        source: BoxError::from(error),
    };
    let mut value = HeaderValue::from_str(&encoded).map_err(failed)?;
    value.set_sensitive(true);
    Ok(value)
}
