//! Calls of methods: which service they go to, in which namespace and version, and what comes back.

use std::sync::Arc;

use bytes::Bytes;
use http::Method as Verb;
use tokio::sync::{Mutex, OnceCell};
use vsphere_codec::soap::{Header, ResponseError, decode_response, encode_request};
use vsphere_codec::versions::decode_versions;
use vsphere_types::request::RetrieveServiceContent;
use vsphere_types::{
    DataObject, Method, MoRef, Object, PbmServiceInstanceContent, Request, Returned, ServiceContent, Value, VslmServiceInstanceContent,
};

use crate::logins::Logins;
use crate::session::Session;
use crate::transport::{Outgoing, Transport};
use crate::{ClientError, Credentials};

const VSAN: &str = "urn:vsan";
const PBM: &str = "urn:pbm";
const VSLM: &str = "urn:vslm";

/// All that calls share: the way to vCenter, the session, and what is asked once.
pub(crate) struct Caller {
    pub transport: Transport,
    pub logins: Logins,
    pub session: Mutex<Session>,
    pub content: OnceCell<ServiceContent>,
    /// The singletons of the policy service, once they were asked for.
    pub policy_service: OnceCell<PbmServiceInstanceContent>,
    /// The singletons of the service of first class disks, once they were asked for.
    pub disk_service: OnceCell<VslmServiceInstanceContent>,
    /// The version of `urn:vsan`, once it was asked for.
    vsan_version: OnceCell<String>,
}

/// How one call is made.
#[derive(Clone, Default)]
pub(crate) struct CallSettings {
    /// `operationID`; drawn at random when there is none.
    pub operation_id: Option<Arc<str>>,
    /// Whether the answer may take as long as it likes.
    pub long_poll: bool,
}

impl Caller {
    pub fn new(transport: Transport, credentials: Credentials) -> Self {
        let session = Mutex::new(Session::default());
        let (policy_service, disk_service, vsan_version) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { transport, logins: Logins::new(credentials), session, content: OnceCell::new(), policy_service, disk_service, vsan_version }
    }

    /// Calls a method as things stand, without looking after the session.
    pub async fn call<R: Request>(&self, this: &MoRef, request: R, settings: &CallSettings) -> Result<R::Returns, ClientError> {
        returned::<R>(self.send(this, R::METHOD, &request.into_arguments(), settings).await?)
    }

    /// The same with arguments that may be sent again.
    pub async fn send(
        &self,
        this: &MoRef,
        method: Method,
        arguments: &Object,
        settings: &CallSettings,
    ) -> Result<Option<Value>, ClientError> {
        let (path, namespace, action) = self.service_of(method).await?;
        let operation_id = settings.operation_id.as_deref().map_or_else(|| self.operation_id(), str::to_owned);
        // The services beside vCenter's own read the session's key from a header of the envelope.
        let session_cookie = if matches!(namespace, PBM | VSLM) { self.transport.session_key() } else { None };
        let header = Header { operation_id: Some(operation_id), session_cookie };
        let body = encode_request(method, this, arguments, &header, namespace);
        let outgoing = Outgoing {
            operation: method.wire_name(),
            verb: Verb::POST,
            path,
            action: Some(&action),
            body: body.into(),
            limit: (!settings.long_poll).then_some(self.transport.options.call_timeout),
            repeatable: method.info().reads,
        };
        let (_, answer) = self.transport.send(&outgoing).await?;
        decode_response(method, &answer).map_err(|error| match error {
            ResponseError::Soap(fault) => {
                ClientError::Fault { operation: method.wire_name().to_owned(), object: this.clone(), fault: Box::new(fault) }
            }
            ResponseError::Codec(source) => ClientError::Decode { operation: method.wire_name().to_owned(), source },
        })
    }

    /// Path, namespace and `SOAPAction`. Once the version of `urn:vsan` is known, what may be of any type is
    /// read in it too: results of CNS tasks are of its types, and an answer in vim25's version leaves them out.
    async fn service_of(&self, method: Method) -> Result<(&'static str, &'static str, String), ClientError> {
        if method.namespace() == VSAN {
            let version = self.vsan_version().await?;
            return Ok(("/vsanHealth", VSAN, format!("{VSAN}/{version}")));
        }
        if method.namespace() == PBM {
            return Ok(("/pbm", PBM, format!("{PBM}/{}", self.transport.options.vim_version)));
        }
        if method.namespace() == VSLM {
            return Ok(("/vslm/sdk", VSLM, format!("{VSLM}/{}", self.transport.options.vim_version)));
        }
        match self.vsan_version.get() {
            Some(version) if method.info().of_any_type => Ok(("/sdk", VSAN, format!("{VSAN}/{version}"))),
            _ => Ok(("/sdk", "urn:vim25", format!("urn:vim25/{}", self.transport.options.vim_version))),
        }
    }

    /// Learns the version of `urn:vsan` before tasks are read: without it a vCenter leaves the results of CNS tasks out, and a client
    /// that takes up an earlier one's task has not called CNS yet. A vCenter that tells no version has no such tasks.
    pub async fn learn_task_results(&self) {
        // What stands in the way now is told by the call that follows.
        drop(self.vsan_version().await);
    }

    async fn vsan_version(&self) -> Result<&String, ClientError> {
        self.vsan_version.get_or_try_init(|| self.read_vsan_version()).await
    }

    async fn read_vsan_version(&self) -> Result<String, ClientError> {
        let path = "/sdk/vsanServiceVersions.xml";
        let limit = Some(self.transport.options.call_timeout);
        let outgoing = Outgoing { operation: path, verb: Verb::GET, path, action: None, body: Bytes::new(), limit, repeatable: true };
        let (status, body) = self.transport.send(&outgoing).await?;
        if !status.is_success() {
            return Err(ClientError::Status { operation: path.to_owned(), status });
        }
        let versions = decode_versions(&body).map_err(|source| ClientError::Decode { operation: path.to_owned(), source })?;
        let vsan = versions.into_iter().find(|service| service.namespace == VSAN);
        vsan.map(|service| service.version).ok_or_else(|| lacks(path, VSAN))
    }

    fn operation_id(&self) -> String {
        format!("{:08x}", (self.transport.options.random)() >> 32)
    }

    /// What the service instance holds; asked once, without a session.
    pub async fn service_content(&self) -> Result<&ServiceContent, ClientError> {
        self.content
            .get_or_try_init(|| async {
                let this = MoRef::new("ServiceInstance", "ServiceInstance");
                self.call(&this, RetrieveServiceContent {}, &CallSettings::default()).await
            })
            .await
    }
}

pub(crate) fn lacks(operation: &str, what: &str) -> ClientError {
    ClientError::Lacks { operation: operation.to_owned(), what: what.to_owned() }
}

/// What a method returned.
#[expect(clippy::needless_pass_by_value, reason = "callers have it to give away, and have nothing left to do with it")]
pub(crate) fn returned<R: Request>(value: Option<Value>) -> Result<R::Returns, ClientError> {
    let typed = R::Returns::from_value(R::METHOD, value.as_ref());
    typed.map_err(|source| ClientError::Type { operation: R::METHOD.wire_name().to_owned(), source })
}

/// Reads an object that came in an answer.
pub(crate) fn downcast<T: DataObject>(operation: &str, object: &Object) -> Result<T, ClientError> {
    object.downcast().map_err(|source| ClientError::Type { operation: operation.to_owned(), source })
}
