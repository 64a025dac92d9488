//! The record of a user: who may log in, and what the account does not hold.

/// The privilege to know that an object is there.
pub const VIEW: &str = "System.View";

/// The privilege to read an object's properties.
pub const READ: &str = "System.Read";

/// A privilege that an account does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// `Cns.Searchable`.
    pub privilege: String,
    /// The name of the entity where it is not held, with what is inside; nowhere when not given.
    pub at: Option<String>,
}

impl Lack {
    /// Reads `Cns.Searchable` or `System.Read@dc-1`.
    pub fn parse(text: &str) -> Self {
        match text.split_once('@') {
            Some((privilege, at)) => Self { privilege: privilege.to_owned(), at: Some(at.to_owned()) },
            None => Self { privilege: text.to_owned(), at: None },
        }
    }
}

/// A user.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// `administrator@vsphere.local`.
    pub login: String,
    /// In clear: nobody is protected by it.
    pub password: String,
    /// Whether the password has been changed since: nobody knows the one that counts now.
    pub changed: bool,
    /// What the account does not hold; an administrator lacks nothing.
    pub lacks: Vec<Lack>,
}

impl User {
    /// Whether this is the account's password.
    pub fn knows(&self, password: &str) -> bool {
        !self.changed && self.password == password
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("login", &self.login).field("lacks", &self.lacks).finish_non_exhaustive()
    }
}
