//! What an error of the API means to a caller.

/// The errors that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// 404: the object does not exist.
    Missing,
    /// 409 Conflict: it was changed meanwhile, or a precondition failed.
    Conflict,
    /// 409 AlreadyExists.
    Present,
    /// 422 and 403: the API server will never take it like this.
    Refused,
    /// 410: the revision asked for is gone.
    Expired,
    /// The API server answered something else.
    Answered,
    /// No answer came, or none that could be read.
    Unreachable,
}

/// Sorts an error.
pub fn error_kind(error: &kube::Error) -> ErrorKind {
    let kube::Error::Api(status) = error else {
        return ErrorKind::Unreachable;
    };
    match (status.code, status.reason.as_str()) {
        (404, _) => ErrorKind::Missing,
        (409, "AlreadyExists") => ErrorKind::Present,
        (409, _) => ErrorKind::Conflict,
        (422 | 403, _) => ErrorKind::Refused,
        (410, _) => ErrorKind::Expired,
        _ => ErrorKind::Answered,
    }
}

/// Whether the object does not exist.
pub fn is_missing(error: &kube::Error) -> bool {
    error_kind(error) == ErrorKind::Missing
}

/// Whether the object was changed meanwhile.
pub fn is_conflict(error: &kube::Error) -> bool {
    error_kind(error) == ErrorKind::Conflict
}

/// Whether an object of that name exists already.
pub fn is_present_already(error: &kube::Error) -> bool {
    error_kind(error) == ErrorKind::Present
}

/// The server's own words, or the error's where there are none.
pub fn reason_of(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        other => other.to_string(),
    }
}
