//! The machine's processors, each of which one world with processes has for itself while it lasts: on one processor, first in
//! first out, its processes do the same in the same order each time.

use std::sync::{Arc, Mutex};

/// The processors that are free; clones share them.
#[derive(Clone, Debug)]
pub struct Processors(Arc<Mutex<Vec<usize>>>);

impl Default for Processors {
    fn default() -> Self {
        let number = std::thread::available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Mutex::new((0..number).rev().collect())))
    }
}

impl Processors {
    /// Takes one, if one is free.
    pub(crate) fn take(&self) -> Option<Taken> {
        let number = self.0.lock().expect("nothing panics while the list is locked").pop()?;
        Some(Taken { number, free: self.clone() })
    }
}

/// A processor that is in use until this is dropped.
pub(crate) struct Taken {
    pub(crate) number: usize,
    free: Processors,
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.free.0.lock().expect("nothing panics while the list is locked").push(self.number);
    }
}
