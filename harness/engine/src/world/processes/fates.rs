//! What became of the children of a world, what they said last, and when nothing more is to be expected of one.
//!
//! Before the first step a program that ends is started again, since drivers wait for each other so. It is given up when it cannot be
//! started at all, when it has ended in the same way [`ENOUGH`] times, or when the API server has refused it the same thing
//! [`REFUSED`] times: then its installation is wrong, and nobody waits until it should have been ready. A program that others
//! may make end, because they are not ready themselves, is judged when they are. One that a fault of the scenario's may have made end is
//! given up only with the time that there is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;

use super::last_words::last_words;

/// So many times the same end is no accident.
const ENOUGH: u32 = 3;
/// So long at least it must have gone wrong; by the wall's clock, where somebody waits and programs are started again sooner, so long.
const AT_LEAST: Duration = Duration::from_secs(25);
const AT_LEAST_BY_THE_WALL: Duration = Duration::from_secs(5);
/// Where a fault of the scenario's has struck, a program has so long at least to serve: the fault may last, and programs are started again
/// more and more slowly.
const STRUCK: Duration = Duration::from_secs(3600);
const STRUCK_BY_THE_WALL: Duration = Duration::from_secs(600);
/// So many times the same refusal is no matter of order.
const REFUSED: u32 = 5;
/// So many of the last lines are told.
const LINES: usize = 5;
/// What a program says last comes after its end is known.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What became of a child.
#[derive(Clone, Debug, Default)]
struct Fate {
    /// Whose it is.
    driver: String,
    /// How it ended last, and how often in the same way one after the other.
    ended: Option<String>,
    times: u32,
    first: Duration,
    last: Duration,
    /// Why it could not be started.
    unstartable: Option<String>,
    /// How often the API server has refused it a method one time after the other, when first, and when last.
    refused: BTreeMap<String, (u32, Duration, Duration)>,
    /// The file that has what it said.
    log: Option<PathBuf>,
}

/// What became of the children of a world.
#[derive(Debug)]
pub(super) struct Fates {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// How long it must have gone wrong.
    at_least: Duration,
    children: BTreeMap<String, Fate>,
    /// Which must serve before the first step, and do not yet.
    awaited: Vec<String>,
    /// How long a program has to serve at least, once a fault of the scenario's has struck.
    if_struck: Duration,
    struck: bool,
    /// The world has come up: nobody is judged any more.
    over: bool,
}

impl Fates {
    /// Nothing is known yet.
    pub(super) fn new(by_the_wall: bool) -> Self {
        let (at_least, if_struck) = if by_the_wall { (AT_LEAST_BY_THE_WALL, STRUCK_BY_THE_WALL) } else { (AT_LEAST, STRUCK) };
        Self { state: Mutex::new(State { at_least, if_struck, ..State::default() }), changed: Notify::new() }
    }

    /// A process must serve before others can be judged.
    pub(super) fn must_serve(&self, process: &str) {
        self.change(|state| state.awaited.push(process.to_owned()));
    }

    /// It serves. Whoever could not do without it has a new beginning.
    pub(super) fn serves(&self, process: &str) {
        self.change(|state| {
            state.awaited.retain(|awaited| awaited != process);
            if state.awaited.is_empty() {
                state.children.iter_mut().filter(|(name, _)| *name != process).for_each(|(_, fate)| fate.times = 0);
            }
        });
    }

    /// A child of a driver begins.
    pub(super) fn begins(&self, process: &str, driver: &str) {
        self.of(process, |fate| driver.clone_into(&mut fate.driver));
    }

    /// A child writes what it says into a file. What an earlier incarnation said stays in its own file.
    pub(super) fn writes_to(&self, process: &str, log: &Path) {
        self.of(process, |fate| fate.log = Some(log.to_owned()));
    }

    /// A child has ended at this time.
    pub(super) fn ended(&self, process: &str, how: &str, now: Duration) {
        self.of(process, |fate| {
            if fate.times == 0 || fate.ended.as_deref() != Some(how) {
                (fate.ended, fate.times, fate.first) = (Some(how.to_owned()), 0, now);
            }
            fate.times += 1;
            fate.last = now;
        });
    }

