//! What a cluster at rest costs: ten nodes with their kubelets, all control loops and nothing to do for some virtual
//! hours. Prints virtual seconds per wall second, and what crossed the wires.
//!
//! `cargo run --release -p seatrial-node --example rest [NODES] [HOURS]`

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use seatrial_journal::{Border, Entry, Event, Sink};
use seatrial_kubernetes::api::ApiServer;
use seatrial_kubernetes::client::API_SERVER;
use seatrial_kubernetes::loops::{self, Rules};
use seatrial_node::{Disks, GuestDisk, Hardware, Kubelet, KubeletConfig, SimulatedMachine};
use seatrial_wires::virtual_run;

/// A VM without disks.
struct Bare;

impl Hardware for Bare {
    fn disks(&self) -> Vec<GuestDisk> {
        Vec::new()
    }
}

/// Counts what crosses the wires.
#[derive(Clone, Default)]
struct CallCounter(Arc<std::sync::Mutex<BTreeMap<String, u64>>>);

impl Sink for CallCounter {
    fn take(&mut self, entry: &Entry, _line: &str) {
        if let (Event::Sent(call), Ok(mut counter)) = (&entry.event, self.0.lock()) {
            *counter.entry(call.method.clone()).or_default() += 1;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures wall time")]
fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (nodes, hours) = (number(10), number(10));
    let counter = CallCounter::default();
    let counted = counter.clone();
    let (wall, before) = virtual_run(1, |network| async move {
        let server = ApiServer::new(network.clock(), network.seed(), network.journal().clone());
        network.process("kube-apiserver").listen(API_SERVER, Border::Kubernetes, server.service(), ApiServer::describe());
        loops::start_controller_manager(&network.process("kube-controller-manager"), Rules::default());
        loops::start_scheduler(&network.process("kube-scheduler"), Rules::default());
        let disks = Disks::new(network.journal().clone());
        for number in 1..=nodes {
            let name = format!("worker-{number}");
            let machine = SimulatedMachine::new(
                &name,
                "42160000-0000-0000-0000-000000000000",
                Arc::new(Bare),
                Arc::clone(&disks),
                network.journal().clone(),
            );
            Kubelet::start(&network.process(&format!("kubelet/{name}")), KubeletConfig::new(machine, "192.0.2.1"));
        }
        tokio::time::sleep(Duration::from_secs(600)).await;
        network.journal().add_sink(counted);
        let begin = std::time::Instant::now();
        tokio::time::sleep(Duration::from_secs(3600 * hours)).await;
        (begin.elapsed(), network.live_tasks())
    });
    let seconds = 3600.0 * hours as f64;
    println!(
        "{nodes} nodes at rest: {:.0} virtual seconds per wall second ({hours} h in {:.0} ms)",
        seconds / wall.as_secs_f64(),
        wall.as_secs_f64() * 1e3
    );
    println!("{before} tasks");
    for (method, count) in counter.0.lock().iter().flat_map(|counter| counter.iter()) {
        println!("{:>9.1} per hour  {method}", *count as f64 / hours as f64);
    }
}
