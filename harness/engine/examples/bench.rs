//! What the committed scenarios cost: wall and virtual time of each, scenarios and vCenter calls per second in process,
//! virtual over wall time, peak memory. `just bench` runs it; `just bench rest` only what has "rest" in its name.
//!
//! Each scenario runs under many seeds one after the other on one thread, after one run that is not counted. The
//! figures are medians; the peak is the process's, as the kernel counts it. The last line is a cluster of ten nodes at rest
//! for a day: leases, status reports, resyncs, sessions kept alive.

use std::ops::RangeInclusive;
use std::path::Path;

use seatrial_engine::{RunOutcome, RunSpec, prepare};
use seatrial_journal::Border;

/// As in the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SEEDS: RangeInclusive<u64> = 1..=20;
const SCENARIOS: [&str; 6] = [
    "scenarios/statefulset/scale.yaml",
    "scenarios/statefulset/scale-crash.yaml",
    "scenarios/zones/placement.yaml",
    "scenarios/multi-vcenter/one-down.yaml",
    "scenarios/encryption-rekey/move.yaml",
    "scenarios/node-failure/power-off.yaml",
];

const AT_REST: &str = "
scenario: Ten nodes at rest for a day
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 5, datastores: [vsan-a]}]}]
  kubernetes: {nodes: 10}
  drivers: {csi: ours, ccm: ours}
steps:
  - wait: {node/worker-10: initialized}
  - sleep: 24h
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!(
        "{:44} {:>9} {:>10} {:>11} {:>12} {:>14} {:>12}",
        "case", "wall", "virtual", "virtual/wall", "runs/s", "vCenter calls/s", "journal/s"
    );
    let wanted = std::env::args().nth(1).unwrap_or_default();
    for name in SCENARIOS.into_iter().filter(|name| name.contains(&wanted)) {
        for place in 0..specs(name, 1)?.len() {
            measure(name, SEEDS, |seed| Ok(specs(name, seed)?.remove(place)))?;
        }
    }
    if "ten nodes at rest for a day".contains(&wanted) {
        measure("ten nodes at rest for a day", 1..=5, |seed| {
            let scenario = seatrial_scenario::parse("at rest", AT_REST)?;
            Ok(prepare(&scenario, Path::new("."), seed)?.remove(0))
        })?;
    }
    println!("peak memory of this process: {}", peak_memory().unwrap_or_else(|| "not told by this system".to_owned()));
    Ok(())
}

fn specs(name: &str, seed: u64) -> Result<Vec<RunSpec>, Box<dyn std::error::Error>> {
    let file = Path::new(name);
    let beside = |path: &str| std::fs::read_to_string(file.with_file_name(path));
    let scenario = seatrial_scenario::parse_in(name, &std::fs::read_to_string(file)?, &beside)?;
    Ok(prepare(&scenario, file.parent().unwrap_or(Path::new(".")), seed)?)
}

fn measure(
    name: &str,
    seeds: RangeInclusive<u64>,
    spec: impl Fn(u64) -> Result<RunSpec, Box<dyn std::error::Error>>,
) -> Result<(), Box<dyn std::error::Error>> {
    let first = spec(*seeds.start())?;
    first.run();
    let mut outcomes = Vec::new();
    for seed in seeds {
        let outcome = spec(seed)?.run();
        if !outcome.passed() {
            return Err(format!("{name} seed {seed} did not hold: {:?}", outcome.complaints()).into());
        }
        outcomes.push(outcome);
    }
    let wall = median(&outcomes, |outcome| outcome.wall_time.as_secs_f64());
    let virtual_time = median(&outcomes, |outcome| outcome.virtual_time.duration().as_secs_f64());
    let calls = median(&outcomes, |outcome| vcenter_calls(outcome) as f64);
    let entries = median(&outcomes, |outcome| outcome.entries as f64);
    println!(
        "{:44} {:>8.1}ms {:>9.0}s {:>12.0} {:>12.1} {:>14.0} {:>12.0}",
        format!("{name} [{}]", first.case.name),
        wall * 1e3,
        virtual_time,
        virtual_time / wall,
        1.0 / wall,
        calls / wall,
        entries / wall,
    );
    Ok(())
}

fn vcenter_calls(outcome: &RunOutcome) -> u64 {
    outcome.calls.iter().filter(|((border, _), _)| *border == Border::VCenter).map(|(_, number)| number).sum()
}

fn median(outcomes: &[RunOutcome], figure: impl Fn(&RunOutcome) -> f64) -> f64 {
    let mut figures: Vec<f64> = outcomes.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// `VmHWM` of Linux.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(format!("{:.1} MiB", kib / 1024.0))
}
