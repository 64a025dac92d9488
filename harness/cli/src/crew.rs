//! Sails several voyages at once, as many as there are processors, and tells of them in the order of the list.
//!
//! Each world is alone on its thread with its seed, so how many sail beside it changes nothing in it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use seatrial_engine::{StepNews, Voyage, Watch, verdict};
use seatrial_journal::Entry;
use seatrial_reports::Verdict;

use crate::interrupt::interrupted;
use crate::run::work::Work;

/// What came of one piece of work: the verdict, and the journal for the pages that show it.
pub type Done = (Verdict, Vec<Entry>);

/// What the crew tells while it works; numbers are places in the list.
#[derive(Clone, Copy)]
pub enum News<'a> {
    /// Somebody began with this.
    Began(usize),
    /// A step of it began or ended.
    Step(usize, &'a StepNews),
    /// It is done, and so is all before it.
    Told(&'a Verdict),
    /// It is done.
    Ended(usize),
    /// Some time has passed.
    Tick,
}

/// How the crew works.
#[derive(Clone, Copy, Debug)]
pub struct Orders {
    /// Whether to begin nothing more when something did not hold.
    pub fail_fast: bool,
    /// How many worlds a processor takes: a virtual one is all work, a live one waits most of the time.
    pub worlds_a_processor: usize,
    /// Whether only one world is at sea at a time: what others wrote may have ports of its own that cannot be
    /// had twice, and a cluster that was there before is one.
    pub one_at_a_time: bool,
    /// Whether journals of what held are kept.
    pub keep_journals: bool,
    /// Whether steps are told.
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
    Step(usize, StepNews),
    Ended(usize, Box<Done>),
    /// A hand has nothing more to do.
    Rests,
}

/// The list, taken from its front by every hand.
struct Hold {
    queue: Mutex<std::iter::Enumerate<std::vec::IntoIter<Work>>>,
    closed: AtomicBool,
}

const TICK: Duration = Duration::from_millis(100);

/// Does all the work. Verdicts are told in the order of the list, as soon as all before them are known.
pub fn sail_all(work: Vec<Work>, orders: Orders, tell: impl FnMut(News<'_>)) -> Log {
    let number = work.len();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let most = if orders.one_at_a_time { 1 } else { processors * orders.worlds_a_processor };
    let hands = most.min(number.max(1));
    let hold = Arc::new(Hold { queue: Mutex::new(work.into_iter().enumerate()), closed: AtomicBool::new(false) });
    let (sender, receiver) = channel();
    let mut at_work = 0;
    for hand in 0..hands {
        let (hold, sender) = (Arc::clone(&hold), sender.clone());
        // Not scoped: an interrupted run does not wait for the worlds that are still at sea.
        let started = std::thread::Builder::new().name(format!("hand {hand}")).spawn(move || labour(&hold, &sender, orders));
        at_work += usize::from(started.is_ok());
    }
    if at_work == 0 {
        at_work = 1;
        labour(&hold, &sender, orders);
    }
    collect(&receiver, &hold, Crew { orders, at_work, number }, tell)
}

/// Who works, how, and on how much.
#[derive(Clone, Copy)]
struct Crew {
    orders: Orders,
    at_work: usize,
    number: usize,
}

fn labour(hold: &Hold, sender: &Sender<Message>, orders: Orders) {
    // Nobody listens any more when the run was interrupted.
    while let Some((place, work)) = next(hold) {
        let _ = sender.send(Message::Began(place));
        let done = Box::new(judge(place, work, sender, orders));
        let _ = sender.send(Message::Ended(place, done));
    }
    let _ = sender.send(Message::Rests);
}

fn next(hold: &Hold) -> Option<(usize, Work)> {
    if hold.closed.load(Ordering::SeqCst) {
        return None;
    }
    hold.queue.lock().expect("taking the next voyage never panics").next()
}

fn judge(place: usize, work: Work, sender: &Sender<Message>, orders: Orders) -> Done {
    match work {
        Work::Clear(verdict) => (*verdict, Vec::new()),
        Work::Voyage(voyage, name) => {
            let voyage = if orders.steps { Voyage { watch: Some(watch(place, sender)), ..*voyage } } else { *voyage };
            let mut outcome = voyage.sail();
            let journal = std::mem::take(&mut outcome.journal);
            let verdict = verdict(&voyage, &outcome, &name);
            let keep = orders.keep_journals || !verdict.outcome.is_good();
            (verdict, if keep { journal } else { Vec::new() })
        }
    }
}

fn watch(place: usize, sender: &Sender<Message>) -> Watch {
    let sender = sender.clone();
    Watch::new(move |news| {
        let _ = sender.send(Message::Step(place, news));
    })
}

fn collect(receiver: &Receiver<Message>, hold: &Hold, crew: Crew, mut tell: impl FnMut(News<'_>)) -> Log {
    let Crew { orders, mut at_work, number } = crew;
    let (mut early, mut done): (BTreeMap<usize, Done>, Vec<Done>) = (BTreeMap::new(), Vec::with_capacity(number));
    // A world's threads may outlive it and hold the channel open, so the hands are counted.
    while at_work > 0 {
        if interrupted() {
            hold.closed.store(true, Ordering::SeqCst);
            early.values().for_each(|(verdict, _)| tell(News::Told(verdict)));
            done.extend(early.into_values());
            return Log { done, number, interrupted: true };
        }
        match receiver.recv_timeout(TICK) {
            Ok(Message::Began(place)) => tell(News::Began(place)),
            Ok(Message::Step(place, step)) => tell(News::Step(place, &step)),
            Ok(Message::Ended(place, ended)) => {
                if orders.fail_fast && !ended.0.outcome.is_good() {
                    hold.closed.store(true, Ordering::SeqCst);
                }
                tell(News::Ended(place));
                early.insert(place, *ended);
            }
            Ok(Message::Rests) | Err(RecvTimeoutError::Disconnected) => at_work -= 1,
            Err(RecvTimeoutError::Timeout) => tell(News::Tick),
        }
        // What comes after the first failure in the list depends on who was quicker; it is not told.
        let over = |done: &[Done]| orders.fail_fast && done.last().is_some_and(|(verdict, _)| !verdict.outcome.is_good());
        while !over(&done)
            && let Some(next) = early.remove(&done.len())
        {
            tell(News::Told(&next.0));
            done.push(next);
        }
    }
    Log { done, number, interrupted: false }
}
