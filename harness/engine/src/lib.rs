//! Builds a world from a scenario, runs its steps, triggers its faults.
