//! A client's calls are recorded in front of one fake vCenter and asked of another: the same one answers alike, one that lacks a machine
//! does not, and neither password nor session stands in the file.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use driver_host::os::OperatingSystem;
use driver_host::{Host, HttpService, Peer, Trust, body_from, collect_body, send};
use fake_vcenter::{Certificate, RunningVCenter, ServeOptions, inventory};

const PASSWORD: &str = "not-to-be-written";

/// A vCenter with so many machines, whose ids begin elsewhere than those of another seed.
async fn vcenter(machines: usize, seed: u64) -> RunningVCenter {
    let names: Vec<String> = (1..=machines).map(|number| format!("{{name: worker-{number}, cluster: prod, datastore: vsan-a}}")).collect();
    let text = format!(
        "name: site\nversion: 8.0.3\nusers: [{{name: administrator@vsphere.local, password: {PASSWORD}}}]\ndatacenters:\n  - name: dc-1\n    \
         datastores: [{{name: vsan-a, capacity-gib: 100}}]\n    clusters: [{{name: prod, hosts: 2, datastores: [vsan-a]}}]\n    vms: [{}]\n",
        names.join(", ")
    );
    let config = inventory::parse("inventory.yaml", &text).unwrap();
    let (clock, journal) = RunningVCenter::journal();
    let certificate = Certificate::of_own_authority(&["127.0.0.1".to_owned()]).unwrap();
    let options =
        ServeOptions { address: "127.0.0.1:0".parse().unwrap(), certificate: Some(certificate), delays: Default::default(), seed };
    RunningVCenter::start(config, options, clock, journal).await.unwrap()
}

/// A recorder that is killed when the test ends.
struct Recorder {
    child: Child,
    port: u16,
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn record(vcenter: &RunningVCenter, out: &Path) -> Recorder {
    let mut child = Command::new(env!("CARGO_BIN_EXE_seatrial"))
        .args(["record", &vcenter.address.to_string(), "--insecure", "--listen", "127.0.0.1:0", "--out"])
        .arg(out)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.split("https://127.0.0.1:").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
    Recorder { child, port }
}

/// Sends a call; answers the session's cookie, if there is a new one, and the body.
async fn call(service: &HttpService, cookie: &str, call: &str) -> (Option<String>, String) {
    let body = format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns=\"urn:vim25\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>{call}</soapenv:Body></soapenv:Envelope>"
    );
    let request =
        http::Request::post("/sdk").header("soapaction", "urn:vim25/8.0.3.0").header("cookie", cookie).body(body_from(body)).unwrap();
    let response = send(service.clone(), request).await.unwrap();
    let cookie = response.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
    let answer = collect_body(response.into_body()).await.unwrap();
    (cookie, String::from_utf8(answer.to_vec()).unwrap())
}

async fn use_it(recorder: &Recorder, trust: &Path) {
    let peer = Peer::VCenter { host: "127.0.0.1".into(), port: recorder.port, trust: Trust::CaFile(trust.display().to_string()) };
    let service = OperatingSystem::default().connect(&peer).await.unwrap();
    let login = format!(
        "<Login><_this type=\"SessionManager\">SessionManager</_this><userName>administrator@vsphere.local</userName>\
         <password>{PASSWORD}</password></Login>"
    );
    let (cookie, answer) = call(&service, "", &login).await;
    assert!(answer.contains("LoginResponse"), "{answer}");
    let cookie = cookie.unwrap();
    let find = "<FindByInventoryPath><_this type=\"SearchIndex\">SearchIndex</_this><inventoryPath>dc-1/vm/worker-2</inventoryPath></FindByInventoryPath>";
    let (_, answer) = call(&service, &cookie, find).await;
    let machine = answer.split("type=\"VirtualMachine\">").nth(1).unwrap().split('<').next().unwrap();
    let read = format!(
        "<RetrievePropertiesEx><_this type=\"PropertyCollector\">propertyCollector</_this><specSet><propSet><type>VirtualMachine</type>\
         <pathSet>name</pathSet><pathSet>config.uuid</pathSet></propSet><objectSet><obj type=\"VirtualMachine\">{machine}</obj></objectSet>\
         </specSet><options/></RetrievePropertiesEx>"
    );
    let (_, answer) = call(&service, &cookie, &read).await;
    assert!(answer.contains("worker-2"), "{answer}");
}

fn replay(recording: &Path, vcenter: &RunningVCenter, password: &Path) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_seatrial"))
        .arg("replay")
        .arg(recording)
        .args(["--to", &vcenter.address.to_string(), "--insecure", "--password-file"])
        .arg(password)
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), said)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_recorded_is_asked_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let (recording, password) = (folder.path().join("calls.jsonl"), folder.path().join("password"));
    std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    let recorded = vcenter(2, 1).await;
    let recorder = record(&recorded, &recording);
    use_it(&recorder, &folder.path().join("calls.jsonl.pem")).await;
    drop(recorder);
    let text = std::fs::read_to_string(&recording).unwrap();
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(!text.contains(PASSWORD), "the password is written");
    assert!(text.contains("session-1") && text.contains("worker-2"), "{text}");

    let (code, said) = replay(&recording, &vcenter(2, 7).await, &password);
    assert!(code == 0 && said.contains("3 calls of 3 methods: 3 answered alike, 0 otherwise"), "{said}");
    let (code, said) = replay(&recording, &vcenter(1, 7).await, &password);
    assert!(code == 1 && said.contains("FindByInventoryPath: 1 of 1 answered otherwise"), "{said}");
    let (code, said) = replay(&folder.path().join("calls.jsonl.pem"), &recorded, &password);
    assert!(code == 2 && said.contains("this is no recording"), "{said}");
}
