//! `--journal FILE`: several runs are made at once, so each writes a part of its own; the parts are put together at the end.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::work::Work;

/// Tells each run where its part goes.
pub fn into_parts(work: Vec<Work>, journal: &Path) -> Vec<Work> {
    let parted = |(place, work)| match work {
        Work::Run(mut spec, name) => {
            spec.journal = Some(part(journal, place));
            Work::Run(spec, name)
        }
        clear => clear,
    };
    work.into_iter().enumerate().map(parted).collect()
}

fn part(journal: &Path, place: usize) -> PathBuf {
    let mut name = journal.as_os_str().to_owned();
    name.push(format!(".part-{place}"));
    name.into()
}

/// Puts the parts of these places together, in order, and removes all.
pub fn gather(journal: &Path, told: &BTreeSet<usize>, parts: usize) -> std::io::Result<()> {
    let mut whole = File::create(journal)?;
    for place in 0..parts {
        let part = part(journal, place);
        if part.exists() {
            if told.contains(&place) {
                std::io::copy(&mut File::open(&part)?, &mut whole)?;
            }
            std::fs::remove_file(&part)?;
        }
    }
    whole.flush()
}
