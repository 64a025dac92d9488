//! The keeper of time: unmodified programs of others live in the world's clock.
//!
//! A world is one thread with a current-thread tokio runtime whose clock is paused. Its children are programs that
//! nobody changed (Go's, static ones too; C, Rust, Python, Java); their clocks, time-outs and calendars are the world's,
//! and jump with it while everybody sleeps. No unsafe code, no preloading, nothing between a program and its system calls.
//!
//! ```no_run
//! # use seatrial_clock::{Keeper, Options, Program, WorldClock};
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let keeper = Keeper::start(Options::default())?; // `main` has called `role::take_over` first
//! let clock = WorldClock::new(keeper).await?; // in the world's thread; the world begins now
//! let child = clock.launch(Program::new("/bin/sleep").arguments(["3600"])).await?;
//! let ending = child.exited().await; // an hour of the world's, a millisecond of ours
//! # Ok(()) }
//! ```
//!
//! # How
//!
//! The harness's executable starts itself in a hidden role ([`role`]), is traced by the keeper's thread, and execs the
//! program. Before its first instruction the symbols of its vDSO are moved to functions of ours (`blob/`), which read a
//! page that the keeper sets. The keeper looks at every thread's system call in `/proc`: when all sleep, the world's
//! thread in its poll included, it knows until when ([`WorldClock`] tells tokio), sets the clocks and ends the sleeps of
//! those who are due. Whoever is about to wake a child calls [`WorldClock::touch`] before, or uses [`Touching`].
//!
//! # What is virtual
//!
//! - `clock_gettime`, `gettimeofday` and `time` by the vDSO, but for the clocks of the CPU and the alarms.
//! - Time-outs of futex, epoll, poll, select, sleeps (relative and absolute), `sigtimedwait`, `semtimedop`, and of
//!   sockets (SO_RCVTIMEO, SO_SNDTIMEO). To the millisecond, because tokio's timers are; up to one millisecond late.
//! - The same for whatever a child forks and execs: they are followed, and a parent that waits for one sleeps only while
//!   that one does.
//! - With a seed: AT_RANDOM, the vDSO's `getrandom`, and the addresses of memory. With [`Options::cpu`] and the right to
//!   it, the order in which programs run ([`Scheduling::Fifo`]), and `getrandom` as a system call: the same seed gives the same
//!   run.
//! - While nobody sleeps the clock creeps by looks at it ([`Options::looks`]), not by the machine's time. Who spins on the
//!   clock is stopped until the world is where its clock is, and told ([`Event::Patience`]).
//!
//! # What is not
//!
//! - System calls that bypass the vDSO: raw `clock_gettime`. Randomness from `/dev/urandom`, and from the processor (RDRAND).
//!   Times of files.
//! - `setitimer` and `alarm`; `timerfd`, POSIX timers and `io_uring`, which are told when they are seen
//!   ([`Event::Unsupported`]). Real-time signals are dropped, and told: glibc's `setuid` in a program of several threads.
//! - Without [`Scheduling::Fifo`], relative time-outs of waits that somebody may end (poll, epoll, select, futex) begin in the
//!   kernel: where the harness takes longer than the time-out to get there, the wait ends early by the machine's clock. Go, tokio,
//!   libuv, Python and Java look at the clock then and wait on. Sleeps are taken over by the keeper. With it no wait ends early
//!   but those on sockets with time-outs of their own (`timed_waits.rs` says how, and what it costs).
//! - With it Go's monitor thread works only when everybody else sleeps (`monitor.rs`): a goroutine that computes is not asked to
//!   yield before it has run for a turn ([`Options::turn`]).
//! - TCP's own timers: sockets without TCP_NODELAY may hold bytes back for 40 ms of the machine's.
//! - Disks and other devices: who waits for one is busy, and the world waits. A program of another world or of nobody's
//!   that talks to a child is not seen; the child wakes, and is looked at with the next touch.
//! - Signals of a traced program stop it for the keeper: each costs about 10 us. Programs that trace others do not work.
//! - Linux on x86-64 only; elsewhere [`Keeper::start`] says so.

mod cpu;
mod elf;
mod far;
mod inject;
mod keep;
mod keeper;
mod launch;
mod look;
mod monitor;
mod other_timers;
mod pace;
mod page;
mod patience;
mod process;
mod program;
mod randomness;
pub mod role;
mod room;
mod seeded;
mod sockets;
mod softirq;
mod stops;
mod thread;
mod timed_waits;
mod touching;
mod vdso;
mod wait;
mod wake;
mod wall;
mod world;

pub use cpu::Scheduling;
pub use keeper::{Keeper, Options, StartError};
pub use launch::LaunchError;
pub use program::{Ending, Event, Program};
pub use touching::Touching;
pub use world::{Child, SignalError, WorldClock};
