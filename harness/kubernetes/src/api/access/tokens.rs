//! Tokens of service accounts: opaque texts that the server remembers.
//!
//! Modelled: TokenRequest (`serviceaccounts/<name>/token`) with its lifetime and the pod that it is bound to; a token ends
//! with its time, its account or its pod. Not modelled: that a token is a JWT which others can verify, and its renewal
//! during its last hour.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use seatrial_seed::{Generator, Seed};
use seatrial_wires::Identity;
use serde_json::{Value, json};

use super::AUTHENTICATED;
use crate::api::ApiServer;
use crate::api::route::Target;
use crate::store::value::{part, put, seconds, text};
use crate::store::{Place, Status, Store};

/// Seconds that a token lasts when nobody says, and at least.
const LIFETIME: i64 = 3600;
const SHORTEST: i64 = 600;

/// One token.
#[derive(Clone, Debug)]
pub struct Token {
    namespace: String,
    account: String,
    uid: String,
    /// Name and uid of the pod that it is bound to.
    pod: Option<(String, String)>,
    pub(super) audiences: Vec<Value>,
    until: Timestamp,
}

impl Token {
    /// Whom it names.
    pub(super) fn identity(&self) -> Identity {
        let groups = ["system:serviceaccounts", &format!("system:serviceaccounts:{}", self.namespace), AUTHENTICATED].map(str::to_owned);
        Identity { name: format!("system:serviceaccount:{}:{}", self.namespace, self.account), groups: groups.to_vec() }
    }

    pub(super) fn uid(&self) -> &str {
        &self.uid
    }

    fn holds(&self, store: &Store, now: Timestamp) -> bool {
        let is = |plural: &str, name: &str, uid: &str| {
            let there = store.get(&Place::new("", "v1", plural, &self.namespace), name);
            there.is_ok_and(|object| text(&object, "/metadata/uid") == uid)
        };
        now < self.until
            && is("serviceaccounts", &self.account, &self.uid)
            && self.pod.as_ref().is_none_or(|(name, uid)| is("pods", name, uid))
    }
}

/// All tokens that were issued.
pub struct Tokens {
    issued: Mutex<BTreeMap<String, Token>>,
    random: Mutex<Generator>,
}

impl Tokens {
    /// None yet.
    pub fn new(seed: &Seed) -> Self {
        Self { issued: Mutex::default(), random: Mutex::new(seed.child("tokens").generator()) }
    }

    /// The token behind a text, if it still holds.
    pub fn user(&self, store: &Store, token: &str, now: Timestamp) -> Option<Token> {
        let issued = self.issued.lock().expect("nothing panics while the tokens are locked");
        issued.get(token).filter(|token| token.holds(store, now)).cloned()
    }

    fn add(&self, token: Token) -> String {
        let mut random = self.random.lock().expect("a generator does not panic while it is locked");
        let text = format!("seatrial-{}{}", random.uuid().simple(), random.uuid().simple());
        self.issued.lock().expect("nothing panics while the tokens are locked").insert(text.clone(), token);
        text
    }
}

/// Answers a TokenRequest.
///
/// # Errors
/// 404 without the account or the pod, 409 for another pod than the one meant, 422 for too short a life.
pub fn issue(server: &Arc<ApiServer>, target: &Target, mut request: Value) -> Result<Value, Status> {
    let (namespace, account) = (&target.at.namespace, target.name.as_deref().unwrap_or_default());
    let store = server.lock();
    let there = store.get(&target.at, account)?;
    let asked = part(&request, "/spec/expirationSeconds").as_i64().unwrap_or(LIFETIME);
    if asked < SHORTEST {
        let error =
            crate::store::FieldError::invalid("spec.expirationSeconds", &asked.into(), "may not specify a duration less than 10 minutes");
        return Err(Status::invalid_kind("authentication.k8s.io", "TokenRequest", "", &[error]));
    }
    let bound = part(&request, "/spec/boundObjectRef");
    let pod = if text(bound, "/kind") == "Pod" {
        let name = text(bound, "/name").to_owned();
        let pod = store.get(&Place::new("", "v1", "pods", namespace), &name)?;
        let (uid, wanted) = (text(&pod, "/metadata/uid"), text(bound, "/uid"));
        if !wanted.is_empty() && wanted != uid {
            let why = format!(
                "the UID in the bound object reference ({wanted}) does not match the UID in record. The object might have been deleted and then recreated"
            );
            return Err(Status::conflict(store.resource(&Place::new("", "v1", "pods", namespace))?.as_ref(), &name, &why));
        }
        Some((name, uid.to_owned()))
    } else {
        None
    };
    drop(store);
    let until = server.now().checked_add(SignedDuration::from_secs(asked)).unwrap_or(Timestamp::MAX);
    let given = part(&request, "/spec/audiences").as_array().filter(|audiences| !audiences.is_empty()).cloned();
    let audiences = given.unwrap_or_else(|| vec!["https://kubernetes.default.svc".into()]);
    put(&mut request, &["spec", "audiences"], audiences.clone());
    put(&mut request, &["spec", "expirationSeconds"], asked);
    let uid = text(&there, "/metadata/uid").to_owned();
    let token = Token { namespace: namespace.clone(), account: account.to_owned(), uid, pod, audiences, until };
    request["kind"] = "TokenRequest".into();
    request["apiVersion"] = "authentication.k8s.io/v1".into();
    put(&mut request, &["metadata", "name"], account);
    put(&mut request, &["metadata", "namespace"], namespace.as_str());
    request["status"] = json!({"token": server.tokens.add(token), "expirationTimestamp": seconds(until)});
    Ok(request)
}
