//! Large runs, as their users have them: parts and their merging, choices, baselines, profiles, reports told again, and the files of
//! `docs/ci`, whose commands are run as they stand there.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod baselines;
mod choices;
mod ci_files;
mod parts;
mod profiles;
mod project;
