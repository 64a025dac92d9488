//! Live worlds as their users have them: the command itself, its processes, and clients that others wrote.
//!
//! `kubectl` and `csi-sanity` are looked for in `PATH`, kube-apiserver and etcd in the folder that `KUBEBUILDER_ASSETS` names, too,
//! upstream's drivers in the folders of `SEATRIAL_DRIVERS`; a test whose client is not there is shown as ignored, unless the
//! environment variable `SEATRIAL_REQUIRE` names it. No test looks at how long something takes, but each gives up some day.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod live {
    pub mod bare;
    pub mod clusters;
    pub mod command;
    pub mod external;
    pub mod interrupted;
    pub mod kubectl;
    pub mod runs;
    pub mod sanity;
    pub mod upstream;
}

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use live::{bare, clusters, command, external, interrupted, kubectl, runs, sanity, upstream};

/// A test of this file: its name, and what it does.
type Test = (&'static str, fn());

fn trial((name, test): Test, kind: &str, skipped: bool) -> Trial {
    let run = move || std::panic::catch_unwind(test).map_err(|_| Failed::without_message());
    Trial::test(name, run).with_kind(kind).with_ignored_flag(skipped)
}

/// The tests of one client; without it they are ignored, or fail where it is required.
fn with_client(client: &'static str, tests: &[Test]) -> Vec<Trial> {
    with(client, command::in_path(client).is_some(), tests)
}

fn with(client: &'static str, found: bool, tests: &[Test]) -> Vec<Trial> {
    let required = command::environment("SEATRIAL_REQUIRE").split(',').any(|name| name.trim() == client);
    if !found && required {
        return vec![Trial::test(format!("{client} is there"), move || Err(format!("{client} is required and not found").into()))];
    }
    if !found {
        eprintln!("skipped: {client} was not found; {} tests are ignored", tests.len());
    }
    tests.iter().map(|test| trial(*test, client, !found)).collect()
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // One after the other: each has a world of processes.
    arguments.test_threads = Some(1);
    let mut trials: Vec<Trial> =
        runs::TESTS.iter().chain(external::TESTS).chain(interrupted::TESTS).map(|test| trial(*test, "live", false)).collect();
    trials.extend(clusters::GUARD.iter().map(|test| trial(*test, "live", false)));
    let real = ["etcd", "kube-apiserver"].into_iter().all(|name| bare::program(name).is_some());
    trials.extend(with("kube-apiserver", real, clusters::REAL));
    trials.extend(with_client("kubectl", kubectl::TESTS));
    trials.extend(with_client("csi-sanity", sanity::TESTS));
    trials.extend(with("upstream-drivers", upstream::are_built(), upstream::TESTS));
    trials.extend(with("upstream-drivers", upstream::can_be_held_against_csi_sanity(), upstream::SANITY));
    libtest_mimic::run(&arguments, trials).exit_code()
}