    /// A child cannot be started.
    pub(super) fn cannot_start(&self, process: &str, why: &str) {
        self.of(process, |fate| fate.unstartable = Some(why.to_owned()));
    }

    /// The world has come up.
    pub(super) fn came_up(&self) {
        self.change(|state| state.over = true);
    }

    /// A fault of the scenario's has struck. It may be what refuses, too.
    pub(super) fn struck(&self) {
        self.change(|state| {
            state.struck = true;
            state.children.values_mut().for_each(|fate| fate.refused.clear());
        });
    }

    /// How long a program has to serve that has so long where nothing strikes.
    pub(super) fn has(&self, within: Duration) -> Duration {
        let state = self.lock();
        if state.struck { within.max(state.if_struck) } else { within }
    }

    /// Whether it is of interest what the API server answers this process.
    pub(super) fn is_asked_about(&self, process: &str) -> bool {
        let state = self.lock();
        !state.over && !state.struck && state.children.contains_key(process)
    }

    /// The API server has refused a process something, or granted it.
    pub(super) fn asked(&self, process: &str, method: &str, granted: bool, now: Duration) {
        self.change(|state| {
            let Some(fate) = state.children.get_mut(process) else { return };
            if granted {
                fate.refused.remove(method);
            } else {
                let (times, _, last) = fate.refused.entry(method.to_owned()).or_insert((0, now, now));
                (*times, *last) = (*times + 1, now);
            }
        });
    }

    /// Waits until nothing more is to be expected of a child; answers why, with what it said.
    pub(super) async fn hopeless(&self) -> String {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            if self.lock().hopeless().is_some() {
                tokio::time::sleep(LAST_WORDS).await;
                if let Some(why) = self.lock().hopeless() {
                    return why;
                }
            }
            changed.await;
        }
    }

    /// What is to be told of a process that is not ready in time: of it, and of all others that have ended.
    pub(super) fn told(&self, process: &str) -> String {
        let state = self.lock();
        let others = state.children.iter().filter(|(name, fate)| *name != process && fate.ended.is_some());
        let others = others.map(|(name, fate)| format!("\n{name} {}", fate.told()));
        let it = state.children.get(process).map_or_else(|| "has said nothing".to_owned(), Fate::told);
        format!("it {it}{}", others.collect::<String>())
    }

    fn of(&self, process: &str, change: impl FnOnce(&mut Fate)) {
        self.change(|state| change(state.children.entry(process.to_owned()).or_default()));
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_waiters();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while the list is locked")
    }
}

impl State {
    fn hopeless(&self) -> Option<String> {
        if self.over {
            return None;
        }
        self.children.iter().find_map(|(process, fate)| {
            // Others may be why it ends, as long as they are not ready themselves; or a fault.
            let excused = self.struck || !self.awaited.is_empty() && !self.awaited.contains(process);
            let why = fate.hopeless(process, excused, self.at_least)?;
            Some(format!("{} does not start: {why}", fate.driver))
        })
    }
}

impl Fate {
    fn hopeless(&self, process: &str, excused: bool, at_least: Duration) -> Option<String> {
        if let Some(why) = &self.unstartable {
            return Some(format!("{process}: {why}"));
        }
        let long = |first: Duration, last: Duration| last.saturating_sub(first) >= at_least;
        let refused = self.refused.iter().find(|(_, (times, first, last))| *times >= REFUSED && long(*first, *last));
        if let Some((method, _)) = refused {
            let what = format!("{process} may not `{method}`: its account needs a role that allows it");
            return Some(format!("{what}{}", self.words()));
        }
        let ended = self.ended.as_ref()?;
        let again = self.times >= ENOUGH && long(self.first, self.last);
        (again && !excused).then(|| format!("{process} {ended}, {} times before step 1{}", self.times, self.words()))
    }

    fn told(&self) -> String {
        let ended = self.ended.clone().unwrap_or_else(|| "runs".to_owned());
        format!("{ended}{}", self.words())
    }

