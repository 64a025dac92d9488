//! No code: the features in which packages of others would differ if ours were built one at a time.
//!
//! Cargo gives a package the features that those ask for who are built with it. So what was built for the whole workspace would not do
//! for one program of it: tokio, hyper, serde, syn and all above them would be built anew, and again when the workspace is built next.
//! Each program depends on this crate, which asks for what the others ask for; cargo's own answer (`resolver.feature-unification`) is
//! not in a stable cargo yet. Pure crates do without: they reach no runtime, and what they need is built in seconds.
