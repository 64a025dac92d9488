//! Waiting until what others wrote is ready, and what it said when it is not.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

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

    /// A child has ended, or could not be started.
    pub(super) fn ended(&self, process: &str, how: &str) {
        let mut children = self.children.lock().expect("nothing panics while the list is locked");
        children.entry(process.to_owned()).or_default().ended = Some(how.to_owned());
    }

    fn told(&self, process: &str) -> String {
        let children = self.children.lock().expect("nothing panics while the list is locked");
        let Some(fate) = children.get(process) else { return "it has said nothing".to_owned() };
        let ended = fate.ended.as_ref().map_or_else(|| "it runs".to_owned(), |how| format!("it {how}"));
        match fate.lines.is_empty() {
            true => format!("{ended} and said nothing"),
            false => {
                format!("{ended}; the last that it said:\n{}", fate.lines.iter().map(|line| format!("  {line}\n")).collect::<String>())
            }
        }
    }
}

impl LiveEnvironment {
    /// Before the first step this process must serve.
    pub(in crate::world) fn awaits(&self, process: &str, driver: &str, within: Duration) {
        let awaited = Awaited { driver: driver.to_owned(), within };
        self.fates.awaited.lock().expect("nothing panics while the list is locked").insert(process.to_owned(), awaited);
    }

    /// Waits until all that must serve does; otherwise says who does not, and what it said.
    pub(crate) async fn ready(&self) -> Result<(), String> {
        let awaited = self.fates.awaited.lock().expect("nothing panics while the list is locked").clone();
        #[expect(clippy::disallowed_methods, reason = "programs that others wrote take wall time")]
        let began = std::time::Instant::now();
        for (process, Awaited { driver, within }) in awaited {
            let Some(socket) = self.driver_sockets().remove(&process) else { continue };
            while !serves(&socket) {
                if began.elapsed() > within {
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

fn serves(socket: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(socket).is_ok()
}
