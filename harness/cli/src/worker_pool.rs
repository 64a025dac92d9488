//! Makes several runs at once, as many as there are processors, and reports them in the order of the list.
//!
//! Each world is alone on its thread with its seed, so how many run beside it changes nothing in it.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use seatrial_engine::{RunSpec, StepProgress, Stop, Watch};
use seatrial_journal::Entry;
use seatrial_reports::Verdict;

use crate::interrupt::interrupted;
use crate::run::attempts;
use crate::run::records::{Records, keep_or_clear};
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
    /// Somebody wants an end, and so many cases are taken down.
    Ending(usize),
}

/// How the pool works.
#[derive(Clone, Debug)]
pub struct PoolOptions {
    /// Whether to begin nothing more when something did not pass.
    pub fail_fast: bool,
    /// Whether only one world runs at a time: a cluster that was there before is one.
    pub one_at_a_time: bool,
    /// How many journals are kept at most, the first of the list.
    pub journals_max: usize,
    /// Of which cases the records stay.
    pub records: Records,
    /// How many worlds run at a time; as many as there are processors when nobody says it.
    pub jobs: Option<NonZeroUsize>,
    /// How often what fails is run again.
    pub retries: u32,
    /// What the work heeds when the run is interrupted.
    pub stop: Stop,
}

impl PoolOptions {
    /// How many worlds run at a time.
    pub fn workers(&self) -> usize {
        if self.one_at_a_time { 1 } else { workers(self.jobs) }
    }
}

/// So many, or as many as there are processors.
pub fn workers(jobs: Option<NonZeroUsize>) -> usize {
    jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, usize::from)
}

/// What came of all the work.
pub struct Log {
    /// What was done, by its place in the list.
    pub done: BTreeMap<usize, Done>,
    /// What had begun and was not done when somebody wanted an end.
    pub unfinished: BTreeSet<usize>,
    /// How many were on the list.
    pub number: usize,
    /// Whether somebody wanted an end before all was done.
    pub interrupted: bool,
}

enum Message {
    Began(usize),
    Step(usize, StepProgress),
    Ended(usize, Box<Done>),
    /// It was ended before it was done.
    Cut(usize),
    /// A worker has nothing more to do.
    Done,
}

/// The list, taken from its front by every worker.
struct Queue {
    work: Mutex<std::iter::Enumerate<std::vec::IntoIter<Work>>>,
    closed: AtomicBool,
}

const TICK: Duration = Duration::from_millis(100);

/// How long worlds may take to be taken down when somebody wants an end: drivers are asked to end, and may say good-bye.
const GRACE: Duration = Duration::from_secs(20);

