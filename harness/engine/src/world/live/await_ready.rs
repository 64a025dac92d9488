//! Waiting until what others wrote is ready, and what it said when it is not.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use seatrial_wires::Network;

use super::LiveEnvironment;

/// How often it is looked, by the world's clock.
const LOOK: Duration = Duration::from_millis(200);
/// So many of the last lines are told of a process that is not ready.
const LINES: usize = 5;

/// A program that must serve before the first step.
#[derive(Clone, Debug)]
pub(super) struct Awaited {
    driver: String,
    within: Duration,
}

/// What became of a child, and what it said last.
#[derive(Clone, Debug, Default)]
struct Fate {
    ended: Option<String>,
    lines: VecDeque<String>,
    /// The file that has what it said, where that is not told line by line.
    log: Option<PathBuf>,
}

impl Fate {
    fn last_lines(&self) -> Vec<String> {
        let written = self.log.as_ref().and_then(|log| std::fs::read(log).ok()).unwrap_or_default();
        let written = String::from_utf8_lossy(&written);
        let written: Vec<&str> = written.lines().collect();
        let last = written[written.len().saturating_sub(LINES)..].iter().map(|line| (*line).to_owned());
        self.lines.iter().cloned().chain(last).collect()
    }
}

/// What became of the children of a world.
#[derive(Debug, Default)]
pub(super) struct Fates {
    awaited: Mutex<BTreeMap<String, Awaited>>,
    children: Mutex<BTreeMap<String, Fate>>,
}

impl Fates {
    /// A child has said something.
    pub(super) fn said(&self, process: &str, line: &str) {
        let mut children = self.children.lock().expect("nothing panics while the list is locked");
        let fate = children.entry(process.to_owned()).or_default();
        if fate.lines.len() == LINES {
            fate.lines.pop_front();
        }
        fate.lines.push_back(line.to_owned());
    }

    /// A child writes what it says into a file.
    pub(super) fn writes_to(&self, process: &str, log: &Path) {
        let mut children = self.children.lock().expect("nothing panics while the list is locked");
        // What an earlier incarnation said stays in its own file; how that ended is known until this one ends.
        children.entry(process.to_owned()).or_default().log = Some(log.to_owned());
    }

    /// A child has ended, or could not be started.
    pub(super) fn ended(&self, process: &str, how: &str) {
        let mut children = self.children.lock().expect("nothing panics while the list is locked");
        children.entry(process.to_owned()).or_default().ended = Some(how.to_owned());
    }

    fn told(&self, process: &str) -> String {
        let children = self.children.lock().expect("nothing panics while the list is locked");
        let Some(fate) = children.get(process) else { return "it has said nothing".to_owned() };
        let ended = fate.ended.as_ref().map_or_else(|| "it runs".to_owned(), |how| format!("it {how}"));
        let lines: String = fate.last_lines().into_iter().map(|line| format!("  {line}\n")).collect();
        if lines.is_empty() { format!("{ended} and said nothing") } else { format!("{ended}; the last that it said:\n{lines}") }
    }
}

impl LiveEnvironment {
    /// Before the first step this process must serve.
    pub(crate) fn awaits(&self, process: &str, driver: &str, within: Duration) {
        let awaited = Awaited { driver: driver.to_owned(), within };
        self.fates.awaited.lock().expect("nothing panics while the list is locked").insert(process.to_owned(), awaited);
    }

    /// Waits until all that must serve does; otherwise says who does not, and what it said.
    pub(crate) async fn ready(&self, network: &Network) -> Result<(), String> {
        let awaited = self.fates.awaited.lock().expect("nothing panics while the list is locked").clone();
        let clock = network.clock();
        let began = clock.elapsed().duration();
        for (process, Awaited { driver, within }) in awaited {
            let Some(socket) = self.driver_sockets().remove(&process) else { continue };
            while !serves(network, &socket) {
                if clock.elapsed().duration().saturating_sub(began) > within {
                    let seconds = within.as_secs();
                    let told = self.fates.told(&process);
                    return Err(format!(
                        "driver {driver}: {process} was not ready within {seconds} s: {told}\nmend the driver, its descriptor, or give it longer by ready-within-seconds"
                    ));
                }
                tokio::time::sleep(LOOK).await;
            }
        }
        Ok(())
    }
}

fn serves(network: &Network, socket: &Path) -> bool {
    // A listener hears of the connection, and of its end.
    network.touch();
    std::os::unix::net::UnixStream::connect(socket).is_ok()
}
