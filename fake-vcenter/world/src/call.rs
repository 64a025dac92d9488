//! Calls: who calls, what each comes to, and what carries one out.

use vsphere_types::{Fault, Method, MoRef, Request, Value};

use crate::fault;
use crate::world::World;

/// Who calls, and how.
#[derive(Clone, Debug, Default)]
pub struct CallContext {
    /// The key of the session, from cookie or header.
    pub session: Option<String>,
    /// The header `operationID`, a client's own name for the call.
    pub operation_id: Option<String>,
    /// The client's User-Agent.
    pub user_agent: Option<String>,
    /// Whether this call was answered [`Reply::WaitForChange`] before and asks again.
    pub resumed: bool,
}

/// What a call comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply<T = Option<Value>> {
    /// It is done; this is what it returns.
    Done(T),
    /// It opened a session, whose key goes into the cookie.
    LoggedIn {
        /// The key.
        session: String,
        /// What the call returns.
        value: T,
    },
    /// There is nothing to tell yet: wait for the next [`World::pulse`] and call again, or answer with nothing when
    /// this many seconds are over.
    WaitForChange {
        /// How long the client is willing to wait; for ever when not said.
        seconds: Option<u64>,
    },
}

impl<T> Reply<T> {
    /// The same with what the call returns as something else.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        match self {
            Self::Done(value) => Reply::Done(change(value)),
            Self::LoggedIn { session, value } => Reply::LoggedIn { session, value: change(value) },
            Self::WaitForChange { seconds } => Reply::WaitForChange { seconds },
        }
    }
}

/// A call as its operation sees it.
pub struct Call<'a> {
    /// The object that it is made on.
    pub this: &'a MoRef,
    /// The method.
    pub method: Method,
    /// Who calls.
    pub context: &'a CallContext,
    /// Key of the caller's session, if it is one that lives.
    pub session: Option<String>,
}

impl Call<'_> {
    /// The key of the session; calls that need none never ask.
    pub fn key(&self) -> Result<&str, Fault> {
        self.session.as_deref().ok_or_else(|| fault::not_authenticated(self.this))
    }

    /// The session that looks, when its owner looks at something.
    pub fn viewer(&self) -> Option<&str> {
        self.session.as_deref()
    }
}

/// What the operation of a method answers.
pub type Answer<R> = Result<Reply<<R as Request>::Returns>, Fault>;

/// A method that is carried out here. Every row of the API that is `served` has one, or the world does not compile.
pub trait Operation: Request {
    /// Carries it out. The caller may see the object and has the privilege that the row names.
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self>;
}
