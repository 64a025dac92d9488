//! The small child: what this executable does when a test launches it in a world.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent};
use nix::sys::select::{FdSet, select};
use nix::sys::time::TimeVal;
use nix::time::{ClockId, ClockNanosleepFlags, clock_gettime, clock_nanosleep};

/// The argument that makes this executable the small child.
pub const CHILD: &str = "__child";

type Done = Result<(), Box<dyn std::error::Error>>;

/// Whether this process was the small child; it has done its work then.
pub fn take_over() -> bool {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_none_or(|word| word != CHILD) {
        return false;
    }
    let arguments: Vec<&str> = words.iter().skip(2).map(String::as_str).collect();
    if let Err(error) = act(&words[1], &arguments) {
        println!("{error}");
        exit(1);
    }
    true
}

#[allow(clippy::disallowed_methods, reason = "this is the small child's end, as any program ends")]
fn exit(status: i32) -> ! {
    std::process::exit(status)
}

#[allow(clippy::disallowed_methods, reason = "a program of others looks at its clock: here it is the world's")]
fn now() -> Instant {
    Instant::now()
}

#[allow(clippy::disallowed_methods, reason = "as now")]
fn calendar() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn act(what: &str, arguments: &[&str]) -> Done {
    match (what, arguments) {
        ("wait", [how, milliseconds]) => wait(how, Duration::from_millis(milliseconds.parse()?)),
        ("ask", [address, count, timeout]) => ask(address, count.parse()?, Duration::from_millis(timeout.parse()?)),
        ("threads", [count, rounds]) => threads(count.parse()?, rounds.parse()?),
        ("beside", [count, milliseconds]) => beside(count.parse()?, Duration::from_millis(milliseconds.parse()?)),
        ("busy", [milliseconds]) => busy(milliseconds.parse()?),
        ("spin", [milliseconds]) => spin(Duration::from_millis(milliseconds.parse()?)),
        ("renew", [address, seconds]) => renew(address, Duration::from_secs(seconds.parse()?)),
        ("timerfd", []) => timerfd(),
        ("harness", [file]) => crate::deaths::harness(file),
        ("volley", [rounds]) => volley(rounds.parse()?),
        ("exit", [status]) => exit(status.parse()?),
        ("forever", []) => loop {
            thread::sleep(Duration::from_secs(3600));
        },
        ("beat", [milliseconds]) => beat(Duration::from_millis(milliseconds.parse()?)),
        ("clocks", []) => clocks(),
        ("patient", [timeout, words @ ..]) => patient(Duration::from_millis(timeout.parse()?), words),
        _ => Err(format!("cannot {what} {arguments:?}").into()),
    }
}

/// Waits in one of the ways in which programs wait, and says how long it took.
fn wait(how: &str, time: Duration) -> Done {
    let begin = now();
    match how {
        "sleep" => thread::sleep(time),
        "condition" => {
            let pair = (Mutex::new(()), Condvar::new());
            let guard = pair.0.lock().map_err(|_| "poisoned")?;
            let _ = pair.1.wait_timeout_while(guard, time, |()| true);
        }
        "channel" => {
            let (_keep, receive) = mpsc::channel::<()>();
            let _ = receive.recv_timeout(time);
        }
        "park" => {
            while begin.elapsed() < time {
                thread::park_timeout(time.saturating_sub(begin.elapsed()));
            }
        }
        "poll" => {
            let (read, _write) = nix::unistd::pipe()?;
            poll(&mut [PollFd::new(std::os::fd::AsFd::as_fd(&read), PollFlags::POLLIN)], PollTimeout::try_from(time)?)?;
        }
        "epoll" => {
            let epoll = Epoll::new(EpollCreateFlags::empty())?;
            epoll.wait(&mut [EpollEvent::empty()], u16::try_from(time.as_millis())?)?;
        }
        "select" => {
            let (read, _write) = nix::unistd::pipe()?;
            let mut set = FdSet::new();
            set.insert(std::os::fd::AsFd::as_fd(&read));
            let mut left = TimeVal::new(i64::try_from(time.as_secs())?, time.subsec_micros().into());
            let ready = select(None, Some(&mut set), None, None, Some(&mut left))?;
            if ready != 0 || set.contains(std::os::fd::AsFd::as_fd(&read)) {
                return Err("select says that an empty pipe is ready".into());
            }
        }
        "absolute" | "absolute-calendar" => {
            let clock = if how == "absolute" { ClockId::CLOCK_MONOTONIC } else { ClockId::CLOCK_REALTIME };
            let until = Duration::from(clock_gettime(clock)?) + time;
            clock_nanosleep(clock, ClockNanosleepFlags::TIMER_ABSTIME, &until.into())?;
        }
        "relative" => {
            clock_nanosleep(ClockId::CLOCK_MONOTONIC, ClockNanosleepFlags::empty(), &time.into())?;
        }
        other => return Err(format!("cannot wait by {other}").into()),
    }
    println!("{}", begin.elapsed().as_millis());
    Ok(())
}

