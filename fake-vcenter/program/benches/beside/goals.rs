//! The goals, and whether they are met: each that is not with how far it is away.

use crate::operations::{Figures, Operation};
use crate::table::growth;

/// So many machines the goals of rates and processor time are about.
pub const MACHINES: usize = 1_000;
/// From so few machines to so many what a call costs must stay the same.
const FLAT: (usize, usize) = (100, 10_000);
/// So much memory the largest world may take, in MiB.
const MEMORY: u64 = 150;
/// So long it may take until the largest world answers, in milliseconds.
const READY: f64 = 1_000.0;

/// What one size of a world came to.
pub struct Sized {
    /// So many machines.
    pub machines: usize,
    /// Ours and theirs, for each operation.
    pub rows: Vec<(Figures, Option<Figures>)>,
    /// Milliseconds until ours answered.
    pub ready: f64,
    /// The most memory that ours had with as many volumes as are looked at, in MiB.
    pub memory: u64,
}

/// By how much ours must do more than theirs in the same time. Where our clients spend more on a call than our server does, it is
/// they that are measured.
fn wanted_rate(operation: Operation, ours: &Figures) -> f64 {
    match operation {
        Operation::Create | Operation::Attach | Operation::Detach | Operation::Delete => 5.0,
        Operation::Nothing | Operation::Reconfigure | Operation::Notified => 1.0,
        _ if ours.clients > ours.server => 2.0,
        _ => 5.0,
    }
}

fn say(what: &str, is: f64, wanted: f64, less_is_better: bool) {
    let met = if less_is_better { is <= wanted } else { is >= wanted };
    let (verdict, bound) = (if met { "met   " } else { "MISSED" }, if less_is_better { "at most" } else { "at least" });
    println!("{verdict} {what}: {is:.2}, {bound} {wanted:.2}");
}

/// Judges what was measured.
pub fn judge(sizes: &[Sized]) {
    println!("\ngoals");
    let find = |machines: usize| sizes.iter().find(|size| size.machines == machines);
    for size in sizes.iter().filter(|size| size.machines == MACHINES) {
        for (operation, (ours, theirs)) in Operation::ALL.into_iter().zip(&size.rows) {
            let Some(theirs) = theirs else { continue };
            let name = operation.name();
            say(&format!("{name}, rate over vcsim's"), ours.rate / theirs.rate, wanted_rate(operation, ours), false);
            say(&format!("{name}, vcsim's processor time over ours"), theirs.server / ours.server, 5.0, false);
            if operation == Operation::Nothing || theirs.server / ours.server >= 5.0 {
                continue;
            }
            // No operation can be cheaper than the calls that it is made of.
            if let Some((nothing, _)) = size.rows.first() {
                let floor = ours.calls * nothing.server;
                let (calls, part) = (ours.calls, 100.0 * floor / ours.server);
                println!("       of which {calls:.1} calls that do nothing would be {floor:.0} µs, {part:.0} %");
            }
        }
    }
    if let (Some(few), Some(many)) = (find(FLAT.0), find(FLAT.1)) {
        for (place, operation) in Operation::ALL.into_iter().enumerate() {
            let grows = growth(operation, (few.machines, &few.rows[place].0), (many.machines, &many.rows[place].0));
            say(&format!("{}, processor time with {} VMs over {}", operation.name(), many.machines, few.machines), grows, 1.5, true);
        }
        say("ready with the most VMs, ms", many.ready, READY, true);
        say("memory with the most VMs and volumes, MiB", many.memory as f64, MEMORY as f64, true);
    }
}
