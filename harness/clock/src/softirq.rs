//! The kernel's own threads that carry packets: a packet that is left to them is on its way although nobody is awake.

use std::fs::File;
use std::os::unix::fs::FileExt;

/// Those threads of the CPUs on which the world lives.
#[derive(Debug, Default)]
pub(crate) struct Carriers(Vec<File>);

impl Carriers {
    /// Finds them; where they cannot be seen (another PID namespace) there are none.
    pub fn find(cpu: Option<usize>) -> Self {
        let Ok(entries) = std::fs::read_dir("/proc") else { return Self::default() };
        let wanted = |name: &str| {
            let number = name.trim().strip_prefix("ksoftirqd/").and_then(|number| number.parse::<usize>().ok());
            number.is_some_and(|number| cpu.is_none_or(|cpu| cpu == number))
        };
        let ours = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| std::fs::read_to_string(path.join("comm")).is_ok_and(|name| wanted(&name)));
        Self(ours.filter_map(|path| File::open(path.join("stat")).ok()).collect())
    }

    /// Whether none of them has work.
    pub fn are_idle(&self) -> bool {
        self.0.iter().all(|file| {
            let mut line = [0; 64];
            let length = file.read_at(&mut line, 0).unwrap_or(0);
            let name_end = line[..length].iter().rposition(|byte| *byte == b')').unwrap_or(0);
            line.get(name_end + 2) != Some(&b'R')
        })
    }
}
