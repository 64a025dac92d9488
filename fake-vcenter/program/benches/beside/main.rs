//! Our vCenter beside govmomi's simulator: the same bytes to both, in the same run, and the ratios.
//!
//! `just bench-vcenter` runs it; `just bench-vcenter 1000` with that many machines only. Where Go is not there, ours is measured alone.
//! Both answer plain HTTP on loopback; tasks take no time of their own (`--task-time 0`; the simulator has no delays unless told). Rates
//! of both fall when something else runs on the machine, so look at processor time first: it is what the kernel counted for
//! the server's threads.

mod client;
mod failure;
mod operations;
mod server;
mod soap;
mod table;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::failure::Failure;
use crate::operations::{Measure, Operation, Rig};
use crate::server::{Server, ServerKind};

/// How many machines there are, one measurement each.
const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// So long each operation is repeated.
const TIME: Duration = Duration::from_millis(1_500);
/// So many volumes there are while volumes are asked for and attached.
const VOLUMES: usize = 100;
/// So many there are when memory is looked at.
const MANY_VOLUMES: usize = 10_000;

fn main() -> ExitCode {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    match run(if sizes.is_empty() { &SIZES } else { &sizes }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(sizes: &[usize]) -> Result<(), Failure> {
    let ours = Path::new(env!("CARGO_BIN_EXE_fake-vcenter"));
    let theirs = vcsim(ours);
    if theirs.is_none() {
        println!("Go is not there or the simulator does not build: ours alone.");
    }
    let mut costs = Vec::new();
    for &machines in sizes {
        let mut fake = Rig::new(Server::start(ServerKind::Fake, ours, machines)?)?;
        let ready = fake.server.peak()?;
        let mut vcsim = theirs.as_ref().map(|program| Rig::new(Server::start(ServerKind::Vcsim, program, machines)?)).transpose()?;
        println!("\n{machines} VMs, {} in flight, {VOLUMES} volumes", operations::IN_FLIGHT);
        table::ready(&fake.server, vcsim.as_ref().map(|rig| &rig.server));
        table::head();
        let mut row = Vec::new();
        for operation in Operation::ALL {
            let mine = measure(&mut fake, operation)?;
            let other = vcsim.as_mut().map(|rig| measure(rig, operation)).transpose()?;
            table::row(operation, &mine, other.as_ref());
            row.push(mine);
        }
        table::memory("ours when ready", ready);
        table::memory("ours after all this", fake.server.peak()?);
        if let Some(vcsim) = &vcsim {
            table::memory("vcsim after all this", vcsim.server.peak()?);
        }
        drop(vcsim);
        many_volumes(&mut fake)?;
        costs.push((machines, row));
    }
    table::flatness(&costs);
    Ok(())
}

fn measure(rig: &mut Rig, operation: Operation) -> Result<Measure, Failure> {
    let most = if operation == Operation::Create { VOLUMES } else { usize::MAX };
    rig.measure(operation, most, TIME)
}

/// Ours with as many volumes as large sites have.
fn many_volumes(fake: &mut Rig) -> Result<(), Failure> {
    fake.measure(Operation::Create, MANY_VOLUMES, Duration::MAX)?;
    println!("\nours with {MANY_VOLUMES} volumes");
    table::head();
    for operation in [Operation::Query, Operation::QueryAll, Operation::Attach, Operation::Detach] {
        table::row(operation, &fake.measure(operation, usize::MAX, TIME)?, None);
    }
    table::memory("ours after that", fake.server.peak()?);
    Ok(())
}

/// Builds the simulator beside our program, if Go is there.
fn vcsim(ours: &Path) -> Option<PathBuf> {
    let program = ours.ancestors().nth(2)?.join("beside").join("vcsim");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/beside/vcsim");
    let built = Command::new("go").arg("build").arg("-o").arg(&program).arg(".").current_dir(sources).status();
    built.is_ok_and(|status| status.success()).then_some(program)
}
