//! Sessions: one login for all who need one, and one new login when the session is gone.

use vsphere_types::request::{Login, Logout};
use vsphere_types::{MoRef, Request, UserSession};

use crate::ClientError;
use crate::calls::{CallSettings, Caller, lacks, returned};

/// The session as far as we know.
#[derive(Default)]
pub(crate) struct Session {
    /// How many logins there have been; tells whether somebody else has renewed the session already.
    generation: u64,
    user_session: Option<UserSession>,
}

impl Caller {
    /// Calls a method in a session. A session that has ended is renewed once, and the call sent once more.
    pub async fn invoke<R: Request>(&self, this: &MoRef, request: R, settings: &CallSettings) -> Result<R::Returns, ClientError> {
        let arguments = request.into_arguments();
        let (generation, _) = self.ensure_session().await?;
        let mut outcome = self.send(this, R::METHOD, &arguments, settings).await;
        if self.transport.options.log_in_again && outcome.as_ref().err().is_some_and(is_not_authenticated) {
            self.end_generation(generation).await;
            self.ensure_session().await?;
            outcome = self.send(this, R::METHOD, &arguments, settings).await;
        }
        returned::<R>(outcome?)
    }

    /// How many logins there have been.
    pub async fn generation(&self) -> u64 {
        self.session.lock().await.generation
    }

    /// The session; logs in when there is none. Callers at the same time wait for one login.
    pub async fn ensure_session(&self) -> Result<(u64, UserSession), ClientError> {
        let mut session = self.session.lock().await;
        if let Some(user_session) = &session.user_session {
            return Ok((session.generation, user_session.clone()));
        }
        let user_session = self.login().await?;
        session.generation += 1;
        session.user_session = Some(user_session.clone());
        Ok((session.generation, user_session))
    }

    /// Forgets the session of this generation, unless somebody has renewed it already.
    pub async fn end_generation(&self, generation: u64) {
        let mut session = self.session.lock().await;
        if session.generation == generation {
            session.user_session = None;
            self.transport.forget_cookie();
        }
    }

    async fn login(&self) -> Result<UserSession, ClientError> {
        let manager = self.session_manager().await?;
        // A login on a live cookie is refused.
        self.transport.forget_cookie();
        let (host, options) = (&self.transport.host, &self.transport.options);
        let credentials = self.logins.admit(options)?;
        let login = Login { user_name: credentials.user.clone(), password: credentials.password.clone(), locale: None };
        let outcome = self.call(&manager, login, &CallSettings::default()).await;
        let outcome = outcome.map_err(|error| match error {
            ClientError::Fault { fault, .. } => ClientError::Login { user: credentials.user.clone(), fault },
            other => other,
        });
        match &outcome {
            Ok(_) => self.logins.accepted(host, options),
            Err(error) if error.fault().is_some_and(|fault| fault.is_a("InvalidLogin")) => {
                self.logins.refused(host, credentials, error.to_string(), options);
            }
            Err(_) => {}
        }
        outcome
    }

    /// Ends the session, if there is one. A session that has ended by itself is no error.
    pub async fn logout(&self) -> Result<(), ClientError> {
        let mut session = self.session.lock().await;
        if session.user_session.take().is_none() {
            return Ok(());
        }
        let manager = self.session_manager().await?;
        let outcome = self.call(&manager, Logout {}, &CallSettings::default()).await;
        self.transport.forget_cookie();
        match outcome {
            Err(error) if !is_not_authenticated(&error) => Err(error),
            _ => Ok(()),
        }
    }

    async fn session_manager(&self) -> Result<MoRef, ClientError> {
        let content = self.service_content().await?;
        content.session_manager.clone().ok_or_else(|| lacks("RetrieveServiceContent", "sessionManager"))
    }
}

/// Whether a call failed because its session has ended. Property reads do not throw then: they miss each property.
pub(crate) fn is_not_authenticated(error: &ClientError) -> bool {
    matches!(error, ClientError::Fault { fault, .. } | ClientError::Property { fault, .. } if fault.is_a("NotAuthenticated"))
}
