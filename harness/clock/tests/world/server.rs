//! A server of the harness's, in the world's time, and clients with time-outs.

use std::net::SocketAddr;
use std::time::Duration;

use libtest_mimic::Trial;
use nix::sys::signal::Signal;
use seatrial_clock::{Touching, WorldClock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use crate::setting::{Outcome, World, expect, small, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("server::just_within_a_time_out", |world| answered_after(world, Duration::from_millis(29_900), "0 29900")),
        trial("server::just_beyond_a_time_out", |world| answered_after(world, Duration::from_millis(30_100), "20 30000")),
        trial("server::a_lease_is_kept_for_a_day", lease),
        trial("server::at_once", |world| answered_after(world, Duration::ZERO, "0 0")),
    ]
}

async fn answered_after(world: World, latency: Duration, expected: &str) -> Outcome {
    let address = serve(&world.clock, latency).await?;
    let words = world.small(&["ask", &address.to_string(), "20", "30000"]).await?;
    expect("failed, last in milliseconds", &words.trim(), &expected)
}

/// A lease of 60 s, renewed every 40 s by a child until the child is killed.
async fn lease(world: World) -> Outcome {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let child = world.launch(small(&["renew", &listener.local_addr()?.to_string(), "40"])?, "renew").await?;
    let (socket, _) = listener.accept().await?;
    let mut socket = Touching::new(world.clock.clone(), socket);
    let mut renewals = 0;
    loop {
        let renewed = tokio::time::timeout(Duration::from_secs(60), socket.read_u8());
        match renewed.await {
            Ok(Ok(_)) => renewals += 1,
            // Killed, its connection is closed; the lease runs out nevertheless.
            Ok(Err(_)) => break,
            Err(_) => return Err(format!("lost after {renewals} renewals at {:?}", world.clock.elapsed()).into()),
        }
        if world.clock.elapsed() >= DAY {
            child.signal(Signal::SIGKILL).await?;
        }
    }
    expect("renewals", &renewals, &(24 * 90 + 1))?;
    expect("the world's time", &world.clock.elapsed(), &DAY)
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
