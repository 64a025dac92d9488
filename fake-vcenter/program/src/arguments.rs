//! The command line: long flags with two dashes, and vcsim's spelling with one.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser};

/// A vCenter on a socket, with nothing behind it.
#[derive(Clone, Debug, Parser)]
#[command(name = "fake-vcenter", version, about, after_help = AFTER)]
pub struct Arguments {
    /// Inventory file (YAML); without one the inventory is made by counts
    #[arg(short, long, value_name = "FILE")]
    pub inventory: Option<PathBuf>,
    /// Number of datacenters
    #[arg(long = "dc", value_name = "N", default_value_t = 1, conflicts_with = "inventory")]
    pub datacenters: usize,
    /// Number of clusters of each datacenter
    #[arg(long = "cluster", value_name = "N", default_value_t = 1, conflicts_with = "inventory")]
    pub clusters: usize,
    /// Number of hosts of each cluster
    #[arg(long = "host", value_name = "N", default_value_t = 3, conflicts_with = "inventory")]
    pub hosts: usize,
    /// Number of datastores of each datacenter
    #[arg(long = "ds", value_name = "N", default_value_t = 1, conflicts_with = "inventory")]
    pub datastores: usize,
    /// Number of networks of each datacenter, beside `VM Network`
    #[arg(long = "pg", value_name = "N", default_value_t = 1, conflicts_with = "inventory")]
    pub port_groups: usize,
    /// Number of virtual machines of each cluster
    #[arg(long = "vm", value_name = "N", default_value_t = 2, conflicts_with = "inventory")]
    pub vms: usize,
    /// Whether those machines are switched on at first
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value_t = true, default_missing_value = "true", action = clap::ArgAction::Set, conflicts_with = "inventory")]
    pub autostart: bool,
    /// Release to play: 7.0.3, 8.0.3 or 9.1.0; 8.0.3 when neither this nor the inventory says
    #[arg(long, value_name = "VERSION")]
    pub api_version: Option<String>,
    /// User who may log in; with an inventory file, one more
    #[arg(long, value_name = "USER")]
    pub username: Option<String>,
    /// That user's password
    #[arg(long, value_name = "PASSWORD")]
    pub password: Option<String>,
    /// Address to listen on
    #[arg(short, long, value_name = "HOST:PORT", default_value = "127.0.0.1:8989")]
    pub listen: String,
    /// Whether to speak TLS
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value_t = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    pub tls: bool,
    /// Certificate with its chain (PEM); one of an authority of its own is made when not given
    #[arg(long, alias = "tlscert", value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM)
    #[arg(long, alias = "tlskey", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Name or address that the made certificate is for, beside localhost and the address; may be repeated
    #[arg(long, value_name = "NAME")]
    pub hostname: Vec<String>,
    /// Where to write what clients are to trust (PEM)
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Where to write the lines for the shell instead of the standard output (`-`)
    #[arg(short = 'E', long, value_name = "FILE", default_value = "-")]
    pub env_file: PathBuf,
    /// Where to write the same lines once more when the vCenter can be used
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,
    /// Where to record every call and change as lines of JSON
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// Milliseconds to hold back each answer
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub delay: u64,
    /// Milliseconds to hold back answers of single methods: `Login:500,CnsCreateVolume:2000`
    #[arg(long, value_name = "METHOD:MS,…")]
    pub method_delay: Option<String>,
    /// How long tasks take, in percent of what a real vCenter was seen to need
    #[arg(long, value_name = "PERCENT", default_value_t = 100)]
    pub task_time: u32,
    /// Seed of identities and durations: the same seed makes the same uuids
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// End when a key is pressed, or the standard input ends
    #[arg(long, alias = "stdinexit")]
    pub stdin_exit: bool,
    #[command(flatten)]
    pub(crate) elsewhere: Elsewhere,
}

/// Flags of vcsim that mean nothing here; each is answered with what to do instead.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Elsewhere {
    #[arg(long, hide = true, num_args = 0..=1)]
    esx: Option<Option<String>>,
    #[arg(long, hide = true)]
    load: Option<String>,
    #[arg(long, hide = true)]
    app: Option<usize>,
    #[arg(long, hide = true)]
    folder: Option<usize>,
    #[arg(long, hide = true)]
    pool: Option<usize>,
    #[arg(long, hide = true)]
    pod: Option<usize>,
    #[arg(long, hide = true)]
    nsx: Option<usize>,
    #[arg(long, hide = true)]
    pg_nsx: Option<usize>,
    #[arg(long, hide = true)]
    standalone_host: Option<usize>,
    #[arg(long, hide = true)]
    delay_jitter: Option<f64>,
    #[arg(long, hide = true)]
    tunnel: Option<i64>,
    #[arg(long, hide = true, num_args = 0..=1)]
    trace: Option<Option<String>>,
    #[arg(long, hide = true)]
    trace_file: Option<String>,
}

