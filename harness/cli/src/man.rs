//! `seatrial man`: manual pages, made of the same words as `--help`.
//!
//! A page for the command and one for each of its subcommands, as git has them. What no flag says (exit codes, files, variables)
//! stands here.

use std::io::{Error, Write};
use std::path::{Path, PathBuf};

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::exit::{CODES, Exit};
use crate::output::{fail, say};

/// Which page, or where all go.
#[derive(Debug, clap::Args)]
pub struct ManArguments {
    /// The page of this subcommand; the command's own when none is named. `seatrial man run | man -l -` shows it.
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    subcommand: Option<String>,
    /// Writes all pages there, for whoever packages the command.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

const VARIABLES: [(&str, &str); 3] = [
    (
        "SEATRIAL_DRIVERS",
        "Folders, separated by colons, in which programs of drivers that were built elsewhere are looked for, before PATH.",
    ),
    ("KUBECONFIG", "With --kubernetes kubeconfig: the cluster, where --kubeconfig names none."),
    ("KUBEBUILDER_ASSETS", "With --kubernetes assets: the folder of etcd and kube-apiserver."),
];

const FILES: [(&str, &str); 2] = [
    ("scenarios/", "Where scenarios are looked for by name. Without such a folder, those that are part of the command count."),
    (
        "target/seatrial/",
        "Where reports go: report.json, report.txt, report.html, junit.xml, summary.md, and annotations.txt for GitHub's runners.",
    ),
];

const EXAMPLES: [(&str, &str); 4] = [
    ("seatrial run", "All scenarios with the command's own drivers."),
    ("seatrial run --driver csi=./my-driver.yaml --tag csi", "Those about CSI with a driver of yours, which a descriptor describes."),
    ("seatrial run statefulset/scale --seed 7 --repeat 20", "One scenario in twenty orders of events."),
    ("seatrial up scenarios/zones/placement.yaml -- kubectl get nodes", "A client in a scenario's world."),
];

/// Prints a page, or writes all.
pub fn man(arguments: &ManArguments, mut command: Command) -> Exit {
    command.build();
    let pages = pages(&command);
    if let Some(folder) = &arguments.out {
        return match write(folder, &pages) {
            Ok(()) => Exit::Passed,
            Err(error) => fail(&format!("failed to write into {}: {error}; name another folder", folder.display()), Exit::Environment),
        };
    }
    let wanted = match &arguments.subcommand {
        None => command.get_name().to_owned(),
        Some(subcommand) => format!("{}-{subcommand}", command.get_name()),
    };
    match pages.iter().find(|(name, _)| *name == wanted) {
        Some((_, page)) => say(page),
        None => {
            let known: Vec<&str> = pages.iter().filter_map(|(name, _)| Some(name.split_once('-')?.1)).collect();
            fail(&format!("there is no page {wanted}; there are those of {}", known.join(", ")), Exit::BadInput)
        }
    }
}

fn write(folder: &Path, pages: &[(String, String)]) -> Result<(), Error> {
    std::fs::create_dir_all(folder)?;
    pages.iter().try_for_each(|(name, page)| std::fs::write(folder.join(format!("{name}.1")), page))
}

/// Name and text of each page: the command's own first, then those of all below it.
fn pages(command: &Command) -> Vec<(String, String)> {
    let mut below = Vec::new();
    gather(command, &mut below);
    let rest = [("EXIT STATUS", codes()), ("ENVIRONMENT", terms(&VARIABLES)), ("FILES", terms(&FILES)), ("EXAMPLES", terms(&EXAMPLES))];
    let main = std::iter::once((command.get_name().to_owned(), page(command, rest)));
    let rest = |below: &Command| [("NOTES", notes(below)), ("SEE ALSO", see_also(command))];
    main.chain(below.into_iter().map(|below| (name(below), page(below, rest(below))))).collect()
}

fn gather<'a>(command: &'a Command, all: &mut Vec<&'a Command>) {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help") {
        all.push(below);
        gather(below, all);
    }
}

/// `seatrial-run`, as clap has it of a subcommand that was built.
fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

/// Writes a part of a page.
type RenderPart = fn(&Man, &mut dyn Write) -> Result<(), Error>;

fn page(command: &Command, more: impl IntoIterator<Item = (&'static str, Roff)>) -> String {
    let man = Man::new(command.clone().disable_help_subcommand(true));
    let shown = |command: &Command| command.get_arguments().any(|argument| !argument.is_hide_set());
    // A date is not told: the version is. What clap_mangen makes of an empty one would take the version for it.
    let title = format!(".TH \"{}\" \"1\" \"\" \"seatrial {}\" \"Seatrial\"\n", name(command).to_uppercase(), env!("CARGO_PKG_VERSION"));
    let parts: [(bool, RenderPart); 5] = [
        (true, Man::render_name_section),
        (true, Man::render_synopsis_section),
        (true, Man::render_description_section),
        (shown(command), Man::render_options_section),
        (command.get_subcommands().next().is_some(), Man::render_subcommands_section),
    ];
    let mut page = title.into_bytes();
    for (_, render) in parts.iter().filter(|(is_there, _)| *is_there) {
        render(&man, &mut page).expect("memory takes every line");
    }
    for (heading, text) in more.into_iter().filter(|(_, text)| *text != Roff::new()) {
        let mut section = Roff::new();
        section.control("SH", [heading]);
        section.extend([text]);
        section.to_writer(&mut page).expect("memory takes every line");
    }
    String::from_utf8_lossy(&page).into_owned()
}

/// A list of words and what they mean.
fn terms(terms: &[(&str, &str)]) -> Roff {
    let mut list = Roff::new();
    for (term, meaning) in terms {
        list.control("TP", []).text([bold(*term)]).text([roman(*meaning)]);
    }
    list
}

fn codes() -> Roff {
    let codes = CODES.map(|(code, meaning)| ((code as u8).to_string(), meaning));
    terms(&codes.each_ref().map(|(code, meaning)| (code.as_str(), *meaning)))
}

/// What stands below a subcommand's help, line by line.
fn notes(command: &Command) -> Roff {
    let mut text = Roff::new();
    let notes = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    if !notes.is_empty() {
        text.control("nf", []);
        for line in notes.lines() {
            text.text([roman(line)]);
        }
        text.control("fi", []);
    }
    text
}

/// Where the rest is said.
fn see_also(command: &Command) -> Roff {
    let mut text = Roff::new();
    text.text([bold(command.get_name()), roman("(1)")]);
    text
}
