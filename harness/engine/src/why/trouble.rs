//! Troubles: whatever in a run's record may explain a failure, each with how much it explains.

use seatrial_journal::{Border, Elapsed, Event};
use seatrial_reports::{WhyKind, WhyLine};

use super::about::About;
use super::record::{Asked, Failure, Life, Place, Record};
use super::warning::warnings;
use crate::call_pattern::server_of;

/// A call that has waited so long for its answer hangs.
const HANGS: u64 = 10_000_000;

/// More characters than this explain nothing more.
const LONGEST: usize = 360;

/// How much a trouble explains, the most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The scenario took away what is needed.
    Outage,
    /// Who should do the work is not there, or keeps ending.
    Down,
    /// Somebody tries without end; only where that is the failure.
    Retry,
    /// Kubernetes says what is wrong with what the object is made of.
    Source,
    /// A driver refuses.
    Rpc,
    /// A vCenter refuses.
    VCenter,
    /// Kubernetes says what a pod lacks.
    Pod,
    /// Who should do the work ended once.
    Ended,
    /// What follows from another trouble.
    Symptom,
    /// It is over.
    Past,
}

/// Something that may explain a failure.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    pub(super) rank: Rank,
    /// How far its object is from what was asked about: the farther, the nearer to the cause.
    pub(super) distance: usize,
    pub(super) line: WhyLine,
    /// What is told in other words by whoever tells of it, too.
    pub(super) message: String,
}

impl Trouble {
    /// Whether a retry fails.
    fn fails(&self) -> bool {
        self.distance == FAILS
    }
}

/// How near to the cause a retry is that fails.
const FAILS: usize = 1;

/// All troubles of what a failure is about.
pub(super) fn troubles(record: &Record<'_>, about: &About) -> Vec<Trouble> {
    let mut found = Vec::new();
    found.extend(warnings(record, about));
    found.extend(record.failures.iter().filter_map(|(asked, failure)| failed(record, about, asked, failure)));
    found.extend(unanswered(record, about));
    found.extend(record.lives.iter().filter_map(|(name, life)| ended(record, about, name, life)));
    if about.unsettled {
        let mut again: Vec<Trouble> = retries(record).collect();
        // Beside what fails, what only goes on with it says nothing.
        if again.iter().any(Trouble::fails) {
            again.retain(|retry| retry.fails() || retry.line.entry.is_none());
        }
        found.extend(again);
    }
    if !about.past {
        found.extend(outages(record));
    }
    found
}

/// A trouble of no object of Kubernetes.
pub(super) fn trouble(rank: Rank, kind: WhyKind, who: &str, text: &str, times: u64, last: Place) -> Trouble {
    let line =
        WhyLine { kind, who: who.to_owned(), text: short(text), times, at_us: Some(last.at.0), entry: Some(last.entry).filter(|n| *n > 0) };
    Trouble { rank, distance: 0, line, message: String::new() }
}

fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// How often, and how last, the same call has failed.
fn failed(record: &Record<'_>, about: &About, asked: &Asked<'_>, failure: &Failure) -> Option<Trouble> {
    let counts = about.methods.contains(asked.method) || is_about(about, asked, failure);
    if !counts || (failure.over && !about.past) {
        return None;
    }
    let (kind, rank) = match (asked.border, failure.in_task) {
        (Border::Csi, _) => (WhyKind::Rpc, Rank::Rpc),
        (_, true) => (WhyKind::Task, Rank::VCenter),
        (_, false) => (WhyKind::Call, Rank::VCenter),
    };
    let rank = if failure.over { Rank::Past } else { rank };
    let trouble = trouble(rank, kind, server_of(asked.to), &answer(record, asked, failure), failure.times, failure.last);
    Some(Trouble { message: failure.message.clone(), ..trouble })
}

/// `CnsCreateVolume for claim default/data from csi-controller: NoPermission: …`.
fn answer(record: &Record<'_>, asked: &Asked<'_>, failure: &Failure) -> String {
    let message = if failure.message.is_empty() { String::new() } else { format!(": {}", failure.message) };
    format!("{} from {}: {}{message}", what(record, asked), asked.from, failure.error)
}

fn what(record: &Record<'_>, asked: &Asked<'_>) -> String {
    if asked.target.is_empty() {
        return asked.method.to_owned();
    }
    if asked.border == Border::Kubernetes {
        // Attachments have names that nobody knows.
        let resource = asked.method.split([' ', '/']).nth(1).unwrap_or_default();
        let words = record.asks.in_words(&format!("{resource}/{}", asked.target));
        return format!("{} for {words}", asked.method);
    }
    match record.claim_of(asked.target) {
        Some(claim) => format!("{} for claim {claim}", asked.method),
        None => format!("{} of {}", asked.method, asked.target),
    }
}

/// Whether a failed call has to do with it: it is named, or it was made while an RPC for it was served.
fn is_about(about: &About, asked: &Asked<'_>, failure: &Failure) -> bool {
    if about.kin.knows(asked.target) {
        return true;
    }
    // Whatever names a volume is about that volume alone.
    let of_a_volume = asked.border == Border::Csi || (asked.method.starts_with("Cns") && !asked.target.is_empty());
    if of_a_volume || !about.kin.is_served_by(asked.from) {
        return false;
    }
    failure.meanwhile.iter().any(|target| about.kin.knows(target)) || (failure.meanwhile.is_empty() && !failure.over)
}

