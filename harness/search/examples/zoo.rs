//! The zoo: bugs that users reported, put back into our drivers one at a time. Who finds them, when nobody has written a scenario for
//! them? `just zoo` answers with a table; `just zoo csi-2507` only for the reports whose names have that in them.
//!
//! A find counts when the unchanged drivers pass the same run. Suite: the committed scenarios but the report's own. Sweep: strikes at the
//! calm runs of a few plain scenarios, evenly spread. Exploration: seeds from 1 on. Each stops at its first find.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use seatrial_engine::{KeepJournal, Mode, RunSpec, Switches};
use seatrial_search::sweep::{Subjects, SweepOptions, Trouble, strikes};
use seatrial_search::{Bundle, explore};

/// As in the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Plain scenarios, about no bug: what a maintainer would sweep first.
const SWEPT: [&str; 6] =
    ["statefulset/scale", "statefulset/remove", "statefulset/drain", "growth/online", "snapshots/snapshot-first", "zones/placement"];
/// So many strikes at each of them.
const STRIKES: usize = 60;
/// So many seeds at most.
const SEEDS: usize = 200;

/// A report, and the behaviour without which our driver has its bug.
struct Animal {
    report: &'static str,
    behaviour: &'static str,
    /// The scenarios that were written for it.
    own: &'static [&'static str],
    release: fn(&mut Switches),
}

/// `animal!("csi-2507", csi.record_operation_first, ["statefulset/scale-crash"])`.
macro_rules! animal {
    ($report:literal, $part:ident . $name:ident, [$($own:literal),*]) => {
        Animal {
            report: $report,
            behaviour: concat!(stringify!($part), ".", stringify!($name)),
            own: &[concat!("bug-reports/", $report) $(, $own)*],
            release: |switches| switches.$part.$name = false,
        }
    };
}

const ZOO: &[Animal] = &[
    animal!("ccm-381", ccm.never_delete_unregistered, []),
    animal!("ccm-479", ccm.delete_only_on_proof, []),
    animal!("csi-2507", csi.record_operation_first, ["bug-reports/csi-1289", "bug-reports/csi-2224", "statefulset/scale-crash"]),
    animal!("csi-1474", csi.report_mixed_tags, []),
    animal!("csi-221", csi.absent_vm_is_detached, []),
    animal!("csi-2431", csi.keep_one_session, []),
    animal!("csi-2506", csi.report_publish_errors, []),
    animal!("csi-2619", ccm.search_every_vcenter, []),
    animal!("csi-266", csi.delete_waits_for_detach, []),
    animal!("csi-267", csi.log_in_again, ["bug-reports/csi-3589"]),
    animal!("csi-3787", csi.hold_refused_logins, []),
    animal!("csi-3888", csi.report_absent_datacenters, []),
    animal!("csi-3996", csi.never_delete_what_was_found, []),
    animal!("csi-468", csi.look_before_attaching_again, []),
    animal!("csi-580", csi.publish_twice_is_once, []),
    animal!("k8s-50281", csi.unknown_is_not_detached, []),
    animal!("k8s-78841", csi.respect_topology, []),
];

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    println!("| Report | Without | Suite | Sweep | Exploration |");
    println!("| --- | --- | --- | --- | --- |");
    let (mut all, mut found) = (0, 0);
    for animal in ZOO.iter().filter(|animal| animal.report.contains(&wanted)) {
        let (suite, sweep, seeds) = (animal.by_suite()?, animal.by_sweep()?, animal.by_exploration());
        all += 1;
        found += usize::from(sweep.is_some() || seeds.is_some());
        let [suite, sweep, seeds] = [suite, sweep, seeds].map(|found| found.unwrap_or_else(|| "-".to_owned()));
        println!("| {} | `{}` | {suite} | {sweep} | {seeds} |", animal.report, animal.behaviour);
    }
    println!("\n{found} of {all} found by sweeps or exploration: {STRIKES} strikes at each of {} scenarios, {SEEDS} seeds.", SWEPT.len());
    Ok(())
}