    /// What it said last, each line below the other.
    fn words(&self) -> String {
        let said = self.log.as_deref().map(|log| last_words(log, LINES)).unwrap_or_default();
        if said.is_empty() { "; it said nothing".to_owned() } else { said.iter().map(|line| format!("\n  | {line}")).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(fates: &Fates, process: &str, how: &str, seconds: &[u64]) {
        seconds.iter().for_each(|second| fates.ended(process, how, Duration::from_secs(*second)));
    }

    #[test]
    fn a_program_is_given_up_when_it_ends_the_same_way_again_and_again() {
        let fates = Fates::new(true);
        fates.begins("csi-controller", "driver mine");
        fates.must_serve("csi-controller");
        let log = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(log.path(), "no configuration\n").unwrap();
        fates.writes_to("csi-controller", log.path());
        ended(&fates, "csi-controller", "exited with status 1", &[0, 10]);
        ended(&fates, "csi-controller", "exited with status 2", &[30, 31, 32]);
        assert_eq!(fates.lock().hopeless(), None, "another end is another reason, and three seconds are no time");
        ended(&fates, "csi-controller", "exited with status 2", &[70]);
        let why = "driver mine does not start: csi-controller exited with status 2, 4 times before step 1\n  | no configuration";
        assert_eq!(fates.lock().hopeless().as_deref(), Some(why));
    }

    #[test]
    fn whoever_waits_for_another_is_judged_by_what_it_does_when_that_one_serves() {
        let fates = Fates::new(false);
        fates.must_serve("csi-controller");
        ended(&fates, "csi-attacher", "exited with status 1", &[0, 10, 30]);
        assert_eq!(fates.lock().hopeless(), None);
        fates.serves("csi-controller");
        ended(&fates, "csi-attacher", "exited with status 1", &[70, 90]);
        assert_eq!(fates.lock().hopeless(), None);
        ended(&fates, "csi-attacher", "exited with status 1", &[120]);
        assert!(fates.lock().hopeless().unwrap().contains("csi-attacher exited with status 1, 3 times"));
    }

    #[test]
    fn whoever_a_fault_may_have_struck_is_not_given_up() {
        let fates = Fates::new(false);
        fates.must_serve("csi-controller");
        let [two, hour] = [120, 3600].map(Duration::from_secs);
        assert_eq!(fates.has(two), two);
        fates.struck();
        assert_eq!((fates.has(two), fates.has(hour * 2)), (hour, hour * 2));
        ended(&fates, "csi-controller", "exited with status 1", &[0, 10, 30, 70, 150]);
        assert_eq!(fates.lock().hopeless(), None);
        assert!(!fates.is_asked_about("csi-controller"), "a fault may answer for the API server");
        fates.cannot_start("csi-controller", "not for this machine");
        assert!(fates.lock().hopeless().is_some(), "no fault of a scenario's does that");
    }

    #[test]
    fn what_is_refused_again_and_again_is_told_and_what_is_granted_is_not() {
        let fates = Fates::new(true);
        fates.begins("ccm", "driver mine");
        let asked = |process, granted, second| fates.asked(process, "list nodes", granted, Duration::from_secs(second));
        (0..4).for_each(|second| asked("ccm", false, second));
        asked("ccm", true, 10);
        (20..24).for_each(|second| asked("ccm", false, second));
        (0..9).for_each(|second| asked("user", false, second));
        assert_eq!(fates.lock().hopeless(), None);
        asked("ccm", false, 25);
        assert!(fates.lock().hopeless().unwrap().starts_with("driver mine does not start: ccm may not `list nodes`"));
    }

    #[test]
    fn of_a_panic_its_beginning_is_told() {
        let fates = Fates::new(true);
        let trace: String = (0..20).map(|line| format!("main.f{line}(0x0)\n")).collect();
        let log = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(log.path(), format!("starting\npanic: no configuration\n{trace}")).unwrap();
        fates.writes_to("csi-controller", log.path());
        let told = fates.told("csi-controller");
        assert!(told.starts_with("it runs\n  | panic: no configuration\n  | main.f0(0x0)") && told.lines().count() == 6, "{told}");
    }
}
