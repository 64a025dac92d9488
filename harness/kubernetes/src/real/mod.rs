//! A real API server in the embedded one's place.
//!
//! Modelled: nothing; that is the point. The process `kube-apiserver` of the network is a [proxy](Proxy) here: what arrives
//! over the wires of loops and drivers is recorded, delayed and failed as ever, and then asked of the real server, in the
//! name of whoever asked. A [mirror](Mirror) watches the real server and writes what changes into the journal, in the shape
//! in which the embedded store writes it: oracles do not know which of the two they judge.
//!
//! What a client could notice: two writes to one object within milliseconds may stand in the journal as one; a change that
//! no call of the network brought about has no cause; when the process `kube-apiserver` is killed its connections break and
//! nobody is served, but the real server behind it lives on and has forgotten no history.

mod mirror;
mod proxy;
mod watcher;

pub use mirror::{Mirror, mirrored_resources};
pub use proxy::{MARK, Proxy, Upstream};
pub use watcher::watch;

/// One resource, as paths name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MirroredResource {
    /// The API group; empty for the core.
    pub group: String,
    /// The version in which it is read.
    pub version: String,
    /// The plural.
    pub plural: String,
}

impl MirroredResource {
    /// The path of all its objects.
    pub fn path(&self) -> String {
        match self.group.as_str() {
            "" => format!("/api/{}/{}", self.version, self.plural),
            group => format!("/apis/{group}/{}/{}", self.version, self.plural),
        }
    }

    /// The path of one of its objects.
    pub fn path_of(&self, object: &serde_json::Value) -> String {
        let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default();
        let base = match self.group.as_str() {
            "" => format!("/api/{}", self.version),
            group => format!("/apis/{group}/{}", self.version),
        };
        match text("namespace") {
            "" => format!("{base}/{}/{}", self.plural, text("name")),
            namespace => format!("{base}/namespaces/{namespace}/{}/{}", self.plural, text("name")),
        }
    }
}
