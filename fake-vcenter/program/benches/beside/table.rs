//! The table: what is printed, and nothing that measures.

use crate::operations::{Measure, Operation, count};
use crate::server::Server;

/// The head of a table.
pub fn head() {
    println!(
        "{:26} {:>10} {:>10} {:>7} | {:>11} {:>11} {:>7} | {:>9}",
        "", "ours/s", "vcsim/s", "ratio", "ours cpu µs", "vcsim cpu", "ratio", "client µs"
    );
}

/// One operation. The ratio of rates is ours to theirs, that of processor time theirs to ours: more is better in both.
pub fn row(operation: Operation, ours: &Measure, theirs: Option<&Measure>) {
    let (rate, cpu) = (ours.rate(), ours.server_each());
    let name = operation.name();
    let clients = ours.clients_each();
    match theirs {
        Some(theirs) => {
            let (their_rate, their_cpu) = (theirs.rate(), theirs.server_each());
            println!(
                "{name:26} {rate:>10.1} {their_rate:>10.1} {:>6.1}x | {cpu:>11.1} {their_cpu:>11.1} {:>6.1}x | {clients:>9.1}",
                rate / their_rate,
                their_cpu / cpu
            );
        }
        None => println!("{name:26} {rate:>10.1} {:>10} {:>7} | {cpu:>11.1} {:>11} {:>7} | {clients:>9.1}", "", "", "", ""),
    }
}

/// How long both took until they answered.
pub fn ready(ours: &Server, theirs: Option<&Server>) {
    print!("ready: ours {:.0} ms", ours.ready.as_secs_f64() * 1e3);
    match theirs {
        Some(theirs) => println!(", vcsim {:.0} ms", theirs.ready.as_secs_f64() * 1e3),
        None => println!(),
    }
}

/// The most memory that a process ever had.
pub fn memory(whose: &str, mebibytes: u64) {
    println!("peak memory, {whose}: {mebibytes} MiB");
}

/// How the cost of one call grows with the number of machines; what reads all of them is counted by the machine.
pub fn flatness(costs: &[(usize, Vec<Measure>)]) {
    let [(few, first), .., (many, last)] = costs else { return };
    println!("\nserver's processor time for one call: {many} VMs over {few} VMs");
    for (operation, (small, large)) in Operation::ALL.into_iter().zip(first.iter().zip(last)) {
        let by = if operation == Operation::Seven { count(*many) / count(*few) } else { 1.0 };
        println!(
            "{:26} {:>6.2}x{}",
            operation.name(),
            large.server_each() / small.server_each() / by,
            if by > 1.0 { " (by the VM)" } else { "" }
        );
    }
}