impl Animal {
    /// Whether this run fails because of the bug: with it, and not without.
    fn fails(&self, spec: &RunSpec) -> bool {
        let mut switches = Switches::default();
        (self.release)(&mut switches);
        let free = RunSpec { switches, ..spec.clone() };
        spec.unsupported().is_none() && !free.run().passed() && spec.run().passed()
    }

    fn by_suite(&self) -> Result<Option<String>, Failure> {
        let mut runs = Vec::new();
        for name in scenarios()? {
            if !self.own.contains(&name.as_str()) {
                let specs = bundle(&name)?.prepare(&name, 1, &Mode::Virtual)?;
                runs.extend(specs.into_iter().map(|spec| (name.clone(), spec)));
            }
        }
        Ok(first(runs.len(), |place| self.fails(&runs[place].1)).map(|place| runs[place].0.clone()))
    }

    fn by_sweep(&self) -> Result<Option<String>, Failure> {
        let mut tried = 0;
        for name in SWEPT {
            let bundle = bundle(name)?;
            let Some(spec) = bundle.prepare(name, 1, &Mode::Virtual)?.into_iter().next() else { continue };
            let mut switches = Switches::default();
            (self.release)(&mut switches);
            let calm = RunSpec { keep_journal: KeepJournal::Always, switches, ..spec.clone() }.run();
            if !calm.passed() {
                return Ok(Some(format!("{name}, calm")));
            }
            let options = SweepOptions { subjects: Subjects::default(), troubles: Trouble::ALL.to_vec(), sample: Some(STRIKES) };
            let strikes = strikes(&calm.journal, &options);
            let struck = |place: usize| {
                let bundle = strikes[place].bundle(&bundle, &spec).ok()?;
                bundle.prepare(name, 1, &Mode::Virtual).ok()?.into_iter().next()
            };
            if let Some(place) = first(strikes.len(), |place| struck(place).is_some_and(|spec| self.fails(&spec))) {
                return Ok(Some(format!("{name}, {}, strike {}", strikes[place].id, tried + place + 1)));
            }
            tried += strikes.len();
        }
        Ok(None)
    }

    fn by_exploration(&self) -> Option<String> {
        let spec = |seed: u64| explore::scenario(seed).prepare("explored", seed, &Mode::Virtual).ok()?.into_iter().next();
        let found = first(SEEDS, |place| spec(place as u64 + 1).is_some_and(|spec| self.fails(&spec)));
        found.map(|place| format!("seed {}", place + 1))
    }
}

/// The first of so many for which something holds, whoever looks at them.
fn first(number: usize, holds: impl Fn(usize) -> bool + Sync) -> Option<usize> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(None::<usize>));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::SeqCst);
                    let over = found.lock().map_or(true, |found| found.is_some_and(|found| found < place));
                    if place >= number || over {
                        return;
                    }
                    if holds(place)
                        && let Ok(mut found) = found.lock()
                    {
                        *found = Some(found.map_or(place, |before| before.min(place)));
                    }
                }
            });
        }
    });
    found.into_inner().ok().flatten()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

/// The names of all committed scenarios, in order.
fn scenarios() -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for area in std::fs::read_dir(root())? {
        let area = area?.path();
        for file in std::fs::read_dir(&area)? {
            let file = file?.path();
            if file.extension().is_some_and(|extension| extension == "yaml") {
                names.push(file.with_extension("").strip_prefix(root())?.display().to_string());
            }
        }
    }
    names.sort();
    Ok(names)
}

fn bundle(name: &str) -> Result<Bundle, Failure> {
    let file = root().join(format!("{name}.yaml"));
    let scenario = seatrial_scenario::parse(name, &std::fs::read_to_string(&file)?)?;
    Ok(Bundle::of(&scenario, file.parent().unwrap_or(Path::new(".")), &|path| std::fs::read_to_string(path))?)
}
