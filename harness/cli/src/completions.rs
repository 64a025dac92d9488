//! `seatrial completions SHELL`: a script that lets a shell complete the command.

use clap_complete::Shell;

use crate::exit::Exit;
use crate::output::say;

/// For which shell.
#[derive(Debug, clap::Args)]
pub struct CompletionsArguments {
    /// The shell; `source <(seatrial completions bash)` tries it out.
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
pub fn completions(arguments: &CompletionsArguments, mut command: clap::Command) -> Exit {
    let mut script = Vec::new();
    let name = command.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    say(&String::from_utf8_lossy(&script))
}
