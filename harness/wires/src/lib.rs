//! Wires, processes and virtual time.
