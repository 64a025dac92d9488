//! A server of the harness's, in the world's time, and clients with time-outs.

use std::net::SocketAddr;
use std::time::Duration;

use libtest_mimic::Trial;
use seatrial_clock::{Touching, WorldClock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use crate::setting::{Outcome, World, expect, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("server::just_within_a_time_out", |world| answered_after(world, Duration::from_millis(29_900), "0 29900")),
        trial("server::just_beyond_a_time_out", |world| answered_after(world, Duration::from_millis(30_100), "20 30000")),
        trial("server::at_once", |world| answered_after(world, Duration::ZERO, "0 0")),
    ]
}

async fn answered_after(world: World, latency: Duration, expected: &str) -> Outcome {
    let address = serve(&world.clock, latency).await?;
    let words = world.small(&["ask", &address.to_string(), "20", "30000"]).await?;
    expect("failed, last in milliseconds", &words.trim(), &expected)
}

/// Answers each byte with one after a latency.
pub async fn serve(clock: &WorldClock, latency: Duration) -> Outcome<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let clock = clock.clone();
    Handle::current().spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let _ = socket.set_nodelay(true);
            let mut socket = Touching::new(clock.clone(), socket);
            Handle::current().spawn(async move {
                let mut byte = [0];
                while socket.read_exact(&mut byte).await.is_ok() {
                    tokio::time::sleep(latency).await;
                    if socket.write_all(b"!").await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    Ok(address)
}
