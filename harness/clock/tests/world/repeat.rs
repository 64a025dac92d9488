//! The same seed, the same run, on one CPU, first in first out: two Go programs over TCP, one that waits in system calls, and one
//! that draws randomness by the system call.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use libtest_mimic::{Completion, Trial};
use seatrial_clock::{Ending, Keeper, Options, Program, Scheduling};

use crate::setting::{Outcome, go, in_world};

const RUNS: usize = 6;

pub fn trials() -> Vec<Trial> {
    vec![
        repeated("repeat::two_go_programs_over_tcp", "pair", over_tcp),
        repeated("repeat::waits_in_system_calls", "calls", |path, seed| words_of(path, seed, 120)),
        repeated("repeat::draws_by_the_system_call", "draws", |path, seed| words_of(path, seed, 40)),
    ]
}

fn repeated(name: &'static str, program: &'static str, trace: fn(&Path, u64) -> Outcome<String>) -> Trial {
    Trial::ignorable_test(name, move || {
        let Some(path) = go(program) else { return Ok(Completion::ignored_with("Go is not present")) };
        if !matches!(scheduling(), Ok(Scheduling::Fifo { .. })) {
            return Ok(Completion::ignored_with("the right to real-time scheduling is missing"));
        }
        // Two worlds on one CPU would run in each other's order.
        static ALONE: Mutex<()> = Mutex::new(());
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        compare(&path, trace).map_err(|error| error.to_string())?;
        Ok(Completion::Completed)
    })
}

fn options() -> Options {
    Options { cpu: Some(0), ..Options::default() }
}

fn scheduling() -> Outcome<Scheduling> {
    Ok(Keeper::start(options())?.scheduling())
}

fn compare(path: &Path, trace: fn(&Path, u64) -> Outcome<String>) -> Outcome {
    let first = trace(path, 7)?;
    for run in 1..RUNS {
        let other = trace(path, 7)?;
        if other != first {
            let at = first.lines().zip(other.lines()).position(|(a, b)| a != b);
            let line = |text: &str| at.and_then(|at| text.lines().nth(at)).unwrap_or("its end").to_owned();
            return Err(format!("run {run} differs from the first at line {at:?}: {} and {}", line(&first), line(&other)).into());
        }
    }
    if trace(path, 8)? == first { Err("another seed gave the same run".into()) } else { Ok(()) }
}

/// What the server saw, and when.
fn over_tcp(path: &Path, seed: u64) -> Outcome<String> {
    in_world(options(), async |world| {
        let mut server = Program::new(path).arguments(["server", "127.0.0.1:27411"]);
        server.seed = Some(seed);
        let server = world.launch(server, "server").await?;
        world.clock.rest().await;
        let mut client = Program::new(path).arguments(["client", "127.0.0.1:27411"]);
        client.seed = Some(seed + 1000);
        world.launch(client, "client").await?;
        match server.exited().await {
            Ending::Exited(0) => complete(std::fs::read_to_string(world.file("server"))?, 201),
            other => Err(format!("the server {other}: {}", std::fs::read_to_string(world.file("client"))?).into()),
        }
    })
}

/// What the program says of its goroutines, and when.
fn words_of(path: &Path, seed: u64, lines: usize) -> Outcome<String> {
    in_world(options(), async |world| {
        let mut program = Program::new(path);
        program.seed = Some(seed);
        let ending = world.launch(program, "words").await?.exited().await;
        let said = std::fs::read_to_string(world.file("words"))?;
        if ending == Ending::Exited(0) { complete(said, lines) } else { Err(format!("the program {ending}: {said}").into()) }
    })
}

fn complete(trace: String, lines: usize) -> Outcome<String> {
    if trace.lines().count() == lines { Ok(trace) } else { Err(format!("{} lines, not {lines}: {trace}", trace.lines().count()).into()) }
}
