//! The table: what is printed, and nothing that measures.

use crate::failure::Failure;
use crate::operations::{Figures, Operation, count};
use crate::server::Server;

/// The head of a table.
pub fn head() {
    println!(
        "{:26} {:>10} {:>10} {:>7} | {:>11} {:>11} {:>7} | {:>9}",
        "", "ours/s", "vcsim/s", "ratio", "ours cpu µs", "vcsim cpu", "ratio", "client µs"
    );
}

/// One operation. The ratio of rates is ours to theirs, that of processor time theirs to ours: more is better in both.
pub fn row(operation: Operation, ours: &Figures, theirs: Option<&Figures>) {
    let Figures { rate, server, clients, .. } = ours;
    let name = operation.name();
    match theirs {
        Some(theirs) => println!(
            "{name:26} {rate:>10.1} {:>10.1} {:>6.1}x | {server:>11.1} {:>11.1} {:>6.1}x | {clients:>9.1}{}",
            theirs.rate,
            rate / theirs.rate,
            theirs.server,
            theirs.server / server,
            lost("vcsim", theirs)
        ),
        None => println!("{name:26} {rate:>10.1} {:>10} {:>7} | {server:>11.1} {:>11} {:>7} | {clients:>9.1}", "", "", "", ""),
    }
    if !lost("ours", ours).is_empty() {
        println!("{}", lost("ours", ours));
    }
}

/// How often a server did not tell of a change, if ever.
fn lost(whose: &str, figures: &Figures) -> String {
    match figures.lost {
        (0, _) => String::new(),
        (lost, told) => format!(" {whose} did not tell of {lost} changes, told of {told}"),
    }
}

/// The simulator does not do something.
pub fn failed(what: &str, error: &Failure) {
    let why: String = error.to_string().chars().take(600).collect();
    println!("vcsim failed, {what}: {why}");
}

/// The simulator takes no clients any more.
pub fn lost_altogether() {
    println!("vcsim does not take clients any more");
}

/// How long both took until they answered, and what the kernel counted for it.
pub fn ready(whose: &str, milliseconds: f64, processor: f64) {
    println!("ready, {whose}: {milliseconds:.0} ms, {processor:.0} ms of processor time");
}

/// The memory of a process.
pub fn memory(whose: &str, server: &Server) {
    println!("memory, {whose}: {} MiB, at most {} MiB", server.memory("VmRSS:"), server.memory("VmHWM:"));
}

/// How the cost of one call grows with the number of machines; what reads all of them is counted by the machine.
pub fn growth(operation: Operation, few: (usize, &Figures), many: (usize, &Figures)) -> f64 {
    let by = if operation == Operation::Seven { count(many.0) / count(few.0) } else { 1.0 };
    many.1.server / few.1.server / by
}
