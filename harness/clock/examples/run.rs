//! Runs one program in the world's clock until it ends, with a small HTTP server of the harness's at 127.0.0.1:PORT that
//! answers after a latency: `cargo run -p seatrial-clock --example run -- [--fifo CPU] [--seed N] [--port P --latency-ms N] PROGRAM ARGUMENTS...`

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use seatrial_clock::{Keeper, Options, Program, Touching, WorldClock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn main() -> Result<(), Box<dyn Error>> {
    seatrial_clock::role::take_over(std::env::args_os());
    let mut words = std::env::args().skip(1).peekable();
    let (mut options, mut seed, mut port, mut latency) = (Options::default(), None, None, 0);
    while let Some(word) = words.next_if(|word| word.starts_with("--")) {
        let value = words.next().unwrap_or_default();
        match word.as_str() {
            "--fifo" => options.cpu = Some(value.parse()?),
            "--seed" => seed = Some(value.parse()?),
            "--port" => port = Some(value.parse()?),
            "--latency-ms" => latency = value.parse()?,
            "--looks" => options.looks = value.parse()?,
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    let mut program = Program::new(PathBuf::from(words.next().ok_or("which program?")?)).arguments(words);
    program.seed = seed;
    program.stdout = Some(std::fs::File::from(std::os::fd::AsFd::as_fd(&std::io::stdout()).try_clone_to_owned()?));
    program.stderr = Some(std::fs::File::from(std::os::fd::AsFd::as_fd(&std::io::stderr()).try_clone_to_owned()?));
    let keeper = Keeper::start(options)?;
    eprintln!("{:?}", keeper.scheduling());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    runtime.block_on(async {
        let clock = WorldClock::new(keeper).await?;
        if let Some(port) = port {
            let listener = TcpListener::bind(("127.0.0.1", port)).await?;
            tokio::runtime::Handle::current().spawn(serve(listener, clock.clone(), Duration::from_millis(latency)));
        }
        let child = clock.launch(program).await?;
        let mut ended = std::pin::pin!(child.exited());
        let ending = loop {
            tokio::select! {
                biased;
                event = clock.event() => eprintln!("{event}"),
                ending = &mut ended => break ending,
            }
        };
        eprintln!("{ending} after {:?} of the world's", clock.elapsed());
        clock.shutdown().await;
        Ok(())
    })
}

async fn serve(listener: TcpListener, clock: WorldClock, latency: Duration) {
    while let Ok((socket, _)) = listener.accept().await {
        let _ = socket.set_nodelay(true);
        let mut socket = Touching::new(clock.clone(), socket);
        tokio::runtime::Handle::current().spawn(async move {
            let mut buffer = [0; 4096];
            while socket.read(&mut buffer).await.is_ok_and(|n| n > 0) {
                tokio::time::sleep(latency).await;
                if socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.is_err() {
                    return;
                }
            }
        });
    }
}
