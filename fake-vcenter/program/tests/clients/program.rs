//! The binary itself: how it begins, how it ends, what it says when something is wrong.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

/// The tests of this file.
pub const TESTS: &[crate::Test] = &[
    ("it_says_when_it_is_ready_and_ends_cleanly", it_says_when_it_is_ready_and_ends_cleanly),
    ("a_port_in_use_is_named_with_its_remedy", a_port_in_use_is_named_with_its_remedy),
    ("wrong_flags_say_what_to_use_instead", wrong_flags_say_what_to_use_instead),
    ("a_wrong_inventory_is_shown_line_by_line", a_wrong_inventory_is_shown_line_by_line),
    ("a_journal_holds_every_call", a_journal_holds_every_call),
];

/// A program that runs, and is killed when the test is over.
pub struct Program {
    child: Child,
    /// The line for the shell.
    pub line: String,
}

impl Program {
    /// Starts one on a free port, and waits until it is ready.
    pub fn start(flags: &[&str]) -> Self {
        let mut child = command(&["-l", "127.0.0.1:0"]).args(flags).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("export GOVC_URL="), "{line}");
        Self { child, line }
    }

    /// A variable of the line.
    pub fn variable(&self, name: &str) -> &str {
        let pairs = self.line.trim().trim_start_matches("export ").split(' ').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value).unwrap_or_default()
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        self.variable("GOVC_URL").rsplit('@').next().unwrap().trim_end_matches("/sdk")
    }

    /// Asks it to end, as `kill` does; its exit code.
    pub fn terminate(mut self) -> Option<i32> {
        let killed = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(killed.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and need not.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fake-vcenter"));
    command.args(flags).stdin(Stdio::null());
    command
}

fn output(flags: &[&str]) -> Output {
    command(flags).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A path for a file of a test.
pub fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The answer to a GET, read without a client: the program is asked for plain HTTP.
fn get(address: &str, path: &str) -> String {
    use std::io::{Read, Write};
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

fn it_says_when_it_is_ready_and_ends_cleanly() {
    let ready = scratch("ready");
    let _ = std::fs::remove_file(&ready);
    let program = Program::start(&["-tls=false", "--ready-file", ready.to_str().unwrap()]);
    assert!(get(program.address(), "/healthz").starts_with("HTTP/1.1 200"));
    assert!(get(program.address(), "/readyz").ends_with("ok\n"));
    let metrics = get(program.address(), "/metrics");
    assert!(metrics.contains("\nfake_vcenter_vms 2\n") && metrics.contains("\nfake_vcenter_sessions 0\n"), "{metrics}");
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(std::fs::read_to_string(&ready).unwrap(), program.line);
    assert_eq!(program.terminate(), Some(0));
}

fn a_port_in_use_is_named_with_its_remedy() {
    let program = Program::start(&[]);
    let second = output(&["-l", program.address()]);
    assert_eq!(second.status.code(), Some(3));
    let port = program.address().rsplit(':').next().unwrap();
    let said = said(&second);
    assert!(said.contains(&format!("port {port} of 127.0.0.1 is in use")) && said.contains("help:"), "{said}");
}

fn wrong_flags_say_what_to_use_instead() {
    let mut all = String::new();
    for flags in [&["-esx"][..], &["-load", "x"], &["-standalone-host", "1"], &["-l", "nowhere"], &["-api-version", "6.5"], &["-vmm", "1"]]
    {
        let output = output(flags);
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        all.push_str(&format!("$ fake-vcenter {}\n{}\n", flags.join(" "), said(&output)));
    }
    insta::assert_snapshot!("wrong_flags", all);
}

fn a_wrong_inventory_is_shown_line_by_line() {
    let path = scratch("wrong.yaml");
    let mut all = String::new();
    let texts = [
        "datacenters:\n  - name: dc-1\n    clusters: [{name: prod, hots: 3, datastores: []}]\n",
        "datacenters:\n  - name: dc-1\n    datastores: [{name: vsan-a}]\n    clusters: [{name: prod, hosts: 3, datastores: [vsan-b]}]\n    vms:\n      - {name: w, cluster: prd}\n      - {name: w}\n",
        "version: 6.7\ndatacenters: []\nusers: [{name: a, password: b, lacks: [Cns.Serchable]}]\n",
        "",
        "datacenters: [\n",
    ];
    for text in texts {
        std::fs::write(&path, text).unwrap();
        let output = output(&["--inventory", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{text}");
        all.push_str(&said(&output).replace(path.to_str().unwrap(), "wrong.yaml"));
        all.push('\n');
    }
    insta::assert_snapshot!("wrong_inventories", all);
}

fn a_journal_holds_every_call() {
    let path = scratch("journal.jsonl");
    let program = Program::start(&["-tls=false", "--journal", path.to_str().unwrap()]);
    get(program.address(), "/sdk/vimServiceVersions.xml");
    assert_eq!(program.terminate(), Some(0));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.lines().any(|line| line.contains("GET /sdk/vimServiceVersions.xml") && line.contains("\"sent\"")), "{text}");
    assert!(text.lines().any(|line| line.contains("\"answered\"") && line.contains("200")), "{text}");
}
