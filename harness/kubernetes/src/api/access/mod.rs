//! Who asks, and whether they may.
//!
//! Modelled: users as the wire knows them (`seatrial_wires::Identity`, from a client's certificate), bearer tokens of
//! service accounts, RBAC (roles, bindings, resource names, non-resource URLs, `system:masters`), a node authorizer in a
//! simple form, the reviews by which clients ask. A request without an identity and without a token comes from inside the
//! house and may do everything: in virtual time nothing is ever looked up here.
//! Not modelled: impersonation (it is refused, whoever asks), aggregated roles, the escalation check, audiences, webhooks, CSRs. A write that turns out
//! to create (apply, or PUT of a Lease) is asked for its own verb only.

mod bootstrap;
mod nodes;
mod rbac;
mod reviews;
mod tokens;

use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::{Method, request};
use seatrial_wires::Identity;
use serde_json::{Value, json};

pub(super) use bootstrap::policy;
pub(super) use reviews::{RESOURCES as REVIEWS, review};
pub(super) use tokens::{Tokens, issue};

use super::ApiServer;
use super::query::Query;
use super::route::Target;
use crate::store::{Status, Store};

/// The group of everybody who proved who they are.
const AUTHENTICATED: &str = "system:authenticated";
/// Who did not prove anything.
const ANONYMOUS: &str = "system:anonymous";
/// Who may do everything.
const MASTERS: &str = "system:masters";

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Something of the house itself.
    Inside,
    /// A user with their groups.
    User(Identity),
}

impl Caller {
    /// The user's name and groups; those of an administrator for the house itself.
    fn identity(&self) -> Identity {
        match self {
            Self::Inside => Identity { name: "system:admin".to_owned(), groups: vec![MASTERS.to_owned(), AUTHENTICATED.to_owned()] },
            Self::User(identity) => identity.clone(),
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`.
    pub verb: String,
    /// The API group.
    pub group: String,
    /// The plural; empty for a path that is not about objects.
    pub resource: String,
    /// The subresource.
    pub subresource: String,
    /// The object's name, where it is one.
    pub name: String,
    /// The namespace.
    pub namespace: String,
    /// The path, where it is not about objects.
    pub path: String,
}

impl Attributes {
    fn of_objects(target: &Target, method: &Method, query: &Query) -> Self {
        let named = target.name.is_some();
        let verb = match *method {
            Method::POST => "create",
            Method::PUT => "update",
            Method::PATCH => "patch",
            Method::DELETE if named => "delete",
            Method::DELETE => "deletecollection",
            _ if query.is_true("watch") => "watch",
            _ if named => "get",
            _ => "list",
        };
        // Who lists the one object of a name is judged as if they had asked for it by name.
        let selected = query.get("fieldSelector").split(',').find_map(|field| field.strip_prefix("metadata.name="));
        let name = target.name.clone().or_else(|| selected.map(|name| name.trim_start_matches('=').to_owned()));
        // A namespace is asked for in itself.
        let of_namespace = target.at.resource.plural == "namespaces" && target.at.resource.group.is_empty();
        let namespace = if of_namespace { target.name.clone().unwrap_or_default() } else { target.at.namespace.clone() };
        Self {
            verb: verb.to_owned(),
            group: target.at.resource.group.clone(),
            resource: target.at.resource.plural.clone(),
            subresource: target.subresource.clone().unwrap_or_default(),
            name: name.unwrap_or_default(),
            namespace,
            path: String::new(),
        }
    }

    /// `pods/status`
    fn combined(&self) -> String {
        if self.subresource.is_empty() { self.resource.clone() } else { format!("{}/{}", self.resource, self.subresource) }
    }
}

/// Who sends a request.
///
/// # Errors
/// 401 for a token that nobody issued or that has ended, 403 for who wants to be taken for somebody else.
pub fn who(server: &ApiServer, head: &request::Parts) -> Result<Caller, Status> {
    let caller = authenticated(server, head)?;
    match head.headers.keys().find(|name| name.as_str().starts_with("impersonate-")) {
        Some(name) => Err(Status::new(403, "Forbidden", format!("impersonation is not supported by this API server (header {name})"))),
        None => Ok(caller),
    }
}

fn authenticated(server: &ApiServer, head: &request::Parts) -> Result<Caller, Status> {
    let identity = head.extensions.get::<Identity>();
    let proved = identity.filter(|identity| identity.name != ANONYMOUS);
    let bearer = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    match (proved, bearer, identity) {
        (Some(identity), _, _) => {
            let mut identity = identity.clone();
            identity.groups.push(AUTHENTICATED.to_owned());
            Ok(Caller::User(identity))
        }
        (None, Some(token), _) => {
            let known = server.tokens.user(&server.lock(), token.trim(), server.now());
            known.map(|token| Caller::User(token.identity())).ok_or_else(|| Status::new(401, "Unauthorized", "Unauthorized"))
        }
        (None, None, Some(anonymous)) => Ok(Caller::User(anonymous.clone())),
        (None, None, None) => Ok(Caller::Inside),
    }
}

/// Lets a request for objects through, or not.
///
/// # Errors
/// 403 in the real server's words.
pub fn check_objects(
    server: &Arc<ApiServer>,
    caller: &Caller,
    target: &Target,
    head: &request::Parts,
    query: &Query,
) -> Result<(), Status> {
    let Caller::User(user) = caller else { return Ok(()) };
    check(&server.lock(), user, &Attributes::of_objects(target, &head.method, query))
}

/// Lets a request for another path through, or not.
///
/// # Errors
/// 403 in the real server's words.
pub fn check_path(server: &ApiServer, caller: &Caller, head: &request::Parts) -> Result<(), Status> {
    let Caller::User(user) = caller else { return Ok(()) };
    let verb = head.method.as_str().to_lowercase();
    check(&server.lock(), user, &Attributes { verb, path: head.uri.path().to_owned(), ..Attributes::default() })
}

fn check(store: &Store, user: &Identity, asked: &Attributes) -> Result<(), Status> {
    if allowed(store, user, asked) { Ok(()) } else { Err(forbidden(user, asked)) }
}

/// Whether any authorizer allows it.
fn allowed(store: &Store, user: &Identity, asked: &Attributes) -> bool {
    user.groups.iter().any(|group| group == MASTERS) || nodes::allows(store, user, asked) || rbac::allows(store, user, asked)
}

fn forbidden(user: &Identity, asked: &Attributes) -> Status {
    let who = format!("User \"{}\" cannot {}", user.name, asked.verb);
    if asked.resource.is_empty() {
        return Status::new(403, "Forbidden", format!("forbidden: {who} path \"{}\"", asked.path));
    }
    let whole = if asked.group.is_empty() { asked.resource.clone() } else { format!("{}.{}", asked.resource, asked.group) };
    let subject = if asked.name.is_empty() { whole } else { format!("{whole} \"{}\"", asked.name) };
    let place =
        if asked.namespace.is_empty() { "at the cluster scope".to_owned() } else { format!("in the namespace \"{}\"", asked.namespace) };
    let text = format!("{subject} is forbidden: {who} resource \"{}\" in API group \"{}\" {place}", asked.combined(), asked.group);
    let mut status = Status::new(403, "Forbidden", text);
    status.details = json!({"kind": asked.resource});
    for (key, value) in [("name", &asked.name), ("group", &asked.group)] {
        if !value.is_empty() {
            status.details[key] = Value::from(value.as_str());
        }
    }
    status
}
