//! Waiting until what others wrote is ready, before the first step; and why no more is to be expected of them.

use std::path::Path;
use std::time::Duration;

use seatrial_wires::Network;

use super::ProcessEnvironment;

/// How often it is looked, by the world's clock.
const LOOK: Duration = Duration::from_millis(200);

/// A program that must serve before the first step.
#[derive(Clone, Debug)]
pub(super) struct Awaited {
    driver: String,
    within: Duration,
}

/// Why a driver's program does not serve.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotReady {
    /// It has had long enough.
    #[error(
        "{driver} does not start: {process} was not ready within {seconds} s; {told}\nmend the driver, its descriptor, or give it longer by ready-within-seconds"
    )]
    Late {
        /// The driver, in words.
        driver: String,
        /// Its process.
        process: String,
        /// What it had.
        seconds: u64,
        /// What became of it, and what it said last.
        told: String,
    },
    /// No more is to be expected of it.
    #[error("{told}\nmend the driver, or its descriptor")]
    Hopeless {
        /// What became of it, and what it said last.
        told: String,
    },
}

impl ProcessEnvironment {
    /// Before the first step this process must serve.
    pub(crate) fn awaits(&self, process: &str, driver: &str, within: Duration) {
        let awaited = Awaited { driver: driver.to_owned(), within };
        self.fates.must_serve(process);
        self.awaited.lock().expect("nothing panics while the list is locked").insert(process.to_owned(), awaited);
    }

    /// Waits until all that must serve does; otherwise says who does not, and what it said.
    pub(crate) async fn ready(&self, network: &Network) -> Result<(), NotReady> {
        let awaited = self.awaited.lock().expect("nothing panics while the list is locked").clone();
        let clock = network.clock();
        let began = clock.elapsed().duration();
        for (process, Awaited { driver, within }) in awaited {
            let Some(socket) = self.driver_sockets().remove(&process) else { continue };
            while !serves(network, &socket) {
                let within = self.fates.has(within);
                if clock.elapsed().duration().saturating_sub(began) > within {
                    let told = self.fates.told(&process);
                    return Err(NotReady::Late { driver, process, seconds: within.as_secs(), told });
                }
                tokio::time::sleep(LOOK).await;
            }
            self.fates.serves(&process);
        }
        Ok(())
    }

    /// Waits until it is clear that a program will not come up; answers why, with its last words. Never ends where all do.
    pub(crate) async fn hopeless(&self) -> NotReady {
        NotReady::Hopeless { told: self.fates.hopeless().await }
    }
}

fn serves(network: &Network, socket: &Path) -> bool {
    // A listener hears of the connection, and of its end.
    network.touch();
    std::os::unix::net::UnixStream::connect(socket).is_ok()
}
