//! The checklist of API behaviour as one body, on the embedded server and on a real one.
//!
//! The real one is kube-apiserver with etcd, found in the folder that `KUBEBUILDER_ASSETS` names or on `PATH`; without them its
//! items are shown as ignored. Numbers are those of the checklist; items that are not here stand in `tests/api_server` or
//! `tests/loops` for the embedded server only.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking, in its helpers too")]

mod items;
mod server;

use libtest_mimic::{Arguments, Trial};

use crate::server::{Binaries, Server};

/// Runs the whole body in one sitting: a real server takes seconds to start.
fn run(server: impl AsyncFnOnce() -> Server, paused: bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(paused).build().unwrap();
    runtime.block_on(async {
        let server = server().await;
        items::all(&server).await;
    });
}

fn main() {
    let arguments = Arguments::from_args();
    let binaries = Binaries::find();
    let missing = binaries.is_none();
    let embedded = Trial::test("embedded", || {
        run(async || Server::embedded(), true);
        Ok(())
    });
    let real = Trial::test("real (needs kube-apiserver and etcd)", || {
        let binaries = binaries.ok_or("kube-apiserver and etcd are neither in KUBEBUILDER_ASSETS nor on PATH")?;
        run(async || Server::real(&binaries).await, false);
        Ok(())
    });
    libtest_mimic::run(&arguments, vec![embedded, real.with_ignored_flag(missing)]).exit();
}