const AFTER: &str = "vcsim's flags are taken as vcsim writes them, with one dash: -vm 4 -l :8989 -tls=false.\n\
Exit codes: 0 ended by Ctrl-C, SIGTERM or a key; 2 a flag or a file is wrong; 3 the environment failed (a port in use).";

impl Elsewhere {
    /// The first flag that was given and means nothing, with what to do instead. None of a thing is what there is anyway.
    pub(crate) fn first(&self) -> Option<(&'static str, &'static str)> {
        let some = |count: Option<usize>| count.is_some_and(|count| count > 0);
        let table = [
            (self.esx.is_some(), "-esx", "only vCenters are played; for one host write -cluster 1 -host 1"),
            (self.load.is_some(), "-load", "describe the inventory in a file for --inventory"),
            (some(self.app), "-app", "virtual apps are not modelled; -vm makes more machines"),
            (some(self.folder), "-folder", "nested folders are not modelled; -dc makes more datacenters"),
            (some(self.pool), "-pool", "nested resource pools are not modelled; -cluster makes more root pools"),
            (some(self.pod), "-pod", "datastore clusters are not modelled; -ds makes more datastores"),
            (some(self.nsx), "-nsx", "NSX is not modelled; -pg makes more networks"),
            (some(self.pg_nsx), "-pg-nsx", "NSX is not modelled; -pg makes more networks"),
            (some(self.standalone_host), "-standalone-host", "hosts outside of clusters are not modelled; write -cluster 1 -host 1"),
            (self.delay_jitter.is_some_and(|jitter| jitter > 0.0), "-delay-jitter", "delays are even; -delay and -method-delay set them"),
            (self.tunnel.is_some_and(|port| port >= 0), "-tunnel", "there is no SDK tunnel; clients connect to the address of -l"),
            (self.trace.is_some(), "-trace", "--journal FILE records every call"),
            (self.trace_file.is_some(), "-trace-file", "--journal FILE records every call"),
        ];
        table.into_iter().find(|(given, ..)| *given).map(|(_, flag, help)| (flag, help))
    }
}

impl Arguments {
    /// Reads a command line.
    ///
    /// # Errors
    /// What clap says of it, a wish for help among them.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut command = Self::command();
        let known: Vec<String> = command
            .get_arguments()
            .flat_map(|argument| {
                argument.get_long_and_visible_aliases().into_iter().flatten().chain(argument.get_all_aliases().into_iter().flatten())
            })
            .map(str::to_owned)
            .chain(["help", "version"].map(str::to_owned))
            .collect();
        let words = words.into_iter().map(|word| two_dashes(word, &known));
        let matches = command.try_get_matches_from_mut(words)?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }
}

/// The letters of flags that have one.
const LETTERS: &str = "ilEhV";

/// `-vm=4` as `--vm=4`; so are words that are no flags, for clap to suggest one. Single letters and values stay as they are.
fn two_dashes(word: OsString, known: &[String]) -> OsString {
    let Some(text) = word.to_str() else { return word };
    let Some(rest) = text.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else { return word };
    let name = rest.split('=').next().unwrap_or_default();
    let no_flag =
        name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-') && !name.starts_with(|letter| LETTERS.contains(letter));
    if name.len() > 1 && (no_flag || known.iter().any(|flag| flag == name)) { format!("-{text}").into() } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::read(std::iter::once("fake-vcenter").chain(words.iter().copied()).map(OsString::from))
    }

    #[test]
    fn a_command_line_of_vcsim_is_understood() {
        let words = [
            "-dc",
            "2",
            "-vm=4",
            "-l",
            "127.0.0.1:0",
            "-tls=false",
            "-username",
            "u",
            "-password=p",
            "-stdinexit",
            "-E",
            "x",
            "-tlscert",
            "a",
            "-tlskey",
            "b",
        ];
        let arguments = read(&words).unwrap();
        assert_eq!((arguments.datacenters, arguments.vms, arguments.tls, arguments.stdin_exit), (2, 4, false, true));
        assert_eq!((arguments.username.as_deref(), arguments.password.as_deref()), (Some("u"), Some("p")));
        assert_eq!(arguments.tls_cert, Some(PathBuf::from("a")));
    }

    #[test]
    fn a_flag_that_means_nothing_here_says_what_to_use_instead() {
        assert_eq!(read(&["-esx"]).unwrap().elsewhere.first().map(|(flag, _)| flag), Some("-esx"));
        assert_eq!(read(&["-standalone-host", "2"]).unwrap().elsewhere.first().map(|(flag, _)| flag), Some("-standalone-host"));
        assert_eq!(read(&["-standalone-host", "0"]).unwrap().elsewhere.first(), None);
    }

    #[test]
    fn counts_and_a_file_exclude_each_other() {
        assert!(read(&["--inventory", "x.yaml", "-vm", "3"]).is_err());
        assert!(read(&["-vmm", "3"]).is_err());
    }
}
