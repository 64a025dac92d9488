//! The binary as its users meet it: its flags, what it says of wrong input, and how it ends.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A directory of its own for each test, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("vsphere-ccm-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("there is room");
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("there is room");
        path.display().to_string()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn binary(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vsphere-cloud-controller-manager"));
    command.env_clear().args(arguments).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Exit code and standard error of a start that fails.
fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let output = binary(arguments).output().expect("it starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

const CONFIG: &str = "global:\n  server: 127.0.0.1\n  port: 1\n  user: u\n  password: hidden\n  insecureFlag: true\n";

/// A cluster that nobody serves.
const KUBECONFIG: &str = "\
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]
users: [{name: u, user: {}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
";

#[test]
fn wrong_input_is_named_with_its_remedy() {
    let scratch = Scratch::new("input");
    let wrong = scratch.file("wrong.yaml", "global:\n  sever: vc-a\n");
    let cases: [(&[&str], &str); 7] = [
        (&["--cloud-config", "/nowhere/vsphere.conf"], "/nowhere/vsphere.conf"),
        (&["--cloud-config", &wrong], "line 2: there is no key `sever` in `global:`, and nothing is done with it; did you mean `server`?"),
        (&["--leader-elect-renew-deadline=15s"], "--leader-elect-lease-duration (15s) must be longer"),
        (&["--cloud-provider", "aws"], "vsphere"),
        (&["--node-monitor-period", "soon"], "write 5s, 500ms or 1m30s"),
        (&["--node-labels", "zone"], "write key=value"),
        (&["--node-labels", "topology.kubernetes.io/zone=a"], "Kubernetes' own label"),
    ];
    for (arguments, expected) in cases {
        let (code, told) = refused(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {told}");
        assert!(told.contains(expected), "{arguments:?}: {told}");
    }
}

#[test]
fn without_a_cluster_it_says_so() {
    let scratch = Scratch::new("cluster");
    let config = scratch.file("vsphere.conf", CONFIG);
    let (code, told) = refused(&["--cloud-config", &config]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("set KUBECONFIG"), "{told}");
}

#[test]
fn upstream_s_flags_start_it_and_sigterm_ends_it() {
    let scratch = Scratch::new("flags");
    let (config, kubeconfig) = (scratch.file("vsphere.conf", CONFIG), scratch.file("kubeconfig", KUBECONFIG));
    let arguments = [
        "--v=2",
        "--cloud-provider=vsphere",
        "--cloud-config",
        &config,
        "--kubeconfig",
        &kubeconfig,
        "--leader-elect=true",
        "--leader-elect-resource-lock=leases",
        "--use-service-account-credentials=true",
        "--cluster-name=prod",
        "--node-status-update-frequency=5m0s",
        "--node-labels=example.com/rack=r1",
    ];
    let mut child = binary(&arguments).spawn().expect("it starts");
    std::thread::sleep(std::time::Duration::from_millis(700));
    assert!(child.try_wait().expect("it can be asked").is_none(), "it waits for its cluster");
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("there is kill");
    assert!(killed.success());
    let output = child.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("without effect here: --v, --cluster-name, --use-service-account-credentials"), "{told}");
    assert!(told.contains("read as YAML") && !told.contains("hidden"), "{told}");
}
