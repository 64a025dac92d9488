//! The zoo: bugs that users reported, put back into our drivers one at a time. Who finds them, when nobody has written a scenario for
//! them? `just zoo` answers with a table. `just zoo csi-2507` does so only for the reports whose names have that in them; `just zoo search`
//! does not ask the committed scenarios, `just zoo explore 100 ccm` asks the first hundred seeds alone. `just zoo planted 100` asks for every
//! behaviour that our drivers can be robbed of, by so many seeds, and how small its finds become; a folder behind it takes those.
//!
//! A find counts when the unchanged drivers pass the same run. Suite: the committed scenarios but the report's own. Sweep: strikes at the
//! calm runs of a few plain scenarios, evenly spread. Exploration: seeds from 1 on. Each stops at its first find.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use seatrial_engine::{KeepJournal, Mode, RunSpec, Switches};
use seatrial_search::Bundle;
use seatrial_search::explore::{self, Lineage};
use seatrial_search::shrink::{ShrinkOptions, Suspect, shrink};
use seatrial_search::sweep::{Subjects, SweepOptions, Trouble, strikes};

/// As in the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Plain scenarios, about no bug: what a maintainer would sweep first.
const SWEPT: [&str; 6] =
    ["statefulset/scale", "statefulset/remove", "statefulset/drain", "growth/online", "snapshots/snapshot-first", "zones/placement"];
/// So many strikes at each of them.
const STRIKES: usize = 150;
/// So many seeds at most.
const SEEDS: usize = 1_000;
/// A find is made small with so many candidates at most.
const TRIES: usize = 1_500;

/// A report, and the behaviour without which our driver, or the part of Kubernetes that it was about, has its bug.
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
    animal!("csi-1629", ccm.try_both_byte_orders, []),
    animal!("csi-1658", csi.refuse_what_no_node_can_do, []),
    animal!("csi-221", csi.absent_vm_is_detached, []),
    animal!("csi-2338", kubernetes.refuse_claim_selectors, []),
    animal!("csi-2431", csi.keep_one_session, []),
    animal!("csi-2431", ccm.keep_one_session, []),
    animal!("csi-2506", csi.report_publish_errors, []),
    animal!("csi-2619", ccm.search_every_vcenter, []),
    animal!("csi-266", csi.delete_waits_for_detach, []),
    animal!("csi-267", csi.log_in_again, ["bug-reports/csi-3589"]),
    animal!("csi-359", kubernetes.force_detach_after_six_minutes, []),
    animal!("csi-3787", csi.hold_refused_logins, []),
    animal!("csi-3787", ccm.hold_refused_logins, []),
    animal!("csi-3888", csi.report_absent_datacenters, []),
    animal!("csi-3996", csi.never_delete_what_was_found, []),
    animal!("csi-468", csi.report_attach_limit, []),
    animal!("csi-468", csi.look_before_attaching_again, []),
    animal!("csi-580", csi.publish_twice_is_once, []),
    animal!("k8s-50281", csi.unknown_is_not_detached, []),
    animal!("k8s-78841", csi.respect_topology, []),
];

/// Who is asked.
struct Asked {
    suite: bool,
    sweeps: bool,
    seeds: usize,
}

/// A behaviour, and how to take it away.
struct Planted {
    behaviour: &'static str,
    release: fn(&mut Switches),
}

/// `planted!(csi: [a, b], ccm: [c])`.
macro_rules! planted {
    ($($part:ident: [$($name:ident),* $(,)?]),* $(,)?) => {
        &[$($(Planted {
            behaviour: concat!(stringify!($part), ".", stringify!($name)),
            release: |switches| switches.$part.$name = false,
        }),*),*]
    };
}

/// All behaviours of our drivers; the compiler does not say when one is missing here.
const PLANTED: &[Planted] = planted!(
    csi: [
        record_operation_first,
        look_before_creating_again,
        look_after_failed_tasks,
        attach_before_answering,
        format_only_blank_disks,
        keep_one_session,
        keep_secrets,
        log_in_again,
        hold_refused_logins,
        report_absent_datacenters,
        changes_outlive_callers,
        resume_where_it_began,
        never_delete_what_was_found,
        wait_for_lost_tasks,
        one_vcenter_down_is_not_all,
        unanswered_is_not_absent,
        respect_topology,
        shared_by_all_nodes,
        prefer_what_every_host_mounts,
        zones_need_what_their_nodes_need,
        report_mixed_tags,
        check_policy,
        refuse_what_no_node_can_do,
        round_sizes_up,
        register_disks,
        delete_volumes,
        keep_mount_options,
        publish_read_only,
        publish_twice_is_once,
        look_before_attaching_again,
        look_before_detaching_again,
        look_before_deleting_again,
        report_publish_errors,
        absent_vm_is_detached,
        unknown_is_not_detached,
        delete_waits_for_detach,
        report_attach_limit,
        extend_before_answering,
        grown_already_is_success,
        look_after_failed_extends,
        nodes_take_part_in_growth,
        rescan_grown_disks,
        grow_filesystems,
        recrypt_before_attach,
        retry_interrupted_recrypt,
        look_before_snapshotting_again,
        delete_snapshots,
        restore_from_snapshots,
        limit_snapshots,
        restore_in_the_same_size,
        delete_waits_for_snapshots,
    ],
    ccm: [
        delete_only_on_proof,
        wait_for_guest_tools,
        never_delete_unregistered,
        whole_provider_ids_only,
        ambiguous_name_is_error,
        remove_taint_last,
        search_every_vcenter,
        keep_zone_labels,
        keep_one_session,
        taint_shutdown_nodes,
        delete_what_is_gone,
        write_only_changes,
        label_zones_from_ancestors,
        hold_refused_logins,
    ],
);

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1).peekable();
    let mode = words.next_if(|word| ["search", "explore", "planted"].contains(&word.as_str())).unwrap_or_default();
    let seeds = words.next_if(|word| word.parse::<usize>().is_ok()).and_then(|seeds| seeds.parse().ok()).unwrap_or(SEEDS);
    let rest = words.next();
    if mode == "planted" {
        return planted_bugs(seeds, rest.as_deref().map(Path::new));
    }
    reports(rest.as_deref().unwrap_or_default(), &Asked { suite: mode.is_empty(), sweeps: mode != "explore", seeds })
}

