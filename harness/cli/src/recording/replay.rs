//! Asks another vCenter what was recorded, and tells where it answers otherwise.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use driver_host::{BoxError, HttpService, body_from, collect_body, send};
use http::{Request, Response};
use seatrial_search::recording::{Difference, Exchange, Ids, Node, PASSWORD, Recording, WAITING, differences};

use super::arguments::{ToArguments, connect};
use crate::exit::Exit;
use crate::interrupt::interrupted;
use crate::output::{fail, say};

/// So many differences of a method are shown.
const SHOWN: usize = 6;
/// A recorded wait is cut to this.
const LONGEST: Duration = Duration::from_secs(10);

/// Replays a recording.
pub fn replay(file: &Path, to: &str, arguments: &ToArguments) -> Exit {
    let recording = match std::fs::read_to_string(file).map(|text| Recording::read(&text)) {
        Ok(Ok(recording)) => recording,
        Ok(Err(error)) => return fail(&format!("{}: {error}", file.display()), Exit::BadInput),
        Err(error) => return fail(&format!("failed to read {}: {error}", file.display()), Exit::BadInput),
    };
    let password = match arguments.password_file.as_ref().map(std::fs::read_to_string).transpose() {
        Ok(text) => text.as_deref().and_then(|text| text.lines().next()).unwrap_or_default().to_owned(),
        Err(error) => return fail(&format!("failed to read the password: {error}"), Exit::BadInput),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("failed to start: {error}"), Exit::Environment),
    };
    runtime.block_on(async {
        match connect(to, &arguments.trust).await {
            Err(error) => fail(&error.to_string(), Exit::BadInput),
            Ok(vcenter) => {
                let mut replaying =
                    Replaying { vcenter, user: arguments.user.clone(), password, ids: Ids::default(), methods: BTreeMap::new(), waited: 0 };
                match replaying.run(&recording).await {
                    Ok(()) => replaying.tell(),
                    Err(error) => fail(&format!("{to} does not answer: {error}"), Exit::Environment),
                }
            }
        }
    })
}

/// How the calls of a method were answered.
#[derive(Default)]
struct Method {
    calls: usize,
    differ: usize,
    /// What differs, without repetitions, each with the number of the first call in which it did.
    differences: BTreeMap<String, u64>,
}

struct Replaying {
    vcenter: HttpService,
    user: Option<String>,
    password: String,
    ids: Ids,
    methods: BTreeMap<String, Method>,
    waited: usize,
}

impl Replaying {
    async fn run(&mut self, recording: &Recording) -> Result<(), BoxError> {
        let mut exchanges: Vec<&Exchange> = recording.exchanges.iter().collect();
        exchanges.sort_by_key(|exchange| exchange.number);
        for exchange in exchanges {
            if interrupted() {
                break;
            }
            let method = exchange.method();
            if WAITING.contains(&method.as_str()) {
                self.waited += 1;
                tokio::time::sleep(Duration::from_millis(exchange.took_ms).min(LONGEST)).await;
            } else if exchange.status != 0 {
                self.ask(exchange, method).await?;
            }
        }
        Ok(())
    }

    async fn ask(&mut self, exchange: &Exchange, method: String) -> Result<(), BoxError> {
        let response = send(self.vcenter.clone(), self.request(exchange, &method)?).await?;
        let (head, body) = response.into_parts();
        let answer = String::from_utf8_lossy(&collect_body(body).await?).into_owned();
        self.learn_session(exchange, &Response::from_parts(head.clone(), ()));
        let found = self.judge(exchange, head.status.as_u16(), &answer);
        let method = self.methods.entry(method).or_default();
        method.calls += 1;
        method.differ += usize::from(!found.is_empty());
        for difference in found {
            method.differences.entry(difference.to_string()).or_insert(exchange.number);
        }
        Ok(())
    }

    /// The recorded call with this vCenter's ids, and the password that was given.
    fn request(&self, exchange: &Exchange, method: &str) -> Result<Request<driver_host::Body>, BoxError> {
        let mut body = self.ids.translated(&exchange.body).replace(PASSWORD, &escaped(&self.password));
        if let (Some(user), true) = (&self.user, method.starts_with("Login")) {
            body = with_user(&body, user);
        }
        let mut request = Request::builder().method(exchange.verb.as_str()).uri(self.ids.translated(&exchange.path));
        for (name, value) in &exchange.headers {
            let value = match name.as_str() {
                "authorization" => {
                    let account = format!("{}:{}", self.user.as_deref().unwrap_or_default(), self.password);
                    format!("Basic {}", STANDARD.encode(account))
                }
                _ => self.ids.translated(value),
            };
            request = request.header(name.as_str(), value);
        }
        Ok(request.body(body_from(body))?)
    }

    /// What opens the session here stands where the recorded one's label stands.
    fn learn_session(&mut self, exchange: &Exchange, answered: &Response<()>) {
        for name in ["set-cookie", "vmware-api-session-id"] {
            let now = answered.headers().get(name).and_then(|value| value.to_str().ok());
            if let (Some(then), Some(now)) = (exchange.answer_headers.get(name), now) {
                self.ids.learn_session(then, now);
            }
        }
    }

    /// What differs, and what is learned of ids by it.
    fn judge(&mut self, exchange: &Exchange, status: u16, answer: &str) -> Vec<Difference> {
        if exchange.status != status {
            let (recorded, answered) = (exchange.status.to_string(), status.to_string());
            return vec![Difference::Other { path: "status".to_owned(), recorded, answered }];
        }
        match (Node::read(&exchange.answer), Node::read(answer)) {
            (Some(then), Some(now)) => {
                self.ids.learn(&then, &now);
                differences(&then, &now, &self.ids)
            }
            (None, None) if exchange.answer == answer => Vec::new(),
            (then, _) => vec![if then.is_some() {
                Difference::Missing { path: "body".to_owned() }
            } else {
                Difference::Extra { path: "body".to_owned() }
            }],
        }
    }

    /// Says what was found; an answer that differs is a finding and no failure of ours.
    fn tell(&self) -> Exit {
        let mut text = String::new();
        for (name, method) in self.methods.iter().filter(|(_, method)| method.differ > 0) {
            text.push_str(&format!("{name}: {} of {} answered otherwise\n", method.differ, method.calls));
            let mut differences: Vec<(&String, &u64)> = method.differences.iter().collect();
            differences.sort_by_key(|(_, number)| **number);
            for (difference, number) in differences.iter().take(SHOWN) {
                text.push_str(&format!("    call {number}: {difference}\n"));
            }
            if differences.len() > SHOWN {
                text.push_str(&format!("    and {} more\n", differences.len() - SHOWN));
            }
        }
        let calls: usize = self.methods.values().map(|method| method.calls).sum();
        let differ: usize = self.methods.values().map(|method| method.differ).sum();
        text.push_str(&format!(
            "{calls} calls of {} methods: {} answered alike, {differ} otherwise; {} that wait were not sent; {} ids are others here\n",
            self.methods.len(),
            calls - differ,
            self.waited,
            self.ids.len()
        ));
        say(&text);
        if differ > 0 { Exit::Failed } else { Exit::Passed }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The login of another account.
fn with_user(body: &str, user: &str) -> String {
    let Some(begin) = body.find("userName>").map(|at| at + "userName>".len()) else { return body.to_owned() };
    let end = body[begin..].find('<').map_or(body.len(), |at| begin + at);
    format!("{}{}{}", &body[..begin], escaped(user), &body[end..])
}
