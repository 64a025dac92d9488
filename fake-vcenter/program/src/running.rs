//! A vCenter that runs on a socket.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::middleware::from_fn_with_state;
use fake_vcenter_server::VCenter;
use fake_vcenter_world::WorldConfig;
use seatrial_journal::Journal;
use seatrial_seed::{Seed, stamps};

use crate::certificate::Certificate;
use crate::clock::WallClock;
use crate::error::ProgramError;
use crate::listen::{Listening, listen};
use crate::metrics::Metrics;
use crate::observe::{self, Observed};
use crate::record::{Delays, Recorder, record};

/// How a vCenter is served.
pub struct ServeOptions {
    /// Where; port 0 takes any that is free.
    pub address: SocketAddr,
    /// What it shows; plain HTTP without.
    pub certificate: Option<Certificate>,
    /// How long answers are held back.
    pub delays: Delays,
    /// What identities and durations grow from.
    pub seed: u64,
}

/// A vCenter that runs on a socket until it is dropped.
pub struct RunningVCenter {
    /// Where it listens.
    pub address: SocketAddr,
    /// The vCenter.
    pub vcenter: Arc<VCenter>,
    /// Held for its end.
    _listening: Listening,
}

impl RunningVCenter {
    /// A journal under the wall clock, for [`RunningVCenter::start`]; add sinks to it before.
    pub fn journal() -> (Arc<WallClock>, Journal) {
        let clock = Arc::new(WallClock::start());
        (Arc::clone(&clock), Journal::new(stamps(clock)))
    }

    /// Starts one. Runs on the runtime that this is called on.
    ///
    /// # Errors
    /// The address cannot be had, or certificate and key do not fit.
    pub async fn start(config: WorldConfig, options: ServeOptions, clock: Arc<WallClock>, journal: Journal) -> Result<Self, ProgramError> {
        let vcenter = VCenter::new(config, Seed::new(options.seed), clock, journal.clone());
        let metrics = Arc::new(Metrics::default());
        let recorder = Arc::new(Recorder::new(&vcenter, journal.clone(), Arc::clone(&metrics), options.delays));
        let endpoints = vcenter.service().layer(from_fn_with_state(recorder, record));
        let observed = Observed { vcenter: Arc::clone(&vcenter), metrics, journal };
        let endpoints = observe::router(observed).fallback_service(endpoints);
        let mut listening = listen(options.address, options.certificate, endpoints).await?;
        listening.beside(Arc::clone(&vcenter).run());
        Ok(Self { address: listening.address, vcenter, _listening: listening })
    }
}
