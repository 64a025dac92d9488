//! What a run shows while it lasts: verdicts, steps when asked, and how far it is. On a terminal that is a line which is drawn again and
//! again; elsewhere, where lines stay, it is one each ten seconds.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use seatrial_engine::StepProgress;

use crate::worker_pool::ProgressEvent;

/// The longest line of progress on a terminal; a longer one would wrap and could not be wiped.
const WIDTH: usize = 78;
/// What a shorter suite takes is over before anybody has read a line.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often those are told who have no terminal.
const EVERY: Duration = Duration::from_secs(10);

/// The screen of one run.
pub struct Screen {
    labels: Vec<String>,
    colour: bool,
    /// Whether steps are shown.
    steps: bool,
    /// Whether verdicts are shown of cases that passed.
    passed: bool,
    /// Whether the line of progress is drawn.
    drawing: bool,
    running: BTreeMap<usize, Running>,
    ended: usize,
    drawn: bool,
    began: Instant,
    told: Instant,
}

/// A case that runs: where it is, and since when.
struct Running {
    at: String,
    since: Instant,
}

impl Running {
    fn at(at: String) -> Self {
        Self { at, since: now() }
    }
}

impl Screen {
    /// A screen for work of these names. The line of progress is drawn only where both streams end at a terminal.
    pub fn new(labels: Vec<String>, steps: bool) -> Self {
        let colour = std::io::stdout().is_terminal();
        let drawing = colour && std::io::stderr().is_terminal();
        let began = now();
        Self { labels, colour, steps, passed: true, drawing, running: BTreeMap::new(), ended: 0, drawn: false, began, told: began }
    }

    /// The same that shows only what did not pass: of thousands of cases nobody reads the rest.
    pub fn of_many(labels: Vec<String>) -> Self {
        Self { passed: false, ..Self::new(labels, false) }
    }

    /// Whether there are colours.
    pub fn colour(&self) -> bool {
        self.colour
    }

    /// Shows how far it is.
    pub fn show(&mut self, event: ProgressEvent<'_>) {
        match event {
            ProgressEvent::Began(place) => {
                self.running.insert(place, Running::at("coming up".to_owned()));
            }
            ProgressEvent::Ended(place) => {
                self.running.remove(&place);
                self.ended += 1;
            }
            ProgressEvent::Step(place, step) => {
                // The step that ended is told until the next one begins.
                if step.outcome == "began" {
                    self.running.insert(place, Running::at(format!("step {}, {}", step.number, step.what)));
                }
                if self.steps {
                    let label = self.labels.get(place).map_or("", String::as_str);
                    let line = step_line(label, step);
                    self.print(&line);
                }
            }
            ProgressEvent::Verdict(verdict) if !self.passed && verdict.outcome.is_good() => {}
            ProgressEvent::Verdict(verdict) => {
                let text = seatrial_reports::terminal_case(verdict, self.colour);
                self.print(&text);
            }
            ProgressEvent::Tick => {}
            ProgressEvent::Ending(cases) => {
                self.clear();
                // Nobody can be told that nobody can be told.
                let _ = writeln!(std::io::stderr(), "seatrial: ending; {cases} running cases are taken down, once more ends them at once");
            }
        }
        self.draw();
    }

    /// Takes the line of progress away.
    pub fn clear(&mut self) {
        if self.drawn {
            eprint!("\r\x1b[K");
            self.drawn = false;
        }
    }

    fn print(&mut self, text: &str) {
        self.clear();
        let mut stdout = std::io::stdout().lock();
        // A reader who has seen enough is no failure: the reports are written all the same.
        let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    }

    fn draw(&mut self) {
        if !self.drawing {
            self.tell();
            return;
        }
        if self.began.elapsed() < PATIENCE || self.running.is_empty() {
            return;
        }
        let names: Vec<&str> = self.running.keys().filter_map(|place| self.labels.get(*place)).map(String::as_str).collect();
        let line = progress_line(self.ended, self.labels.len(), self.began.elapsed().as_secs(), &names);
        eprint!("\r\x1b[K\x1b[2m{line}\x1b[0m");
        self.drawn = true;
    }
}

impl Screen {
    /// Says now and then where the run is, to whoever reads a file.
    fn tell(&mut self) {
        if self.told.elapsed() < EVERY || self.running.is_empty() {
            return;
        }
        self.told = now();
        let running = self.running.iter().filter_map(|(place, running)| Some((self.labels.get(*place)?.as_str(), running)));
        let running: Vec<(&str, &str, u64)> =
            running.map(|(label, running)| (label, running.at.as_str(), running.since.elapsed().as_secs())).collect();
        let line = told_line(self.ended, self.labels.len(), self.began.elapsed().as_secs(), &running);
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}

#[expect(clippy::disallowed_methods, reason = "whoever waits for a run waits in wall time")]
fn now() -> Instant {
    Instant::now()
}

/// How far it is, and for how long each case has been where it is.
fn told_line(ended: usize, all: usize, seconds: u64, running: &[(&str, &str, u64)]) -> String {
    let running: Vec<String> = running.iter().map(|(label, at, since)| format!("{label}: {at}, for {since} s")).collect();
    format!("seatrial: {ended} of {all} ended in {seconds} s; running: {}", running.join("; "))
}

fn step_line(label: &str, step: &StepProgress) -> String {
    format!("  {label}  {}  step {} {}: {}\n", step.at, step.number, step.outcome, step.what)
}

/// How far it is, and what runs.
fn progress_line(ended: usize, all: usize, seconds: u64, names: &[&str]) -> String {
    let line = format!("{ended} of {all} ended in {seconds} s; running: {}", names.join(", "));
    if line.chars().count() <= WIDTH {
        return line;
    }
    let cut: String = line.chars().take(WIDTH - 1).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_reads_a_file_is_told_where_each_case_is() {
        let running = [("statefulset/scale [8.0.3] seed 1", "step 2, wait for statefulset/web to be ready within 2m", 41)];
        insta::assert_snapshot!(told_line(3, 60, 70, &running), @"seatrial: 3 of 60 ended in 70 s; running: statefulset/scale [8.0.3] seed 1: step 2, wait for statefulset/web to be ready within 2m, for 41 s");
    }

    #[test]
    fn the_line_of_progress_fits_any_terminal() {
        assert_eq!(
            progress_line(3, 60, 2, &["statefulset/scale [8.0.3] seed 1"]),
            "3 of 60 ended in 2 s; running: statefulset/scale [8.0.3] seed 1"
        );
        let long = progress_line(
            3,
            60,
            2,
            &["multi-vcenter/one-volume-one-home [vc-a=8.0.3,vc-b=9.1.0] seed 1", "zones/placement [8.0.3] seed 1"],
        );
        assert_eq!(long.chars().count(), WIDTH);
        assert!(long.ends_with('…'), "{long}");
    }
}
