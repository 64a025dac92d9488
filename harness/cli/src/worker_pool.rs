//! Makes several runs at once, as many as there are processors, and reports them in the order of the list.
//!
//! Each world is alone on its thread with its seed, so how many run beside it changes nothing in it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use seatrial_engine::{RunSpec, StepProgress, Watch, verdict};
use seatrial_journal::Entry;
use seatrial_reports::Verdict;

use crate::interrupt::interrupted;
use crate::run::work::Work;

/// What came of one piece of work: the verdict, and the journal for the pages that show it.
pub type Done = (Verdict, Vec<Entry>);

/// What the pool reports while it works; numbers are places in the list.
#[derive(Clone, Copy)]
pub enum ProgressEvent<'a> {
    /// Somebody began with this.
    Began(usize),
    /// A step of it began or ended.
    Step(usize, &'a StepProgress),
    /// It is done, and so is all before it.
    Verdict(&'a Verdict),
    /// It is done.
    Ended(usize),
    /// Some time has passed.
    Tick,
}

/// How the pool works.
#[derive(Clone, Copy, Debug)]
pub struct PoolOptions {
    /// Whether to begin nothing more when something did not pass.
    pub fail_fast: bool,
    /// Whether only one world runs at a time: a cluster that was there before is one.
    pub one_at_a_time: bool,
    /// Whether steps are reported.
    pub steps: bool,
}

/// What came of all the work.
pub struct Log {
    /// What was done, in the order of the list.
    pub done: Vec<Done>,
    /// How many were on the list.
    pub number: usize,
    /// Whether somebody pressed Ctrl-C.
    pub interrupted: bool,
}

enum Message {
    Began(usize),
    Step(usize, StepProgress),
    Ended(usize, Box<Done>),
    /// A worker has nothing more to do.
    Done,
}

/// The list, taken from its front by every worker.
struct Queue {
    work: Mutex<std::iter::Enumerate<std::vec::IntoIter<Work>>>,
    closed: AtomicBool,
}

const TICK: Duration = Duration::from_millis(100);

/// Does all the work. Verdicts are reported in the order of the list, as soon as all before them are known.
pub fn run_all(work: Vec<Work>, options: PoolOptions, report: impl FnMut(ProgressEvent<'_>)) -> Log {
    let number = work.len();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let most = if options.one_at_a_time { 1 } else { processors };
    let workers = most.min(number.max(1));
    let queue = Arc::new(Queue { work: Mutex::new(work.into_iter().enumerate()), closed: AtomicBool::new(false) });
    let (sender, receiver) = channel();
    let mut workers_left = 0;
    for worker in 0..workers {
        let (queue, sender) = (Arc::clone(&queue), sender.clone());
        // Not scoped: an interrupted run does not wait for the worlds that still run.
        let started = std::thread::Builder::new().name(format!("worker {worker}")).spawn(move || work_off(&queue, &sender, options));
        workers_left += usize::from(started.is_ok());
    }
    if workers_left == 0 {
        workers_left = 1;
        work_off(&queue, &sender, options);
    }
    collect(&receiver, &queue, WorkerPool { options, workers_left, number }, report)
}

/// How many workers there are, how they work, and on how much.
#[derive(Clone, Copy)]
struct WorkerPool {
    options: PoolOptions,
    workers_left: usize,
    number: usize,
}

fn work_off(queue: &Queue, sender: &Sender<Message>, options: PoolOptions) {
    // Nobody listens any more when the run was interrupted.
    while let Some((place, work)) = next(queue) {
        let _ = sender.send(Message::Began(place));
        let done = Box::new(judge(place, work, sender, options.steps));
        let _ = sender.send(Message::Ended(place, done));
    }
    let _ = sender.send(Message::Done);
}

fn next(queue: &Queue) -> Option<(usize, Work)> {
    if queue.closed.load(Ordering::SeqCst) {
        return None;
    }
    queue.work.lock().expect("taking the next run never panics").next()
}

fn judge(place: usize, work: Work, sender: &Sender<Message>, steps: bool) -> Done {
    match work {
        Work::Clear(verdict) => (*verdict, Vec::new()),
        Work::Run(spec, name) => {
            let spec = if steps { RunSpec { watch: Some(watch(place, sender)), ..*spec } } else { *spec };
            let mut outcome = spec.run();
            let journal = std::mem::take(&mut outcome.journal);
            (verdict(&spec, &outcome, &name), journal)
        }
    }
}

fn watch(place: usize, sender: &Sender<Message>) -> Watch {
    let sender = sender.clone();
    Watch::new(move |step| {
        let _ = sender.send(Message::Step(place, step));
    })
}

fn collect(receiver: &Receiver<Message>, queue: &Queue, pool: WorkerPool, mut report: impl FnMut(ProgressEvent<'_>)) -> Log {
    let WorkerPool { options, mut workers_left, number } = pool;
    let (mut early, mut done): (BTreeMap<usize, Done>, Vec<Done>) = (BTreeMap::new(), Vec::with_capacity(number));
    // A world's threads may outlive it and hold the channel open, so the workers are counted.
    while workers_left > 0 {
        if interrupted() {
            queue.closed.store(true, Ordering::SeqCst);
            early.values().for_each(|(verdict, _)| report(ProgressEvent::Verdict(verdict)));
            done.extend(early.into_values());
            return Log { done, number, interrupted: true };
        }
        match receiver.recv_timeout(TICK) {
            Ok(Message::Began(place)) => report(ProgressEvent::Began(place)),
            Ok(Message::Step(place, step)) => report(ProgressEvent::Step(place, &step)),
            Ok(Message::Ended(place, ended)) => {
                if options.fail_fast && !ended.0.outcome.is_good() {
                    queue.closed.store(true, Ordering::SeqCst);
                }
                report(ProgressEvent::Ended(place));
                early.insert(place, *ended);
            }
            Ok(Message::Done) | Err(RecvTimeoutError::Disconnected) => workers_left -= 1,
            Err(RecvTimeoutError::Timeout) => report(ProgressEvent::Tick),
        }
        // What comes after the first failure in the list depends on who was quicker; it is not reported.
        let over = |done: &[Done]| options.fail_fast && done.last().is_some_and(|(verdict, _)| !verdict.outcome.is_good());
        while !over(&done)
            && let Some(next) = early.remove(&done.len())
        {
            report(ProgressEvent::Verdict(&next.0));
            done.push(next);
        }
    }
    Log { done, number, interrupted: false }
}
