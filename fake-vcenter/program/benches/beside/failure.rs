//! What may go wrong with a benchmark.

use std::path::PathBuf;

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A server cannot be started.
    #[error("{program} cannot be started")]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A server ended, or said something else, before it was ready.
    #[error("{program} did not say where it listens, but: {said}")]
    NotReady {
        /// The program.
        program: PathBuf,
        /// What it said.
        said: String,
    },
    /// The kernel does not tell of a process.
    #[error("the kernel does not tell what the server's process costs")]
    Kernel(#[source] std::io::Error),
    /// A server does not take connections.
    #[error("the server does not take a connection")]
    Connect(#[source] std::io::Error),
    /// A connection broke.
    #[error("the connection to the server broke")]
    Exchange(#[source] std::io::Error),
    /// An answer is no HTTP.
    #[error("the server's answer is no HTTP")]
    NoHttp,
    /// A call was answered by a fault.
    #[error("{method} was refused: {answer}")]
    Refused {
        /// The method.
        method: String,
        /// The fault.
        answer: String,
    },
    /// An answer lacks what is read from it.
    #[error("there is no {wanted} in the answer {answer}")]
    Unlike {
        /// What was looked for.
        wanted: String,
        /// The answer.
        answer: String,
    },
    /// A task failed.
    #[error("a task failed: {answer}")]
    Task {
        /// What is told of it.
        answer: String,
    },
    /// A task has not ended, by what the server itself says of it when it is asked.
    #[error("a task has not ended after {} s", waited.as_secs())]
    Unended {
        /// So long was waited.
        waited: std::time::Duration,
    },
    /// An operation needs volumes, and the one that makes them has failed.
    #[error("there are no volumes")]
    NoVolumes,
    /// A worker of the benchmark itself.
    #[error("a worker panicked")]
    Worker,
}
