//! `seatrial completions SHELL`: a script that lets a shell complete the command.
//!
//! The script asks the command itself for each completion ([`complete`]), so what is offered is what this very command takes:
//! its flags, and the scenarios, tags, drivers and seeds that are there at the moment ([`values`]).

mod bash;
mod values;

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Arg, Command, ValueHint};
use clap_complete::Shell;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Elvish, Fish, Powershell, Shells, Zsh};

use crate::exit::Exit;
use crate::output::{fail, say};

/// What the scripts set when they ask. A name of our own: what is for other programs must not change what this one does.
const VARIABLE: &str = "SEATRIAL_COMPLETE";

const NAME: &str = "seatrial";

const SHELLS: Shells = Shells(&[&bash::Bash, &Elvish, &Fish, &Powershell, &Zsh]);

/// For which shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "For good, so that it fits the command after an update, too:
  bash  echo 'source <(seatrial completions bash)' >>~/.bashrc
  zsh   echo 'source <(seatrial completions zsh)' >>~/.zshrc      (after compinit)
  fish  echo 'seatrial completions fish | source' >~/.config/fish/completions/seatrial.fish")]
pub struct CompletionsArguments {
    /// The shell; `source <(seatrial completions bash)` tries it out.
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script. It calls the command as it was called here: by name, or by its path.
pub fn completions(arguments: &CompletionsArguments, called: &Path) -> Exit {
    let called = match called.components().count() {
        0 | 1 => called.to_owned(),
        _ => std::path::absolute(called).unwrap_or(called.to_owned()),
    };
    let mut script = Vec::new();
    let shell = SHELLS.completer(&arguments.shell.to_string());
    let written = shell.map(|shell| shell.write_registration(VARIABLE, NAME, NAME, &called.to_string_lossy(), &mut script));
    match written {
        Some(Ok(())) => say(&String::from_utf8_lossy(&script)),
        Some(Err(error)) => fail(&format!("failed to write the script: {error}"), Exit::Internal),
        None => fail(&format!("there is no script for {}", arguments.shell), Exit::Internal),
    }
}

/// Answers a shell that asks, and says whether one did.
pub fn complete(command: fn() -> Command, arguments: impl Iterator<Item = OsString>) -> Option<Exit> {
    let here = std::env::current_dir().ok();
    let env = CompleteEnv::with_factory(|| with_values(command())).var(VARIABLE).bin(NAME).shells(SHELLS);
    match env.try_complete(arguments, here.as_deref()) {
        Ok(false) => None,
        Ok(true) => Some(Exit::Passed),
        Err(error) => Some(fail(&error.to_string(), Exit::BadInput)),
    }
}

/// Who knows the values of an argument.
type Values = fn(&OsStr) -> Vec<CompletionCandidate>;

/// Arguments by their ids: the same word means the same in each command.
const VALUES: [(&str, Values); 5] = [
    ("scenarios", values::scenarios),
    ("only", values::patterns),
    ("tag", values::tags),
    ("drivers", values::drivers),
    ("seed", values::seeds),
];

/// Says of each argument, in this command and all below it, what its values are.
fn with_values(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    let command = names.into_iter().fold(command, |command, name| command.mut_subcommand(name, with_values));
    command.mut_args(|argument| match VALUES.iter().find(|(id, _)| argument.get_id() == id) {
        Some((_, values)) => argument.add(ArgValueCompleter::new(*values)),
        None => with_hint(argument),
    })
}

/// Paths are told by how the help names them.
fn with_hint(argument: Arg) -> Arg {
    let name = argument.get_value_names().and_then(<[_]>::first).map(ToString::to_string);
    match name.as_deref() {
        Some("DIR") => argument.value_hint(ValueHint::DirPath),
        Some(name) if name.contains("FILE") => argument.value_hint(ValueHint::FilePath),
        Some("CLIENT") => argument.value_hint(ValueHint::CommandWithArguments),
        _ => argument,
    }
}
