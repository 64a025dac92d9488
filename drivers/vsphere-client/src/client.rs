//! The client: a handle that is cheap to clone.

use std::sync::Arc;

use driver_host::HttpService;
use vsphere_types::{AboutInfo, MoRef, Request, ServiceContent};

use crate::calls::{CallSettings, Caller};
use crate::listener::Listeners;
use crate::rest::RestSession;
use crate::tags::TagNames;
use crate::transport::Transport;
use crate::{ClientError, ClientOptions, Credentials};

/// A client of one vCenter. Clones share the session and the task listener.
#[derive(Clone)]
pub struct VsphereClient {
    pub(crate) caller: Arc<Caller>,
    pub(crate) listeners: Arc<Listeners>,
    pub(crate) rest: Arc<RestSession>,
    pub(crate) tag_names: Arc<TagNames>,
    settings: CallSettings,
}

impl VsphereClient {
    /// A client that sends over `service`; nothing is sent before the first call. `host` may carry a port.
    pub fn new(service: HttpService, host: &str, credentials: Credentials, options: ClientOptions) -> Self {
        let caller = Arc::new(Caller::new(Transport::new(service, host, options), credentials));
        let (rest, tag_names) = (Arc::default(), Arc::default());
        Self { caller, listeners: Arc::new(Listeners::default()), rest, tag_names, settings: CallSettings::default() }
    }

    /// The same client, whose calls carry this `operationID`. Without one, each call draws its own.
    #[must_use]
    pub fn with_operation_id(&self, operation_id: &str) -> Self {
        let settings = CallSettings { operation_id: Some(operation_id.into()), ..self.settings.clone() };
        Self { settings, ..self.clone() }
    }

    /// The singletons of this vCenter; asked once, without a session.
    ///
    /// # Errors
    /// The call failed.
    pub async fn service_content(&self) -> Result<ServiceContent, ClientError> {
        self.caller.service_content().await.cloned()
    }

    /// Name, release and build; asked once, without a session.
    ///
    /// # Errors
    /// The call failed.
    pub async fn about(&self) -> Result<AboutInfo, ClientError> {
        Ok(self.caller.service_content().await?.about.clone())
    }

    /// The key of the session; logs in when there is none.
    ///
    /// # Errors
    /// The login failed.
    pub async fn session_key(&self) -> Result<String, ClientError> {
        Ok(self.caller.ensure_session().await?.1.key)
    }

    /// The name that vCenter knows the session's user by; logs in when there is none.
    ///
    /// # Errors
    /// The login failed.
    pub async fn session_user(&self) -> Result<String, ClientError> {
        Ok(self.caller.ensure_session().await?.1.user_name)
    }

    /// Ends the sessions, SOAP's and REST's, if there are any; the next call logs in anew.
    ///
    /// # Errors
    /// The call failed; the session is forgotten all the same.
    pub async fn logout(&self) -> Result<(), ClientError> {
        let rest = self.rest.logout(&self.caller).await;
        self.caller.logout().await.and(rest)
    }

    /// Calls a method in a session. A session that has ended is renewed once, and the call sent once more.
    ///
    /// # Errors
    /// The method threw a fault, or there is no usable answer.
    pub async fn invoke<R: Request>(&self, this: &MoRef, request: R) -> Result<R::Returns, ClientError> {
        self.caller.invoke(this, request, &self.settings).await
    }
}
