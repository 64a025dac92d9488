//! Toy processes on wires: repeatability over a hundred seeds, and what killing means.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use driver_host::{Body, BoxError, HttpService, body_from, collect_body};
use http::{HeaderMap, Request, Response, request, response};
use seatrial_journal::{
    Answer, Border, Call, Describe, Described, EffectMark, Entry, Event, Flow, LinesSink, MemorySink, first_difference,
};
use seatrial_wires::{Action, CannedAnswer, FaultPlan, Firing, HowEnded, Moment, Network, Progress, virtual_run, virtual_run_with};
use tower::service_fn;

/// Reads toy requests: the path is the method, and says the flow.
struct Toy;

impl Describe for Toy {
    fn request(&self, head: &request::Parts, body: &[u8]) -> Described {
        let flow = if head.uri.path() == "/stream" { Flow::Stream } else { Flow::Unary };
        let args = String::from_utf8_lossy(body).into_owned().into();
        Described { method: head.uri.path().trim_start_matches('/').to_owned(), target: None, flow, session: None, args }
    }

    fn answer(&self, _request: &Described, head: &response::Parts, body: &[u8], _trailers: Option<&HeaderMap>) -> Answer {
        Answer { status: head.status.as_u16(), error: None, result: String::from_utf8_lossy(body).into_owned().into() }
    }
}

/// A server that counts: each request takes `work`, marks its effect, and answers the count.
fn counter(count: Arc<AtomicU64>, work: Duration) -> HttpService {
    HttpService::new(service_fn(move |request: Request<Body>| {
        let count = Arc::clone(&count);
        async move {
            tokio::time::sleep(work).await;
            let value = count.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(mark) = request.extensions().get::<EffectMark>() {
                mark.took_effect();
            }
            Ok::<_, BoxError>(Response::new(body_from(value.to_string())))
        }
    }))
}

fn serve_counter(network: &Network, work: Duration) -> Arc<AtomicU64> {
    let count = Arc::new(AtomicU64::new(0));
    network.process("server").listen("server:1", Border::VCenter, counter(Arc::clone(&count), work), Arc::new(Toy));
    count
}

