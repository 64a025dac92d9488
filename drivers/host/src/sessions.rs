//! The end of a driver's sessions, before it ends itself.

use std::time::Duration;

use crate::Host;

/// It is not worth more time than this: whoever asked the driver to end is about to kill it.
const FAREWELL: Duration = Duration::from_secs(5);

/// Ends sessions as far as that is possible at once; `sessions` logs what it cannot end.
pub async fn end_sessions(host: &dyn Host, sessions: impl Future<Output = ()>) {
    if tokio::time::timeout(FAREWELL, sessions).await.is_err() {
        host.log("a session stays behind: its vCenter does not answer");
    }
}
