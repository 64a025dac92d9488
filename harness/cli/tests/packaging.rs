//! What somebody has who has only the command: completions in real shells, the manual, the archive that `cargo binstall` unpacks,
//! the container image, and the workflows that run it.
//!
//! Shells, `man`, `mandoc`, `actionlint` and a container engine are looked for; a test whose program is not there is shown as
//! ignored, unless `SEATRIAL_REQUIRE` names it.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod optional;
mod packaging {
    pub mod archive;
    pub mod command;
    pub mod completions;
    pub mod documents;
    pub mod image;
    pub mod manual;
    pub mod workflows;
}

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use optional::{in_path, trial, with, with_program};
use packaging::{archive, completions, documents, image, manual, workflows};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let everywhere = [manual::TESTS, archive::TESTS, image::TESTS, documents::TESTS, workflows::TESTS];
    let mut trials: Vec<Trial> = everywhere.into_iter().flatten().map(|test| trial(*test, "", false)).collect();
    // `script` gives a shell the terminal without which it completes nothing.
    let shells = [("bash", completions::BASH), ("zsh", completions::ZSH), ("fish", completions::FISH)];
    for (shell, tests) in shells {
        trials.extend(with(shell, in_path(shell).is_some() && in_path("script").is_some(), tests));
    }
    trials.extend(with_program("man", manual::MAN));
    trials.extend(with_program("mandoc", manual::MANDOC));
    trials.extend(with_program("actionlint", workflows::ACTIONLINT));
    trials.extend(with("docker", image::has_engine(), image::ENGINE));
    libtest_mimic::run(&arguments, trials).exit_code()
}
