//! Invariants over the journal, one file each.
