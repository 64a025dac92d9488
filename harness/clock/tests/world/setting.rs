//! A world for a test: a runtime, a clock, programs whose words are read afterwards.

use std::error::Error;
use std::fs::File;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use seatrial_clock::{Child, Ending, Event, Keeper, Options, Program, WorldClock};

pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A world and a place for what its programs say.
pub struct World {
    pub clock: WorldClock,
    pub place: tempfile::TempDir,
}

/// A test in a world with the default options.
pub fn trial<F>(name: &str, body: impl FnOnce(World) -> F + Send + 'static) -> Trial
where
    F: Future<Output = Outcome>,
{
    trial_with(name, Options::default(), body)
}

/// A test in a world.
pub fn trial_with<F>(name: &str, options: Options, body: impl FnOnce(World) -> F + Send + 'static) -> Trial
where
    F: Future<Output = Outcome>,
{
    Trial::test(name, move || in_world(options, body).map_err(|error| Failed::from(error.to_string())))
}

/// Held by the world that lives on one CPU.
static ONE_CPU: Mutex<()> = Mutex::new(());

/// Runs something in a fresh world, on a thread of its own that takes the world's rank with it; its value.
pub fn in_world<T: Send, F>(options: Options, body: impl FnOnce(World) -> F + Send) -> Outcome<T>
where
    F: Future<Output = Outcome<T>>,
{
    // Worlds on one CPU would run in each other's order.
    let _alone = options.cpu.is_some().then(|| ONE_CPU.lock().unwrap_or_else(PoisonError::into_inner));
    std::thread::scope(|scope| {
        let world = scope.spawn(|| in_this_thread(options, body).map_err(|error| error.to_string()));
        Ok(world.join().map_err(|_| "the world panicked")??)
    })
}

fn in_this_thread<T, F>(options: Options, body: impl FnOnce(World) -> F) -> Outcome<T>
where
    F: Future<Output = Outcome<T>>,
{
    let keeper = Keeper::start(options)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    runtime.block_on(async {
        let clock = WorldClock::new(keeper).await?;
        let outcome = body(World { clock: clock.clone(), place: tempfile::tempdir()? }).await;
        clock.shutdown().await;
        outcome
    })
}

/// This executable as the small child, doing this.
pub fn small(words: &[&str]) -> Outcome<Program> {
    Ok(Program::new(std::env::current_exe()?).arguments([crate::child::CHILD]).arguments(words.iter().copied()))
}

impl World {
    /// Launches a program whose words go to a file of this name.
    pub async fn launch(&self, mut program: Program, name: &str) -> Outcome<Child> {
        program.stdout = Some(File::create(self.file(name))?);
        program.stderr = Some(File::create(self.place.path().join(format!("{name}.err")))?);
        if program.environment.is_empty() {
            program.environment = vec![("PATH".into(), "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin".into())];
        }
        Ok(self.clock.launch(program).await?)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// What the keeper has told since the last call.
    pub fn told(&self) -> Vec<Event> {
        let mut context = Context::from_waker(Waker::noop());
        let next = || match pin!(self.clock.event()).poll(&mut context) {
            Poll::Ready(event) => Some(event),
            Poll::Pending => None,
        };
        std::iter::from_fn(next).collect()
    }

    /// Runs a program to its good end; its words.
    pub async fn words(&self, program: Program) -> Outcome<String> {
        let child = self.launch(program, "words").await?;
        let ending = child.exited().await;
        let words = std::fs::read_to_string(self.file("words"))?;
        let complaints = std::fs::read_to_string(self.file("words.err"))?;
        if ending == Ending::Exited(0) { Ok(words) } else { Err(format!("it {ending}: {words}{complaints}").into()) }
    }

    /// Runs the small child to its good end; its words.
    pub async fn small(&self, words: &[&str]) -> Outcome<String> {
        self.words(small(words)?).await
    }
}

/// An error that says what was seen where something else was expected.
pub fn expect<T: PartialEq + std::fmt::Debug>(what: &str, seen: &T, expected: &T) -> Outcome {
    if seen == expected { Ok(()) } else { Err(format!("{what}: {seen:?}, expected {expected:?}").into()) }
}

/// An error unless a time lies within a bound.
pub fn within(what: &str, seen: Duration, low: Duration, high: Duration) -> Outcome {
    if (low..=high).contains(&seen) { Ok(()) } else { Err(format!("{what}: {seen:?}, expected {low:?} to {high:?}").into()) }
}

/// A Go program of the tests' folder, built once; None where there is no Go.
pub fn go(name: &str) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/go/{name}.go"));
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let built = std::process::Command::new("go").env("CGO_ENABLED", "0").arg("build").arg("-o").arg(&target).arg(source).status();
    built.is_ok_and(|status| status.success()).then_some(target)
}