/// Does all the work. Verdicts are reported in the order of the list, as soon as all before them are known.
pub fn run_all(work: Vec<Work>, options: PoolOptions, report: impl FnMut(ProgressEvent<'_>)) -> Log {
    let number = work.len();
    let workers = options.workers().min(number.max(1));
    let queue = Arc::new(Queue { work: Mutex::new(work.into_iter().enumerate()), closed: AtomicBool::new(false) });
    let (sender, receiver) = channel();
    let mut workers_left = 0;
    for worker in 0..workers {
        let (queue, sender, options) = (Arc::clone(&queue), sender.clone(), options.clone());
        // Not scoped: an interrupted run does not wait for ever for worlds that still run.
        let started = std::thread::Builder::new().name(format!("worker {worker}")).spawn(move || work_off(&queue, &sender, &options));
        workers_left += usize::from(started.is_ok());
    }
    if workers_left == 0 {
        workers_left = 1;
        work_off(&queue, &sender, &options);
    }
    let mut collector = Collector::new(number, options, report);
    collector.collect(&receiver, &queue, workers_left);
    collector.log()
}

fn work_off(queue: &Queue, sender: &Sender<Message>, options: &PoolOptions) {
    // Nobody listens any more when an interrupted run has lost its patience.
    while let Some((place, work)) = next(queue) {
        let _ = sender.send(Message::Began(place));
        let ended = judge(place, work, sender, options);
        let _ = sender.send(ended.map_or(Message::Cut(place), |done| Message::Ended(place, Box::new(done))));
    }
    let _ = sender.send(Message::Done);
}

fn next(queue: &Queue) -> Option<(usize, Work)> {
    if queue.closed.load(Ordering::SeqCst) {
        return None;
    }
    queue.work.lock().expect("taking the next run never panics").next()
}

/// Runs it, and judges it if it came to its end.
fn judge(place: usize, work: Work, sender: &Sender<Message>, options: &PoolOptions) -> Option<Done> {
    match work {
        Work::Clear(verdict) => Some((*verdict, Vec::new())),
        Work::Later(later) => judge(place, (later.make)(), sender, options),
        Work::Run(spec, name) => {
            let spec = RunSpec { watch: Some(watch(place, sender)), ..*spec };
            let (mut verdict, mut outcome) = attempts::run(&spec, &name, options.retries);
            let journal = std::mem::take(&mut outcome.journal);
            // A terminal's Ctrl-C goes to drivers, too: what failed since then may have failed by it.
            if outcome.stopped || (interrupted() && !verdict.outcome.is_good()) {
                return None;
            }
            keep_or_clear(options.records, spec.records.as_ref(), &mut verdict);
            Some((verdict, journal))
        }
    }
}

fn watch(place: usize, sender: &Sender<Message>) -> Watch {
    let sender = sender.clone();
    Watch::new(move |step| {
        let _ = sender.send(Message::Step(place, step));
    })
}

/// Hears of all that is done, and reports it in the order of the list.
struct Collector<Report> {
    options: PoolOptions,
    report: Report,
    number: usize,
    /// What runs.
    running: BTreeSet<usize>,
    /// What was done before something that stands before it in the list.
    early: BTreeMap<usize, Done>,
    /// The list up to the first that is not done.
    done: Vec<Done>,
    /// How many of them came with a journal.
    journals: usize,
    cut: BTreeSet<usize>,
    /// Since when somebody wants an end.
    ending: Option<Instant>,
}

impl<Report: FnMut(ProgressEvent<'_>)> Collector<Report> {
    fn new(number: usize, options: PoolOptions, report: Report) -> Self {
        Self {
            options,
            report,
            number,
            running: BTreeSet::new(),
            early: BTreeMap::new(),
            done: Vec::with_capacity(number),
            journals: 0,
            cut: BTreeSet::new(),
            ending: None,
        }
    }

    fn collect(&mut self, receiver: &Receiver<Message>, queue: &Queue, mut workers_left: usize) {
        // A world's threads may outlive it and hold the channel open, so the workers are counted.
        while workers_left > 0 {
            if self.ending.is_none() && interrupted() {
                queue.closed.store(true, Ordering::SeqCst);
                self.options.stop.ask();
                #[expect(clippy::disallowed_methods, reason = "whoever wants an end waits in wall time")]
                let now = Instant::now();
                self.ending = Some(now);
                (self.report)(ProgressEvent::Ending(self.running.len()));
            }
            if self.ending.is_some_and(|since| since.elapsed() >= GRACE) {
                // The command's end is theirs, too.
                return;
            }
            match receiver.recv_timeout(TICK) {
                Ok(Message::Done) | Err(RecvTimeoutError::Disconnected) => workers_left -= 1,
                Ok(message) => self.hear(message, queue),
                Err(RecvTimeoutError::Timeout) => (self.report)(ProgressEvent::Tick),
            }
            self.report_next();
        }
    }

    fn hear(&mut self, message: Message, queue: &Queue) {
        match message {
            Message::Began(place) => {
                self.running.insert(place);
                (self.report)(ProgressEvent::Began(place));
            }
            Message::Step(place, step) => (self.report)(ProgressEvent::Step(place, &step)),
            Message::Ended(place, ended) => {
                if self.options.fail_fast && !ended.0.outcome.is_good() {
                    queue.closed.store(true, Ordering::SeqCst);
                }
                self.running.remove(&place);
                (self.report)(ProgressEvent::Ended(place));
                self.early.insert(place, *ended);
            }
            Message::Cut(place) => {
                self.running.remove(&place);
                self.cut.insert(place);
            }
            Message::Done => {}
        }
    }

    /// What comes after the first failure in the list depends on who was quicker; it is not reported.
    fn is_over(&self) -> bool {
        self.options.fail_fast && self.done.last().is_some_and(|(verdict, _)| !verdict.outcome.is_good())
    }

    fn report_next(&mut self) {
        while !self.is_over()
            && let Some(mut next) = self.early.remove(&self.done.len())
        {
            self.journals += usize::from(!next.1.is_empty());
            if self.journals > self.options.journals_max {
                next.1 = Vec::new();
            }
            (self.report)(ProgressEvent::Verdict(&next.0));
            self.done.push(next);
        }
    }

    fn log(mut self) -> Log {
        // In an interrupted run there are gaps, which nobody fills any more.
        let late = if self.ending.is_some() && !self.is_over() { std::mem::take(&mut self.early) } else { BTreeMap::new() };
        late.values().for_each(|(verdict, _)| (self.report)(ProgressEvent::Verdict(verdict)));
        let mut done: BTreeMap<usize, Done> = self.done.into_iter().enumerate().collect();
        done.extend(late);
        self.cut.extend(self.running);
        Log { interrupted: self.ending.is_some() && done.len() < self.number, done, unfinished: self.cut, number: self.number }
    }
}
