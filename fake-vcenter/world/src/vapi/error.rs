//! Errors of the REST endpoint: a kind, which decides the status, and a message with its key in a catalogue.

use vsphere_types::{Fault, MoRef};

/// The kinds, as `com.vmware.vapi.std.errors` has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VapiErrorKind {
    /// Something of that name or id is there already.
    AlreadyExists,
    /// An argument is wrong.
    InvalidArgument,
    /// There is no such thing.
    NotFound,
    /// The endpoint cannot serve now.
    ServiceUnavailable,
    /// There is no session.
    Unauthenticated,
    /// The session may not do this.
    Unauthorized,
}

impl VapiErrorKind {
    /// `already_exists`, …
    pub fn name(self) -> &'static str {
        match self {
            Self::AlreadyExists => "already_exists",
            Self::InvalidArgument => "invalid_argument",
            Self::NotFound => "not_found",
            Self::ServiceUnavailable => "service_unavailable",
            Self::Unauthenticated => "unauthenticated",
            Self::Unauthorized => "unauthorized",
        }
    }

    /// The status of the answer.
    pub fn status(self) -> u16 {
        match self {
            Self::AlreadyExists | Self::InvalidArgument => 400,
            Self::Unauthenticated => 401,
            Self::Unauthorized => 403,
            Self::NotFound => 404,
            Self::ServiceUnavailable => 503,
        }
    }
}

/// An error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VapiError {
    /// Its kind.
    pub kind: VapiErrorKind,
    /// The key of its message.
    pub id: String,
    /// What people read.
    pub message: String,
    /// What the message speaks of.
    pub args: Vec<String>,
}

impl std::fmt::Display for VapiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.message)
    }
}

impl std::error::Error for VapiError {}

impl VapiError {
    fn new(kind: VapiErrorKind, id: &str, message: impl Into<String>, args: &[&str]) -> Self {
        Self { kind, id: id.to_owned(), message: message.into(), args: args.iter().map(|arg| (*arg).to_owned()).collect() }
    }

    /// There is no session of that key.
    pub fn unauthenticated() -> Self {
        let id = "com.vmware.vapi.endpoint.method.authentication.required";
        Self::new(VapiErrorKind::Unauthenticated, id, "Authentication required.", &[])
    }

    /// User name or password is wrong.
    pub fn wrong_credentials() -> Self {
        let id = "com.vmware.vapi.endpoint.cis.unauthenticated";
        Self::new(VapiErrorKind::Unauthenticated, id, "Unable to authenticate user", &[])
    }

    /// The user has as many sessions as one may have.
    pub fn too_many_sessions(user: &str, limit: usize) -> Self {
        let message = format!("User session count is limited to {limit}. Existing session count is {limit} for user {user}.");
        let limit = limit.to_string();
        let id = "com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached";
        Self::new(VapiErrorKind::ServiceUnavailable, id, message, &[&limit, &limit, user])
    }

    /// A category, tag or object that is not there.
    pub fn not_found(id: &str) -> Self {
        let message = format!("Tagging object {id} not found");
        Self::new(VapiErrorKind::NotFound, "cis.tagging.objectNotFound.error", message, &[id])
    }

    /// An inventory object that is not there, or that the session may not touch: both look alike.
    pub fn unauthorized(object: &MoRef) -> Self {
        let message = format!("Insufficient permissions on object {object}.");
        Self::new(VapiErrorKind::Unauthorized, "cis.tagging.unauthorized.error", message, &[&object.id])
    }

    /// The session lacks a privilege.
    pub fn no_permission(fault: &Fault) -> Self {
        Self::new(VapiErrorKind::Unauthorized, "vapi.security.authorization.invalid", fault.message.clone(), &[])
    }

    /// Another one has that name or id.
    pub fn already_exists(what: &str, name: &str) -> Self {
        let message = format!("{what} {name} already exists.");
        Self::new(VapiErrorKind::AlreadyExists, "cis.tagging.alreadyExists.error", message, &[name])
    }

    /// The object carries another tag of a category of which it may carry one only.
    pub fn cardinality(tag: &str, object: &MoRef) -> Self {
        let id = "cis.tagging.cardinality.violation.error";
        Self::new(VapiErrorKind::InvalidArgument, id, "Tagging cardinality violation", &[tag, &object.id])
    }

    /// Objects of that type may not carry tags of the category.
    pub fn not_associable(tag: &str, object: &MoRef) -> Self {
        let message = format!("Tag {tag} cannot be attached to objects of type {}.", object.kind);
        Self::new(VapiErrorKind::InvalidArgument, "cis.tagging.notAssociable.error", message, &[tag, &object.kind])
    }

    /// There is no such resource, or not with that verb.
    pub fn no_resource(path: &str) -> Self {
        Self::new(VapiErrorKind::NotFound, "com.vmware.vapi.rest.httpNotFound", format!("Not found: {path}."), &[path])
    }

    /// The request cannot be understood.
    pub fn unreadable(why: &str) -> Self {
        Self::new(VapiErrorKind::InvalidArgument, "com.vmware.vapi.rest.badRequest", format!("The request cannot be read: {why}."), &[])
    }

    /// An argument is wrong; `name` says which.
    pub fn invalid(name: &str, why: &str) -> Self {
        let message = format!("Invalid value for {name}: {why}.");
        Self::new(VapiErrorKind::InvalidArgument, "vapi.data.structure.field.invalid", message, &[name])
    }
}