async fn ask(wire: &HttpService, path: &str) -> Result<String, BoxError> {
    let request = Request::builder().uri(path).body(driver_host::empty_body())?;
    let response = driver_host::send(wire.clone(), request).await?;
    let bytes: Bytes = collect_body(response.into_body()).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Four clients ask one server; the journal's lines.
fn four_clients(seed: u64) -> String {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Shared(Arc::clone(&lines));
    virtual_run_with(
        seed,
        Progress::default(),
        |journal| journal.add_sink(LinesSink::new(sink)),
        |network| async move {
            serve_counter(&network, Duration::from_millis(3));
            for name in ["a", "b", "c", "d"] {
                let process = network.process(name);
                let wire = process.connect("server:1");
                process.spawn("asks", async move {
                    for _ in 0..5 {
                        ask(&wire, "/count").await.unwrap();
                    }
                });
            }
            tokio::time::sleep(Duration::from_secs(5)).await;
        },
    );
    String::from_utf8(lines.lock().unwrap().clone()).unwrap()
}

struct Shared(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_hundred_seeds_repeat_themselves_and_differ_from_each_other() {
    let mut different = BTreeSet::new();
    for seed in 0..100 {
        let (first, second) = (four_clients(seed), four_clients(seed));
        if let Some(difference) = first_difference(&first, &second) {
            panic!("seed {seed}: {difference}");
        }
        different.insert(first);
    }
    assert!(different.len() >= 95, "only {} different journals in 100 seeds", different.len());
}

#[test]
fn a_killed_caller_does_not_stop_the_servers_work() {
    virtual_run(1, |network| async move {
        let entries = MemorySink::default();
        network.journal().add_sink(entries.clone());
        let count = serve_counter(&network, Duration::from_millis(100));
        let before = network.live_tasks();
        let caller = network.process("caller");
        let wire = caller.connect("server:1");
        caller.spawn("asks", async move { ask(&wire, "/count").await.map(drop).unwrap_or_default() });
        tokio::time::sleep(Duration::from_millis(50)).await;
        caller.kill();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(count.load(Ordering::Relaxed), 1);
        assert!(entries.entries().iter().any(|entry| matches!(entry.event, Event::CallerGone { .. })));
        assert_eq!(network.live_tasks(), before, "a killed process leaves no task behind");
        assert_eq!(network.calls_in_flight(), 0);
    });
}

#[test]
fn a_killed_server_resets_its_wires_and_a_new_one_is_found() {
    virtual_run(1, |network| async move {
        serve_counter(&network, Duration::from_secs(60));
        let caller = network.process("caller");
        let wire = caller.connect("server:1");
        let (killer, asking) = (network.clone(), ask(&wire, "/count"));
        caller.spawn("kills", async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            killer.kill("server", None);
        });
        assert!(asking.await.unwrap_err().to_string().contains("reset"));
        assert!(ask(&wire, "/count").await.unwrap_err().to_string().contains("refused"));
        serve_counter(&network, Duration::ZERO);
        assert_eq!(ask(&wire, "/count").await.unwrap(), "1");
    });
}

/// Kills the caller at one moment of its first `count`.
struct KillOnce(Moment, Mutex<bool>);

impl FaultPlan for KillOnce {
    fn at(&self, moment: Moment, call: &Call) -> Vec<Firing> {
        let mut done = self.1.lock().unwrap();
        if moment != self.0 || call.method != "count" || std::mem::replace(&mut done, true) {
            return Vec::new();
        }
        vec![Firing {
            rule: "once".to_owned(),
            action: Action::Kill { process: "caller".to_owned(), restart: Some(Duration::from_secs(5)) },
        }]
    }
}

fn killed_at(moment: Moment) -> (u64, bool, Vec<Entry>) {
    virtual_run(7, |network| async move {
        let entries = MemorySink::default();
        network.journal().add_sink(entries.clone());
        let count = serve_counter(&network, Duration::from_millis(3));
        network.set_fault_plan(Arc::new(KillOnce(moment, Mutex::default())));
        let mut ended = network.take_ended().unwrap();
        let caller = network.process("caller");
        let (wire, acted) = (caller.connect("server:1"), Arc::new(AtomicU64::new(0)));
        let acting = Arc::clone(&acted);
        caller.spawn("asks", async move {
            ask(&wire, "/count").await.unwrap();
            acting.fetch_add(1, Ordering::Relaxed);
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        let how = ended.recv().await.unwrap().how;
        assert_eq!(how, HowEnded::Killed { restart: Some(Duration::from_secs(5)) });
        (count.load(Ordering::Relaxed), acted.load(Ordering::Relaxed) > 0, entries.entries())
    })
}

#[test]
fn each_moment_of_a_call_leaves_its_own_world_behind() {
    let sent = |entries: &[Entry]| entries.iter().any(|entry| matches!(entry.event, Event::Sent(_)));
    let answered = |entries: &[Entry]| entries.iter().any(|entry| matches!(entry.event, Event::Answered { .. }));
    let (count, acted, entries) = killed_at(Moment::BeforeSending);
    assert_eq!((count, acted, sent(&entries), answered(&entries)), (0, false, false, false));
    let (count, acted, entries) = killed_at(Moment::AfterEffect);
    assert_eq!((count, acted, sent(&entries), answered(&entries)), (1, false, true, false));
    let (count, acted, entries) = killed_at(Moment::AfterAnswer);
    assert_eq!((count, acted, sent(&entries), answered(&entries)), (1, false, true, true));
}

#[test]
fn a_deadline_bounds_the_callers_patience_only() {
    virtual_run(1, |network| async move {
        let count = serve_counter(&network, Duration::from_secs(30));
        let caller = network.process("caller");
        let request = Request::builder().uri("/count").header("grpc-timeout", "10S").body(driver_host::empty_body()).unwrap();
        let before = tokio::time::Instant::now();
        let response = driver_host::send(caller.connect("server:1"), request).await.unwrap();
        assert_eq!(response.headers()["grpc-status"], "4");
        assert_eq!(before.elapsed(), Duration::from_secs(10));
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(count.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_stream_arrives_in_order_and_ends_when_either_side_goes() {
    virtual_run(1, |network| async move {
        let server = network.process("server");
        let service = HttpService::new(service_fn(|_: Request<Body>| async {
            let frames = futures::stream::unfold(0_u64, |n| async move {
                tokio::time::sleep(Duration::from_millis(1)).await;
                Some((Ok::<_, BoxError>(http_body::Frame::data(Bytes::from(format!("{n} ")))), n + 1))
            });
            Ok::<_, BoxError>(Response::new(http_body_util::BodyExt::boxed_unsync(http_body_util::StreamBody::new(frames))))
        }));
        server.listen("server:1", Border::Kubernetes, service, Arc::new(Toy));
        let before = network.live_tasks();
        let caller = network.process("caller");
        let request = Request::builder().uri("/stream").body(driver_host::empty_body()).unwrap();
        let mut body = driver_host::send(caller.connect("server:1"), request).await.unwrap().into_body();
        let mut text = String::new();
        while text.len() < 30 {
            let frame = http_body_util::BodyExt::frame(&mut body).await.unwrap().unwrap();
            text.push_str(&String::from_utf8_lossy(&frame.into_data().unwrap()));
        }
        assert!(text.starts_with("0 1 2 3 4 5 6 7 8 9 10 "), "{text}");
        server.kill();
        let broke = loop {
            match http_body_util::BodyExt::frame(&mut body).await {
                Some(Ok(_)) => {}
                other => break other,
            }
        };
        assert!(broke.unwrap().is_err(), "a cut stream is an error, not an end");
        drop(body);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(network.live_tasks(), before);
    });
}

#[test]
fn a_task_that_goes_round_in_circles_is_named() {
    virtual_run(1, |network| async move {
        serve_counter(&network, Duration::ZERO);
        let caller = network.process("caller");
        for _ in 0..200 {
            let wire = caller.connect("server:1");
            caller.spawn("storms", async move {
                loop {
                    ask(&wire, "/count").await.unwrap();
                }
            });
        }
        let livelock = network.livelocked().await;
        assert_eq!((livelock.process.as_str(), livelock.task.as_str()), ("caller", "storms"));
    });
}

#[test]
fn a_panic_ends_its_process_and_is_told() {
    virtual_run(1, |network| async move {
        let mut ended = network.take_ended().unwrap();
        let process = network.process("fragile");
        process.spawn("breaks", async { panic!("a broken invariant") });
        assert_eq!(ended.recv().await.unwrap().how, HowEnded::Exited("panicked: a broken invariant".to_owned()));
        assert!(!process.is_alive());
    });
}

#[test]
fn a_cut_way_loses_calls_and_answers_until_it_is_mended() {
    virtual_run(4, |network| async move {
        let count = serve_counter(&network, Duration::from_millis(100));
        let caller = network.process("caller");
        let wire = caller.connect("server:1");
        assert_eq!(ask(&wire, "/count").await.unwrap(), "1");
        network.cut("caller", "server:1");
        assert!(ask(&wire, "/count").await.unwrap_err().to_string().contains("no route"));
        let other = network.process("other").connect("server:1");
        assert_eq!(ask(&other, "/count").await.unwrap(), "2", "others are not cut off");
        network.mend("caller", "server:1");
        let during = network.clone();
        network.process("saboteur").spawn("cuts", async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            during.cut("caller", "server:1");
        });
        let answer = ask(&wire, "/count").await;
        assert!(answer.unwrap_err().to_string().contains("reset"), "the answer is lost on its way");
        assert_eq!(count.load(Ordering::Relaxed), 3, "the server has done its work");
        network.mend("caller", "server:1");
        assert_eq!(ask(&wire, "/count").await.unwrap(), "4");
    });
}

/// Answers in the server's place, and notes what it was told to let happen.
struct Canned(Arc<Mutex<Vec<String>>>);

impl FaultPlan for Canned {
    fn at(&self, moment: Moment, call: &Call) -> Vec<Firing> {
        let answer = CannedAnswer {
            status: 500,
            content_type: "text/plain".into(),
            headers: Vec::new(),
            body: "no".into(),
            what: "a refusal".into(),
        };
        match (moment, call.method.as_str()) {
            (Moment::BeforeSending, "refused") => vec![Firing { rule: "refuse".into(), action: Action::Instead(answer) }],
            (Moment::AfterEffect, "count") => {
                vec![Firing { rule: "storm".into(), action: Action::Perform { what: "a storm breaks".into() } }]
            }
            _ => Vec::new(),
        }
    }

    fn perform(&self, rule: &str, _call: &Call) {
        self.0.lock().unwrap().push(rule.to_owned());
    }
}

#[test]
fn a_fault_may_answer_in_the_servers_place_or_let_something_else_happen() {
    virtual_run(5, |network| async move {
        let (entries, happened) = (MemorySink::default(), Arc::default());
        network.journal().add_sink(entries.clone());
        let count = serve_counter(&network, Duration::from_millis(1));
        network.set_fault_plan(Arc::new(Canned(Arc::clone(&happened))));
        let wire = network.process("caller").connect("server:1");
        assert_eq!(ask(&wire, "/refused").await.unwrap(), "no");
        assert_eq!(count.load(Ordering::Relaxed), 0, "the server never saw it");
        assert_eq!(ask(&wire, "/count").await.unwrap(), "1");
        assert_eq!(*happened.lock().unwrap(), ["storm"]);
        let sent = entries.entries().iter().filter(|entry| matches!(&entry.event, Event::Sent(call) if call.method == "refused")).count();
        assert_eq!(sent, 1, "its caller sent it all the same");
        let answered = |entry: &Entry| matches!(&entry.event, Event::Answered { answer, .. } if answer.status == 500);
        assert_eq!(entries.entries().iter().filter(|entry| answered(entry)).count(), 1);
        let told =
            |entry: &Entry| matches!(&entry.event, Event::Fault { does, .. } if does == "a storm breaks" || does == "answers a refusal");
        assert_eq!(entries.entries().iter().filter(|entry| told(entry)).count(), 2);
    });
}
