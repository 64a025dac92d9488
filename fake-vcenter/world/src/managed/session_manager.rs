//! SessionManager.
//!
//! Modelled: login by name and password, the current session, idle expiry, ending of other sessions. Not modelled:
//! tokens, tickets for clones, impersonation, lockout, the cap on sessions. `sessionList` is not in time with
//! each call: `lastActiveTime` there is the time of login. A session with a call that waits is taken not to be idle (unverified).

use vsphere_types::{UserSession, Value};

use super::value::{array, data, text, texts};
use crate::look::Look;
use crate::state::Session;

/// Reads one of its properties; without a session there is nothing to read.
pub fn property(look: &Look, name: &str) -> Option<Value> {
    match name {
        "currentSession" => Some(data(user_session(look.state.sessions.get(look.viewer?)?))),
        "sessionList" if look.authenticated() => Some(array(look.state.sessions.values().map(user_session))),
        "supportedLocaleList" | "messageLocaleList" => Some(texts(&["en"])),
        "defaultLocale" => Some(text("en")),
        _ => None,
    }
}

/// A session as its owner sees it.
pub fn user_session(session: &Session) -> UserSession {
    UserSession {
        key: session.key.clone(),
        user_name: session.user.clone(),
        full_name: session.user.clone(),
        login_time: session.login_time,
        last_active_time: session.login_time,
        locale: session.locale.clone(),
        message_locale: session.locale.clone(),
        extension_session: false,
        ip_address: "127.0.0.1".to_owned(),
        user_agent: session.user_agent.clone(),
        call_count: 0,
    }
}
