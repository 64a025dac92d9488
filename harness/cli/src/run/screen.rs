//! What a run shows while it lasts: verdicts, steps when asked, and on a terminal a line that tells how far it is.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use seatrial_engine::StepProgress;

use crate::worker_pool::ProgressEvent;

/// The longest line of progress; a longer one would wrap and could not be wiped.
const WIDTH: usize = 78;
/// What a shorter suite takes is over before anybody has read a line.
const PATIENCE: Duration = Duration::from_millis(500);

/// The screen of one run.
pub struct Screen {
    labels: Vec<String>,
    colour: bool,
    progress: bool,
    running: BTreeMap<usize, String>,
    ended: usize,
    drawn: bool,
    began: std::time::Instant,
}

impl Screen {
    /// A screen for work of these names. The line of progress is drawn only where both streams end at a terminal.
    pub fn new(labels: Vec<String>) -> Self {
        let colour = std::io::stdout().is_terminal();
        #[expect(clippy::disallowed_methods, reason = "whoever waits at a terminal waits in wall time")]
        let began = std::time::Instant::now();
        Self {
            labels,
            colour,
            progress: colour && std::io::stderr().is_terminal(),
            running: BTreeMap::new(),
            ended: 0,
            drawn: false,
            began,
        }
    }

    /// Whether there are colours.
    pub fn colour(&self) -> bool {
        self.colour
    }

    /// Shows how far it is.
    pub fn show(&mut self, event: ProgressEvent<'_>) {
        match event {
            ProgressEvent::Began(place) => {
                self.running.insert(place, String::new());
            }
            ProgressEvent::Ended(place) => {
                self.running.remove(&place);
                self.ended += 1;
            }
            ProgressEvent::Step(place, step) => {
                self.running.insert(place, step.at.to_string());
                let label = self.labels.get(place).map_or("", String::as_str);
                let line = step_line(label, step);
                self.print(&line);
            }
            ProgressEvent::Verdict(verdict) => {
                let text = seatrial_reports::terminal_case(verdict, self.colour);
                self.print(&text);
            }
            ProgressEvent::Tick => {}
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
        if !self.progress || self.began.elapsed() < PATIENCE || self.running.is_empty() {
            return;
        }
        let names: Vec<&str> = self.running.keys().filter_map(|place| self.labels.get(*place)).map(String::as_str).collect();
        let line = progress_line(self.ended, self.labels.len(), self.began.elapsed().as_secs(), &names);
        eprint!("\r\x1b[K\x1b[2m{line}\x1b[0m");
        self.drawn = true;
    }
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
