//! Sails several voyages at once, as many as there are processors, and tells of them in the order of the list.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::mpsc::channel;

use seatrial_engine::verdict;
use seatrial_journal::Entry;
use seatrial_reports::Verdict;

use crate::run::Work;

/// What came of one piece of work: the verdict, and the journal for the pages that show it.
pub type Done = (Verdict, Vec<Entry>);

/// Does all the work; `tell` hears of each verdict in the order of the list, as soon as all before it are known.
pub fn sail_all(work: Vec<Work>, mut tell: impl FnMut(&Verdict)) -> Vec<Done> {
    let hands = std::thread::available_parallelism().map_or(1, usize::from).min(work.len().max(1));
    let number = work.len();
    let queue = Mutex::new(work.into_iter().enumerate());
    let (sender, receiver) = channel();
    let (mut early, mut all) = (BTreeMap::new(), Vec::with_capacity(number));
    std::thread::scope(|scope| {
        for _ in 0..hands {
            let (queue, sender) = (&queue, sender.clone());
            scope.spawn(move || {
                while let Some((place, work)) = next(queue) {
                    // The receiver lives as long as the scope.
                    let _ = sender.send((place, judge(work)));
                }
            });
        }
        drop(sender);
        for (place, done) in receiver {
            early.insert(place, done);
            while let Some(done) = early.remove(&all.len()) {
                tell(&done.0);
                all.push(done);
            }
        }
    });
    all
}

fn next(queue: &Mutex<impl Iterator<Item = (usize, Work)>>) -> Option<(usize, Work)> {
    queue.lock().expect("taking the next voyage never panics").next()
}

fn judge(work: Work) -> Done {
    match work {
        Work::Clear(verdict) => (*verdict, Vec::new()),
        Work::Voyage(voyage, name) => {
            let mut outcome = voyage.sail();
            let journal = std::mem::take(&mut outcome.journal);
            (verdict(&voyage, &outcome, &name), journal)
        }
    }
}
