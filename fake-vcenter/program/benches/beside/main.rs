//! Our vCenter beside govmomi's simulator: the same bytes to both, in the same run, the ratios, and whether they are what they
//! shall be.
//!
//! `just bench-vcenter` runs it; `just bench-vcenter 1000` with that many machines only. Where Go is not there, ours is measured alone.
//! `--ours=FILE` and `--vcsim=FILE` measure programs that are there already, such as those of another commit.
//! Both answer plain HTTP on loopback; tasks take no time of their own (`--task-time 0`; the simulator has no delays unless told). Rates
//! of both fall when something else runs on the machine, so look at processor time first: it is what the kernel counted for
//! the server's threads. The servers take turns, and figures are medians of rounds, so that what disturbs one disturbs both.
//!
//! Every wait has a bound. What a server forgot to tell of is counted beside the figures (the simulator loses what changes while a
//! follower is about to ask again), and where the simulator fails altogether, why is printed and its column stays empty.

mod client;
mod failure;
mod goals;
mod operations;
mod server;
mod soap;
mod table;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::failure::Failure;
use crate::goals::Sized;
use crate::operations::{Figures, Measure, Operation, Rig, median};
use crate::server::{Server, ServerKind};

/// How many machines there are, one measurement each.
const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// So long each operation is repeated in a round.
const TIME: Duration = Duration::from_millis(1_000);
/// So many rounds: in each one the servers take turns, operation by operation.
const ROUNDS: usize = 3;
/// So many volumes there are while volumes are asked for and attached.
const VOLUMES: usize = 100;
/// So many there are when memory is looked at.
const MANY_VOLUMES: usize = 10_000;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let sizes: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let named = |name: &str| words.iter().find_map(|word| word.strip_prefix(name)).map(PathBuf::from);
    match run(if sizes.is_empty() { &SIZES } else { &sizes }, named("--ours="), named("--vcsim=")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(sizes: &[usize], ours: Option<PathBuf>, theirs: Option<PathBuf>) -> Result<(), Failure> {
    let ours = ours.unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_fake-vcenter")));
    let theirs = theirs.or_else(|| vcsim(&ours));
    if theirs.is_none() {
        println!("Go is not there or the simulator does not build: ours alone.");
    }
    let measured = sizes.iter().map(|machines| measure(*machines, &ours, theirs.as_deref())).collect::<Result<Vec<_>, _>>()?;
    goals::judge(&measured);
    Ok(())
}

/// All operations in a world of this size: first ours alone with many volumes, then both, in turns.
fn measure(machines: usize, ours: &Path, theirs: Option<&Path>) -> Result<Sized, Failure> {
    println!("\n{machines} VMs, {} in flight, {VOLUMES} volumes, medians of {ROUNDS} rounds", operations::IN_FLIGHT);
    let starts = (0..ROUNDS).map(|_| Server::start(ServerKind::Fake, ours, machines)).collect::<Result<Vec<_>, _>>()?;
    let ready = median(starts.iter().map(|server| server.ready.as_secs_f64() * 1e3).collect());
    table::ready("ours", ready, median(starts.iter().map(|server| server.ready_cpu.as_secs_f64() * 1e3).collect()));
    drop(starts);
    let memory = many_volumes(Rig::new(Server::start(ServerKind::Fake, ours, machines)?)?)?;
    let mut fake = Rig::new(Server::start(ServerKind::Fake, ours, machines)?)?;
    let mut vcsim = theirs.and_then(|program| simulator(program, machines));
    if let Some(Rig { server, .. }) = &vcsim {
        table::ready("vcsim", server.ready.as_secs_f64() * 1e3, server.ready_cpu.as_secs_f64() * 1e3);
    }
    let (mut mine, mut others) = (Operation::ALL.map(|_| Vec::new()), Operation::ALL.map(|_| Vec::new()));
    for _ in 0..ROUNDS {
        for (place, operation) in Operation::ALL.into_iter().enumerate() {
            mine[place].push(one(&mut fake, operation)?);
            if let Some(rig) = &mut vcsim {
                others[place].extend(attempt(rig, operation));
            }
        }
    }
    table::head();
    let mut rows = Vec::new();
    for ((operation, mine), others) in Operation::ALL.into_iter().zip(&mine).zip(&others) {
        let (mine, other) = (Figures::of(mine), (!others.is_empty()).then(|| Figures::of(others)));
        table::row(operation, &mine, other.as_ref());
        rows.push((mine, other));
    }
    table::memory("ours after all this", &fake.server);
    if let Some(vcsim) = &vcsim {
        table::memory("vcsim after all this", &vcsim.server);
    }
    Ok(Sized { machines, rows, ready, memory })
}

fn one(rig: &mut Rig, operation: Operation) -> Result<Measure, Failure> {
    let most = if operation == Operation::Create { VOLUMES } else { usize::MAX };
    rig.measure(operation, most, TIME)
}

/// The simulator, or why it cannot be measured.
fn simulator(program: &Path, machines: usize) -> Option<Rig> {
    Server::start(ServerKind::Vcsim, program, machines).and_then(Rig::new).map_err(|error| table::failed("to start", &error)).ok()
}

/// One operation of the simulator. Where it fails, that is printed, and the clients begin anew.
fn attempt(rig: &mut Rig, operation: Operation) -> Option<Measure> {
    let failed = one(rig, operation).map_err(|error| table::failed(operation.name(), &error));
    if failed.is_err() && rig.reconnect().is_err() {
        table::lost_altogether();
    }
    failed.ok()
}

/// Ours with as many volumes as large sites have: the most memory that it took, in MiB, before anybody reads everything at once.
fn many_volumes(mut fake: Rig) -> Result<u64, Failure> {
    table::memory("ours when ready", &fake.server);
    let create = fake.measure(Operation::Create, MANY_VOLUMES, Duration::MAX)?;
    let memory = fake.server.memory("VmHWM:");
    table::memory(&format!("ours with {MANY_VOLUMES} volumes"), &fake.server);
    println!("ours with {MANY_VOLUMES} volumes");
    table::head();
    table::row(Operation::Create, &Figures::of(&[create]), None);
    for operation in [Operation::Query, Operation::QueryAll, Operation::Attach, Operation::Detach, Operation::Seven] {
        table::row(operation, &Figures::of(&[fake.measure(operation, usize::MAX, TIME)?]), None);
    }
    table::memory("ours after that", &fake.server);
    Ok(memory)
}

/// Builds the simulator beside our program, if Go is there.
fn vcsim(ours: &Path) -> Option<PathBuf> {
    let program = ours.ancestors().nth(2)?.join("beside").join("vcsim");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/beside/vcsim");
    let built = Command::new("go").arg("build").arg("-o").arg(&program).arg(".").current_dir(sources).status();
    built.is_ok_and(|status| status.success()).then_some(program)
}
