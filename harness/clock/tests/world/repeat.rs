//! The same seed, the same run: two Go programs over TCP, on one CPU, first in first out.

use std::path::Path;

use libtest_mimic::{Completion, Trial};
use seatrial_clock::{Ending, Keeper, Options, Program, Scheduling};

use crate::setting::{Outcome, go, in_world};

const RUNS: usize = 6;

pub fn trials() -> Vec<Trial> {
    vec![Trial::ignorable_test("repeat::two_go_programs_over_tcp", || {
        let Some(path) = go("pair") else { return Ok(Completion::ignored_with("Go is not present")) };
        if !matches!(scheduling(), Ok(Scheduling::Fifo { .. })) {
            return Ok(Completion::ignored_with("the right to real-time scheduling is missing"));
        }
        compare(&path).map_err(|error| error.to_string())?;
        Ok(Completion::Completed)
    })]
}

fn options() -> Options {
    Options { cpu: Some(0), ..Options::default() }
}

fn scheduling() -> Outcome<Scheduling> {
    Ok(Keeper::start(options())?.scheduling())
}

fn compare(path: &Path) -> Outcome {
    let first = trace(path, 7)?;
    if first.lines().count() != 201 {
        return Err(format!("the server saw {} requests: {first}", first.lines().count()).into());
    }
    for run in 1..RUNS {
        let other = trace(path, 7)?;
        if other != first {
            let at = first.lines().zip(other.lines()).position(|(a, b)| a != b);
            return Err(format!("run {run} differs from the first at line {at:?}").into());
        }
    }
    if trace(path, 8)? == first { Err("another seed gave the same run".into()) } else { Ok(()) }
}

/// What the server saw, and when.
fn trace(path: &Path, seed: u64) -> Outcome<String> {
    in_world(options(), async |world| {
        let mut server = Program::new(path).arguments(["server", "127.0.0.1:27411"]);
        server.seed = Some(seed);
        let server = world.launch(server, "server").await?;
        world.clock.rest().await;
        let mut client = Program::new(path).arguments(["client", "127.0.0.1:27411"]);
        client.seed = Some(seed + 1000);
        world.launch(client, "client").await?;
        match server.exited().await {
            Ending::Exited(0) => Ok(std::fs::read_to_string(world.file("server"))?),
            other => Err(format!("the server {other}: {}", std::fs::read_to_string(world.file("client"))?).into()),
        }
    })
}
