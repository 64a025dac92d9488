//! What the keeper costs: processes with threads that sleep, one of which wakes every millisecond of the world's.
//! `cargo run --release -p seatrial-clock --example cost -- [CPU]`

use std::error::Error;
use std::thread;
use std::time::Duration;

use seatrial_clock::{Ending, Keeper, Options, Program, WorldClock};

const TICKS: u32 = 2000;

fn main() -> Result<(), Box<dyn Error>> {
    seatrial_clock::role::take_over(std::env::args_os());
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.as_slice() {
        [child, ticks, threads] if child == "__child" => sleep(ticks.parse()?, threads.parse()?),
        [] => table(None),
        [cpu] => table(Some(cpu.parse()?)),
        _ => Err("which CPU?".into()),
    }
}

fn sleep(ticks: u32, threads: u32) -> Result<(), Box<dyn Error>> {
    for _ in 1..threads {
        thread::spawn(thread::park);
    }
    if ticks == 0 {
        thread::park();
    }
    for _ in 0..ticks {
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn table(cpu: Option<usize>) -> Result<(), Box<dyn Error>> {
    let scheduling = Keeper::start(Options { cpu, ..Options::default() })?.scheduling();
    println!("{scheduling:?}; us of CPU, each the mean of {TICKS}");
    println!("                         a look that finds all asleep   a jump that wakes one thread");
    println!("processes  threads each    keeper  the world's thread     keeper  the world's thread");
    for (processes, threads) in [(1, 1), (1, 10), (1, 100), (8, 1), (8, 10), (8, 36), (16, 36)] {
        let [look, jump] = measure(cpu, processes, threads)?;
        println!("{processes:9}  {threads:12}  {:8.1}  {:18.1}   {:8.1}  {:18.1}", look[0], look[1], jump[0], jump[1]);
    }
    Ok(())
}

/// Microseconds of CPU for each look and each jump: of the keeper, and of the world's thread.
fn measure(cpu: Option<usize>, processes: u32, threads: u32) -> Result<[[f64; 2]; 2], Box<dyn Error>> {
    let keeper = Keeper::start(Options { cpu, ..Options::default() })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    runtime.block_on(async {
        let clock = WorldClock::new(keeper).await?;
        let program = |ticks: u32| -> std::io::Result<Program> {
            Ok(Program::new(std::env::current_exe()?).arguments(["__child".to_owned(), ticks.to_string(), threads.to_string()]))
        };
        for _ in 1..processes {
            clock.launch(program(0)?).await?;
        }
        let idle = clock.launch(program(0)?).await?;
        clock.rest().await;
        let before = used()?;
        for _ in 0..TICKS {
            clock.touch();
            clock.rest().await;
        }
        let look = each(before, used()?);
        idle.signal(nix::sys::signal::Signal::SIGKILL).await?;
        idle.exited().await;
        let before = used()?;
        let child = clock.launch(program(TICKS)?).await?;
        let ending = child.exited().await;
        let jump = each(before, used()?);
        clock.shutdown().await;
        if ending == Ending::Exited(0) { Ok([look, jump]) } else { Err(format!("the child {ending}").into()) }
    })
}

fn each(before: [u64; 2], after: [u64; 2]) -> [f64; 2] {
    [0, 1].map(|n| (after[n] - before[n]) as f64 / f64::from(TICKS) / 1000.0)
}

/// Nanoseconds of CPU of the keeper and of the world's thread.
fn used() -> Result<[u64; 2], Box<dyn Error>> {
    Ok([used_by("keeper")?, used_by("cost")?])
}

/// Nanoseconds of CPU of our thread of this name.
fn used_by(name: &str) -> Result<u64, Box<dyn Error>> {
    for thread in std::fs::read_dir("/proc/self/task")? {
        let folder = thread?.path();
        if std::fs::read_to_string(folder.join("comm"))?.trim() == name {
            let line = std::fs::read_to_string(folder.join("schedstat"))?;
            return Ok(line.split(' ').next().ok_or("no number")?.parse()?);
        }
    }
    Err(format!("no thread {name}").into())
}
