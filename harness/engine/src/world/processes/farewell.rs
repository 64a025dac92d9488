//! The end of a world with processes: they are asked to end, as a kubelet asks containers, so that a driver can say good-bye to
//! vCenter; those that do not are killed.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use seatrial_wires::Network;

use super::ProcessEnvironment;

/// How often it is looked, by the world's clock.
const LOOK: Duration = Duration::from_millis(100);

impl ProcessEnvironment {
    /// A child of this process runs.
    pub(super) fn began(&self, pid: u32, process: &str) {
        self.callers.began(pid, process);
        self.children.lock().expect("nothing panics while the list is locked").push((pid, process.to_owned()));
    }

    /// It does not any more.
    pub(super) fn ended(&self, pid: u32) {
        self.callers.ended(pid);
        self.children.lock().expect("nothing panics while the list is locked").retain(|(child, _)| *child != pid);
    }

    /// In the order in which they began: their numbers are the machine's choice.
    fn children(&self) -> Vec<(u32, String)> {
        self.children.lock().expect("nothing panics while the list is locked").clone()
    }

    /// Asks those children to end whose processes `are_meant`; answers which.
    pub(crate) fn ask(&self, network: &Network, are_meant: impl Fn(&str) -> bool) -> Vec<String> {
        let meant: Vec<(u32, String)> = self.children().into_iter().filter(|(_, process)| are_meant(process)).collect();
        network.touch();
        for (child, _) in &meant {
            let pid = i32::try_from(*child).ok().and_then(Pid::from_raw);
            // One that is gone in the meantime need not be asked.
            let _ = pid.map(|pid| kill_process(pid, Signal::TERM));
        }
        meant.into_iter().map(|(_, process)| process).collect()
    }

    /// Asks all children to end, and waits for them as long as their drivers may take. Nobody may start them again.
    pub(crate) async fn ask_to_end(&self, network: &Network) {
        self.ask(network, |_| true);
        let clock = network.clock();
        let began = clock.elapsed().duration();
        while !self.children().is_empty() && clock.elapsed().duration().saturating_sub(began) < self.patience {
            tokio::time::sleep(LOOK).await;
        }
    }
}
