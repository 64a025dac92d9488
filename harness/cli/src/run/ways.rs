//! Whose time worlds live in, and where our drivers run, as flags and profiles say it.

/// Whose time a world lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Way {
    /// The world's own, for everybody in it: hours pass in seconds, and a seed decides.
    Virtual,
    /// The wall's, never faster; drivers are processes.
    Live,
}

/// Where our drivers run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Place {
    /// In this process.
    InProcess,
    /// As processes of their own, with sockets between them and the world.
    Processes,
}
