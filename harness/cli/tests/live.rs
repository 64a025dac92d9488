//! Live worlds as their users have them: the command itself, its processes, and clients that others wrote.
//!
//! `kubectl` and `csi-sanity` are looked for in `PATH`, kube-apiserver and etcd in the folder that `KUBEBUILDER_ASSETS` names, too,
//! upstream's drivers in the folders of `SEATRIAL_DRIVERS`; loop devices need root and tools (`docs/live.md`), images an engine that `docker` reaches; a test whose client is not there is shown as ignored, unless the
//! environment variable `SEATRIAL_REQUIRE` names it. No test looks at how long something takes, but each gives up some day.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod optional;
mod live {
    pub mod bare;
    pub mod clusters;
    pub mod command;
    pub mod containers;
    pub mod devices;
    pub mod external;
    pub mod interrupted;
    pub mod kubectl;
    pub mod manifests;
    pub mod runs;
    pub mod sanity;
    pub mod upstream;
    pub mod without_root;
}

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use live::{bare, clusters, containers, devices, external, interrupted, kubectl, manifests, runs, sanity, upstream, without_root};
use optional::{Test, trial, with, with_program};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // One after the other: each has a world of processes.
    arguments.test_threads = Some(1);
    let mut trials: Vec<Trial> = runs::TESTS
        .iter()
        .chain(external::TESTS)
        .chain(manifests::TESTS)
        .chain(interrupted::TESTS)
        .chain(without_root::TESTS)
        .map(|test| trial(*test, "live", false))
        .collect();
    trials.extend(clusters::GUARD.iter().map(|test| trial(*test, "live", false)));
    let real = ["etcd", "kube-apiserver"].into_iter().all(|name| bare::program(name).is_some());
    trials.extend(with("kube-apiserver", real, clusters::REAL));
    trials.extend(with_program("kubectl", kubectl::TESTS));
    trials.extend(with_program("csi-sanity", sanity::TESTS));
    trials.extend(with("upstream-drivers", upstream::are_built(), upstream::TESTS));
    trials.extend(with("upstream-drivers", upstream::have_manifests(), upstream::MANIFESTS));
    trials.extend(with("upstream-drivers", upstream::can_be_held_against_csi_sanity(), upstream::SANITY));
    let can_have_devices = seatrial_engine::Devices::Loop.missing().is_empty();
    trials.extend(with("loop-devices", can_have_devices, devices::TESTS));
    trials.extend(with("csi-sanity", can_have_devices && optional::in_path("csi-sanity").is_some(), devices::SANITY));
    trials.extend(with("upstream-drivers", can_have_devices && upstream::are_built(), devices::UPSTREAM));
    let both = can_have_devices && upstream::can_be_held_against_csi_sanity();
    trials.extend(with("upstream-drivers", both, devices::UPSTREAM_SANITY));
    trials.extend(with("container-engine", seatrial_engine::missing_for_images().is_none(), containers::TESTS));
    let can_have_both = can_have_devices && seatrial_engine::missing_for_images().is_none();
    trials.extend(with("container-engine", can_have_both, containers::DEVICES));
    libtest_mimic::run(&arguments, trials).exit_code()
}
