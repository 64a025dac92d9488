//! Calls that wait until there is something to tell.
//!
//! The world says that there is nothing yet; here the call waits for a change and asks again. A client that goes away
//! while it waits leaves nothing behind: what it was not told, it is told when it asks with the same version.

use std::time::Duration;

use fake_vcenter_world::{CallContext, Reply};
use tokio::time::Instant;
use vsphere_types::{Fault, Method, MoRef, Object};

use crate::VCenter;

/// A call, ready for the world.
pub struct Asked {
    /// Who calls.
    pub context: CallContext,
    /// On which object.
    pub this: MoRef,
    /// What.
    pub method: Method,
    /// With which arguments.
    pub arguments: Object,
}

/// A call that waits, until it is dropped: answered, or given up by its client.
struct Waiting<'a> {
    vcenter: &'a VCenter,
    session: String,
}

impl<'a> Waiting<'a> {
    fn begin(vcenter: &'a VCenter, session: &str) -> Self {
        vcenter.with_world(|world| world.begin_wait(session));
        Self { vcenter, session: session.to_owned() }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let now = self.vcenter.now();
        self.vcenter.with_world(|world| world.end_wait(now, &self.session));
    }
}

/// Carries out a call; one that is to wait ends with its answer, or with nothing when the client's patience does.
pub async fn call(vcenter: &VCenter, mut asked: Asked) -> Result<Reply, Fault> {
    let began = Instant::now();
    let mut waiting = None;
    loop {
        // What happens after this point wakes the call, so nothing can slip between asking and waiting.
        let (now, version) = (vcenter.now(), vcenter.version());
        let reply = vcenter.with_world(|world| world.call(now, &asked.context, &asked.this, asked.method, &asked.arguments))?;
        let Reply::WaitForChange { seconds } = reply else { return Ok(reply) };
        asked.context.resumed = true;
        if let (None, Some(session)) = (&waiting, &asked.context.session) {
            waiting = Some(Waiting::begin(vcenter, session));
        }
        let Some(seconds) = seconds else {
            something_to_report(vcenter, version, &asked).await;
            continue;
        };
        tokio::select! {
            biased;
            () = something_to_report(vcenter, version, &asked) => {}
            () = tokio::time::sleep_until(began + Duration::from_secs(seconds)) => return Ok(Reply::Done(None)),
        }
    }
}

/// Waits until there may be something to tell this call: what concerns others only does not wake it.
async fn something_to_report(vcenter: &VCenter, mut version: u64, asked: &Asked) {
    loop {
        vcenter.changed_since(version).await;
        version = vcenter.version();
        if !vcenter.with_world(|world| world.waits_on(&asked.context, &asked.this)) {
            return;
        }
    }
}
