//! Programs that Go made, where Go is present.

use std::time::Duration;

use libtest_mimic::{Completion, Trial};
use seatrial_clock::{Options, Program, Touching};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use crate::setting::{Outcome, World, expect, go, in_world};

pub fn trials() -> Vec<Trial> {
    vec![
        with_go("go::a_ticker_of_a_day", "ticker", |world, program| async move {
            let words = world.words(program.arguments(["1m", "1440"])).await?;
            expect("begin and duration", &words.trim(), &"2030-01-01T00:00:00Z 24h0m0s")
        }),
        with_go("go::a_server_just_within_a_time_out", "client", |world, program| {
            asked(world, program, 29_900, "failed 0 worst 29.9s all 51m30s")
        }),
        with_go("go::a_server_just_beyond_a_time_out", "client", |world, program| {
            asked(world, program, 30_100, "failed 100 worst 30s all 51m40s")
        }),
    ]
}

/// A test with a Go program; passed over, visibly, where there is no Go.
pub fn with_go<F>(name: &str, source: &'static str, body: impl FnOnce(World, Program) -> F + Send + 'static) -> Trial
where
    F: Future<Output = Outcome>,
{
    Trial::ignorable_test(name, move || {
        let Some(path) = go(source) else { return Ok(Completion::ignored_with("Go is not present")) };
        let options = Options { cpu: Some(0), ..Options::default() };
        in_world(options, |world| body(world, Program::new(path))).map_err(|error| error.to_string())?;
        Ok(Completion::Completed)
    })
}

async fn asked(world: World, program: Program, latency: u64, expected: &str) -> Outcome {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let clock = world.clock.clone();
    Handle::current().spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let _ = socket.set_nodelay(true);
            let mut socket = Touching::new(clock.clone(), socket);
            Handle::current().spawn(async move {
                let mut buffer = [0; 4096];
                while socket.read(&mut buffer).await.is_ok_and(|n| n > 0) {
                    tokio::time::sleep(Duration::from_millis(latency)).await;
                    if socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    let words = world.words(program.arguments([url.as_str(), "100", "1s", "30s"])).await?;
    expect("words", &words.trim(), &expected)
}