/// Calls that hang.
fn unanswered<'a>(record: &'a Record<'_>, about: &'a About) -> impl Iterator<Item = Trouble> + use<'a> {
    let now = record.entries.last().map_or(Elapsed::default(), |entry| entry.at);
    let hanging = record.unanswered.values().filter(move |(_, sent)| now.0.saturating_sub(sent.at.0) > HANGS);
    hanging.filter(|(asked, _)| about.kin.knows(asked.target) || about.kin.is_served_by(asked.from)).map(|(asked, sent)| {
        let (kind, rank) = if asked.border == Border::Csi { (WhyKind::Rpc, Rank::Rpc) } else { (WhyKind::Call, Rank::VCenter) };
        let text = format!("{} from {} is still without an answer", what(record, asked), asked.from);
        trouble(rank, kind, server_of(asked.to), &text, 1, *sent)
    })
}

/// A process that ended, and what it said last.
fn ended(record: &Record<'_>, about: &About, name: &str, life: &Life<'_>) -> Option<Trouble> {
    let concerns_all = about.kin.is_empty() && about.methods.is_empty();
    let on_its_own = life.exits > 0 || life.killer.is_some();
    let serves = about.kin.is_served_by(name) || about.unsettled || concerns_all || (!about.methods.is_empty() && on_its_own);
    // What an outage took along is told by the outage.
    if life.is_down && record.outages.values().any(|outage| outage.began.at == life.ended.at) {
        return None;
    }
    let down = if life.is_down { ", and is down" } else { "" };
    if life.exits > 0 {
        let words: Vec<&str> = life.last_words.iter().copied().collect();
        let words = if words.is_empty() { String::new() } else { format!("; before that it said: {}", words.join(" | ")) };
        let rank = if life.is_down || life.exits > 1 { Rank::Down } else { Rank::Ended };
        let text = format!("it ended by itself{down}: {}{words}", life.exited);
        return (serves || rank == Rank::Down).then(|| trouble(rank, WhyKind::Restart, name, &text, life.exits, life.ended));
    }
    let killer = life.killer.map(|rule| format!(" by fault {rule}")).unwrap_or_default();
    let rank = match (life.is_down, life.kills) {
        (true, _) | (_, 3..) => Rank::Down,
        (_, 0) => return None,
        _ if about.past => Rank::Ended,
        _ => return None,
    };
    serves.then(|| trouble(rank, WhyKind::Restart, name, &format!("it was killed{killer}{down}"), life.kills, life.ended))
}

/// What is tried again and again, and how it fails.
fn retries<'a>(record: &'a Record<'_>) -> impl Iterator<Item = Trouble> + use<'a> {
    let sent = record.activity.recent().into_iter().filter(|seen| seen.times > 1).filter_map(|seen| {
        let Some(Event::Sent(call)) = record.entry(seen.entry).map(|entry| &entry.event) else { return None };
        let target = call.target.as_deref().unwrap_or_default();
        let asked = Asked { border: call.border, from: &call.from, to: &call.to, method: &call.method, target };
        let failure = record.failures.get(&asked).filter(|failure| !failure.over);
        let fails = failure.map(|failure| match failure.message.is_empty() {
            true => format!(", and gets {}", failure.error),
            false => format!(", and gets {}: {}", failure.error, failure.message),
        });
        let text = format!("sends {} to {} again and again{}", what(record, &asked), server_of(&call.to), fails.unwrap_or_default());
        let times = failure.map_or(seen.times as u64, |failure| failure.times);
        let trouble = trouble(Rank::Retry, WhyKind::Retry, &call.from, &text, times, record.place(seen.entry));
        // What fails tells more than what is only repeated.
        let (distance, message) = (if failure.is_some() { FAILS } else { 0 }, failure.map(|failure| failure.message.clone()));
        Some(Trouble { distance, message: message.unwrap_or_default(), ..trouble })
    });
    let asks = record.asks.still_open().map(|(object, tries)| {
        let line = WhyLine {
            kind: WhyKind::Retry,
            who: record.asks.in_words(object),
            text: "is asked for, not given, and tried again".to_owned(),
            times: tries.max(1),
            at_us: None,
            entry: None,
        };
        // A pod that waits for its claim is told by the claim.
        let rank = if object.starts_with("pods/") { Rank::Symptom } else { Rank::Retry };
        Trouble { rank, distance: 2, line, message: String::new() }
    });
    sent.chain(asks)
}

/// What the scenario took away and has not brought back.
fn outages<'a>(record: &'a Record<'_>) -> impl Iterator<Item = Trouble> + use<'a> {
    record.outages.iter().map(|(what, outage)| {
        let since = if outage.step == 0 { String::new() } else { format!(" since step {}", outage.step) };
        trouble(Rank::Outage, WhyKind::Outage, what, &format!("out of service{since}"), 1, outage.began)
    })
}