/// Asks a server so many times with a time-out of the socket's, and says how many failed and how long the last took.
fn ask(address: &str, count: u32, timeout: Duration) -> Done {
    let (mut failed, mut last) = (0, Duration::ZERO);
    let mut socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(timeout))?;
    for _ in 0..count {
        let begin = now();
        socket.write_all(b"?")?;
        let answered = socket.read_exact(&mut [0]);
        last = begin.elapsed();
        if answered.is_err() {
            failed += 1;
            socket = TcpStream::connect(address)?;
            socket.set_nodelay(true)?;
            socket.set_read_timeout(Some(timeout))?;
        }
        thread::sleep(Duration::from_secs(1));
    }
    println!("{failed} {}", last.as_millis());
    Ok(())
}

/// Renews a lease again and again, until it is killed.
fn renew(address: &str, period: Duration) -> Done {
    let mut socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    loop {
        socket.write_all(b"?")?;
        thread::sleep(period);
    }
}

/// Threads that come, sleep each for its own time and go, round after round; says how long it all took.
fn threads(count: u64, rounds: u64) -> Done {
    let begin = now();
    for _ in 0..rounds {
        let all: Vec<_> = (1..=count).map(|n| thread::spawn(move || thread::sleep(Duration::from_secs(n)))).collect();
        for one in all {
            one.join().map_err(|_| "a thread panicked")?;
        }
    }
    println!("{}", begin.elapsed().as_millis());
    Ok(())
}

/// Beats beside threads that do nothing.
fn beside(count: u64, time: Duration) -> Done {
    for _ in 0..count {
        thread::spawn(thread::park);
    }
    beat(time)
}

/// Works for so much of CPU time without a look at the world's clock.
fn busy(milliseconds: i64) -> Done {
    let used = || clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map(Duration::from).unwrap_or_default();
    let end = used() + Duration::from_millis(milliseconds.unsigned_abs());
    while used() < end {
        std::hint::black_box((0..10_000_u64).fold(0, |a, b| a ^ std::hint::black_box(b)));
    }
    println!("done");
    Ok(())
}

/// Looks at the clock until so much has passed.
fn spin(time: Duration) -> Done {
    let begin = now();
    let mut looks = 1_u64;
    while begin.elapsed() < time {
        looks += 1;
    }
    println!("{} {looks}", begin.elapsed().as_millis());
    Ok(())
}

/// Waits by a timer that no look at the clock leads to.
fn timerfd() -> Done {
    use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
    let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::empty())?;
    timer.set(Expiration::OneShot(Duration::from_millis(300).into()), TimerSetTimeFlags::empty())?;
    timer.wait()?;
    Ok(())
}

/// Two threads that hand a ball to each other and look at nothing but the ball meanwhile.
fn volley(rounds: u32) -> Done {
    let ball = Arc::new(AtomicU32::new(0));
    let other = ball.clone();
    let thread = thread::spawn(move || play(&other, 1, rounds));
    play(&ball, 0, rounds);
    thread.join().map_err(|_| "a thread panicked")?;
    println!("done");
    Ok(())
}

fn play(ball: &AtomicU32, side: u32, rounds: u32) {
    for _ in 0..rounds {
        while ball.load(Ordering::SeqCst) % 2 != side {
            std::hint::spin_loop();
        }
        ball.fetch_add(1, Ordering::SeqCst);
    }
}

/// Says the time again and again, until it is killed.
fn beat(period: Duration) -> Done {
    let begin = now();
    loop {
        thread::sleep(period);
        println!("{}", begin.elapsed().as_millis());
        std::io::stdout().flush()?;
    }
}

/// Says what the clocks show.
fn clocks() -> Done {
    println!("{} {}", calendar().as_nanos(), Duration::from(clock_gettime(ClockId::CLOCK_MONOTONIC)?).as_nanos());
    Ok(())
}

/// Runs a program and gives it so much time, as a context with a deadline does.
fn patient(timeout: Duration, words: &[&str]) -> Done {
    let (program, arguments) = words.split_first().ok_or("which program?")?;
    let begin = now();
    let mut child = std::process::Command::new(program).args(arguments).stdout(std::process::Stdio::null()).spawn()?;
    let ended = Arc::new((Mutex::new(None), Condvar::new()));
    let told = ended.clone();
    thread::spawn(move || {
        let status = child.wait().ok();
        if let Ok(mut ended) = told.0.lock() {
            *ended = Some(status);
        }
        told.1.notify_all();
    });
    let guard = ended.0.lock().map_err(|_| "poisoned")?;
    let (status, late) = ended.1.wait_timeout_while(guard, timeout, |status| status.is_none()).map_err(|_| "poisoned")?;
    let good = status.flatten().is_some_and(|status| status.success());
    println!("{} {} {}", if late.timed_out() { "late" } else { "in time" }, good, begin.elapsed().as_millis());
    Ok(())
}
