//! The `seatrial` command.
//!
//! This is the only file of the command that reads the environment, installs a panic hook or exits.

mod builtin;
mod capsule;
mod compare;
mod completions;
mod devices;
mod diff;
mod driver;
mod exit;
mod explore;
mod finished;
mod interrupt;
mod kubernetes;
mod leash;
mod lint;
mod man;
mod merge;
mod output;
mod recording;
mod report;
mod run;
mod schema;
mod select;
mod shrink;
mod subjects;
mod surroundings;
mod sweep;
mod up;
mod worker_pool;
mod worlds;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use surroundings::Surroundings;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the drivers that connect Kubernetes to vSphere against a fake vCenter, and says what passed and what did not.
#[derive(Debug, Parser)]
#[command(name = "seatrial", version, after_help = exit::codes())]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs scenarios and writes reports.
    Run(Box<run::RunArguments>),
    /// Strikes scenarios at every call of their calm runs, one trouble at a time, and says what did not hold.
    Sweep(Box<sweep::SweepArguments>),
    /// Runs scenarios that are drawn from seeds: worlds, workloads and trouble. What fails is made small and kept.
    Explore(Box<explore::ExploreArguments>),
    /// Makes a scenario that fails as small as it can be and still fail for the same reason.
    Shrink(Box<shrink::ShrinkArguments>),
    /// Runs a scenario and packs all that repeats it into one file.
    Capsule(Box<capsule::CapsuleArguments>),
    /// Stands between a client and a vCenter, a real one too, and writes down what they say.
    Record(recording::RecordArguments),
    /// Runs a capsule again, and says whether it still fails and where the two runs part; or asks a vCenter what was recorded.
    Replay(Box<capsule::ReplayArguments>),
    /// Reads scenarios without running them: all errors of all files, and what is seldom meant.
    Lint(lint::LintArguments),
    /// Prints the scenario language as a JSON Schema, from which editors complete it.
    Schema,
    /// Shows what differs between two reports: verdicts, calls, times, findings; fails if something is worse.
    Compare(compare::CompareArguments),
    /// Tells a finished report again, in any format.
    Report(report::ReportArguments),
    /// Puts the reports of the parts of a run together.
    Merge(merge::MergeArguments),
    /// Shows the first line in which two journals differ.
    Diff(diff::DiffArguments),
    /// Starts a scenario's world live and stays, for kubectl, govc and drivers of yours.
    Up(up::UpArguments),
    /// Runs one of our drivers, as a world whose drivers are processes does.
    #[command(subcommand)]
    Driver(driver::DriverCommand),
    /// Writes the scenarios that are part of this command into a folder, to read them or to begin from them.
    Scenarios(builtin::ScenariosArguments),
    /// Prints a script that lets a shell complete this command: flags, scenarios, tags, drivers, profiles, seeds that failed.
    Completions(completions::CompletionsArguments),
    /// Prints the manual, or writes its pages.
    Man(man::ManArguments),
}

fn main() -> ExitCode {
    // The keeper of the world's time starts this command again to become a program that lives in that time.
    seatrial_clock::role::take_over(std::env::args_os());
    if let Some(exit) = completions::complete(Arguments::command, std::env::args_os()) {
        return exit.into();
    }
    // clap ends with 2 on a wrong flag, which is our code for wrong input too.
    match Arguments::parse().command {
        Command::Run(arguments) => {
            heed_interrupts();
            run::run(*arguments, &surroundings()).into()
        }
        Command::Sweep(arguments) => {
            heed_interrupts();
            sweep::sweep(&arguments, &surroundings()).into()
        }
        Command::Explore(arguments) => {
            heed_interrupts();
            explore::run(&arguments, &surroundings()).into()
        }
        Command::Shrink(arguments) => {
            heed_interrupts();
            shrink::run(&arguments, &surroundings()).into()
        }
        Command::Capsule(arguments) => capsule::pack(&arguments, &surroundings()).into(),
        Command::Record(arguments) => {
            heed_interrupts();
            recording::record(&arguments).into()
        }
        Command::Replay(arguments) => capsule::replay(&arguments, &surroundings()).into(),
        Command::Lint(arguments) => lint::lint(&arguments).into(),
        Command::Up(arguments) => {
            heed_interrupts();
            up::up(&arguments, &surroundings())
        }
        Command::Driver(command) => driver::run(command, environment()),
        Command::Schema => schema::schema().into(),
        Command::Compare(arguments) => compare::compare(&arguments).into(),
        Command::Report(arguments) => report::report(&arguments).into(),
        Command::Merge(arguments) => merge::merge(&arguments).into(),
        Command::Diff(arguments) => diff::diff(&arguments).into(),
        Command::Scenarios(arguments) => builtin::write(&arguments).into(),
        Command::Completions(arguments) => completions::completions(&arguments, &called()).into(),
        Command::Man(arguments) => man::man(&arguments, Arguments::command()).into(),
    }
}

fn surroundings() -> Surroundings {
    let folders = ["SEATRIAL_DRIVERS", "PATH"].into_iter().filter_map(variable);
    let folders = folders.flat_map(|value| std::env::split_paths(&value).collect::<Vec<_>>()).collect();
    Surroundings { program: program(), folders, environment: std::env::vars_os().collect(), variable }
}

/// Our drivers, as processes, are this command again.
fn program() -> std::path::PathBuf {
    std::env::current_exe().unwrap_or_else(|_| "seatrial".into())
}

/// How this command was called.
fn called() -> std::path::PathBuf {
    std::env::args_os().next().map_or_else(program, Into::into)
}

/// All variables, for a driver; a name or value that is no text says nothing to it.
fn environment() -> vsphere_csi::Environment {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}

#[expect(clippy::disallowed_methods, reason = "this is the main.rs that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The first Ctrl-C or SIGTERM ends the run in good order, the second at once. Where no handler can be had, the first ends it at once.
fn heed_interrupts() {
    let _ = interrupt::heed(exit::Exit::Interrupted as i32);
}