/// The table of the reports whose names have this in them.
fn reports(wanted: &str, asked: &Asked) -> Result<(), Failure> {
    println!("| Report | Without | Suite | Sweep | Exploration |");
    println!("| --- | --- | --- | --- | --- |");
    let (mut all, mut found) = (0, 0);
    for animal in ZOO.iter().filter(|animal| animal.report.contains(wanted)) {
        let suite = if asked.suite { animal.by_suite()? } else { None };
        let sweep = if asked.sweeps { animal.by_sweep()? } else { None };
        let seeds = animal.by_exploration(asked.seeds);
        all += 1;
        found += usize::from(sweep.is_some() || seeds.is_some());
        let [suite, sweep, seeds] = [suite, sweep, seeds].map(|found| found.unwrap_or_else(|| "-".to_owned()));
        println!("| {} | `{}` | {suite} | {sweep} | {seeds} |", animal.report, animal.behaviour);
    }
    let sweeps = if asked.sweeps { format!("{STRIKES} strikes at each of {} scenarios, ", SWEPT.len()) } else { String::new() };
    println!("\n{found} of {all} found by sweeps or exploration: {sweeps}{} seeds.", asked.seeds);
    Ok(())
}

/// All behaviours, by exploration, and how small what is found becomes.
fn planted_bugs(seeds: usize, folder: Option<&Path>) -> Result<(), Failure> {
    println!("| Without | Exploration | Lines of steps and faults | Runs of shrinking |");
    println!("| --- | --- | --- | --- |");
    let mut sizes = Vec::new();
    for planted in PLANTED {
        let switches = without(planted.release);
        match explored(&switches, seeds) {
            None => println!("| `{}` | - | | |", planted.behaviour),
            Some(seed) => {
                let (lines, tried) = shrunk(seed, &switches, folder)?;
                sizes.push(lines);
                println!("| `{}` | seed {seed} | {lines} | {tried} |", planted.behaviour);
            }
        }
    }
    sizes.sort_unstable();
    let median = sizes.get(sizes.len() / 2).copied().unwrap_or_default();
    println!("\n{} of {} found within {seeds} seeds; the median has {median} lines of steps and faults.", sizes.len(), PLANTED.len());
    Ok(())
}

/// How many lines of steps and faults the smallest scenario has that fails as this seed's does, and after how many runs.
fn shrunk(seed: u64, switches: &Switches, folder: Option<&Path>) -> Result<(usize, usize), Failure> {
    let suspect = Suspect::find(&explore::scenario(&Lineage::from(seed)), seed, switches, &Mode::Virtual)?;
    let options = ShrinkOptions { workers: std::thread::available_parallelism().map_or(1, usize::from), tries: TRIES };
    let small = shrink(&suspect.bundle, options, |bundle| suspect.is(bundle), |_, _| {})?;
    let told = suspect.told(&small.bundle)?;
    if let Some(folder) = folder {
        told.named(&format!("seed-{seed}"))?.write(folder, &format!("seed-{seed}.yaml"))?;
    }
    let mut counts = false;
    let lines = told.scenario.lines().filter(|line| {
        if !line.starts_with([' ', '-']) {
            counts = line.starts_with("steps:") || line.starts_with("faults:");
            return false;
        }
        counts
    });
    Ok((lines.count(), small.tried))
}

fn without(release: fn(&mut Switches)) -> Switches {
    let mut switches = Switches::default();
    release(&mut switches);
    switches
}

/// Whether this run fails because of what is missing: without it, and not with it.
fn fails(spec: &RunSpec, switches: &Switches) -> bool {
    let free = RunSpec { switches: switches.clone(), ..spec.clone() };
    spec.unsupported().is_none() && !free.run().passed() && spec.run().passed()
}

/// The first seed whose scenario fails because of what is missing.
fn explored(switches: &Switches, seeds: usize) -> Option<u64> {
    let spec = |seed: u64| explore::scenario(&Lineage::from(seed)).prepare("explored", seed, &Mode::Virtual).ok()?.into_iter().next();
    let found = first(seeds, |place| spec(place as u64 + 1).is_some_and(|spec| fails(&spec, switches)));
    found.map(|place| place as u64 + 1)
}

impl Animal {
    fn fails(&self, spec: &RunSpec) -> bool {
        fails(spec, &without(self.release))
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
            let calm = RunSpec { keep_journal: KeepJournal::Always, switches: without(self.release), ..spec.clone() }.run();
            if !calm.passed() {
                return Ok(Some(format!("{name}, calm")));
            }
            let options =
                SweepOptions { subjects: Subjects::default(), troubles: Trouble::ALL.to_vec(), polls: Vec::new(), sample: Some(STRIKES) };
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

    fn by_exploration(&self, seeds: usize) -> Option<String> {
        explored(&without(self.release), seeds).map(|seed| format!("seed {seed}"))
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
    let beside = |path: &str| std::fs::read_to_string(file.with_file_name(path));
    let scenario = seatrial_scenario::parse_in(name, &std::fs::read_to_string(&file)?, &beside)?;
    Ok(Bundle::of(&scenario, file.parent().unwrap_or(Path::new(".")), &|path| std::fs::read_to_string(path))?)
}
