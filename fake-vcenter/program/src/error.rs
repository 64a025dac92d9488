//! What can go wrong, and how the program ends then.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::inventory::InventoryErrors;

/// How the program ends: the table of its exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Somebody ended it: Ctrl-C, SIGTERM, a key with `--stdin-exit`.
    Ended = 0,
    /// A flag or a file is wrong.
    BadInput = 2,
    /// The environment failed: a port in use, a file that cannot be written.
    Environment = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a vCenter could not be started, or not be kept up.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// A flag does not mean anything here.
    #[error("{flag}: {reason}\nhelp: {help}")]
    Flag {
        /// As it was written.
        flag: String,
        /// What is wrong.
        reason: String,
        /// The remedy.
        help: String,
    },
    /// The inventory file cannot be read.
    #[error("failed to read the inventory {}: {source}\nhelp: --inventory takes a YAML file, docs/fake-vcenter.md shows one", path.display())]
    ReadInventory {
        /// Which file.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// The inventory file is wrong.
    #[error(transparent)]
    Inventory(#[from] InventoryErrors),
    /// No certificate could be made.
    #[error("failed to make a certificate for {names:?}: {source}\nhelp: --hostname takes DNS names and addresses")]
    MakeCertificate {
        /// For which names.
        names: Vec<String>,
        /// What stood in the way.
        source: rcgen::Error,
    },
    /// A certificate or a key cannot be read.
    #[error("failed to read {}: {reason}\nhelp: --tls-cert takes a PEM certificate with its chain, --tls-key its PEM private key", path.display())]
    ReadPem {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Certificate and key were refused.
    #[error("failed to set up TLS: {0}\nhelp: the key must be the one that the certificate was made for")]
    Tls(#[from] rustls::Error),
    /// Somebody else listens there.
    #[error("port {} of {} is in use\nhelp: stop what listens there, or choose another with --listen {}:PORT (0 takes any that is free)", address.port(), address.ip(), address.ip())]
    PortInUse {
        /// Where.
        address: SocketAddr,
    },
    /// The socket could not be had.
    #[error("failed to listen on {address}: {source}\nhelp: --listen takes an address of this machine and a port that you may open")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// A file that others wait for could not be written.
    #[error("failed to write {}: {source}\nhelp: its folder must be there, and writable", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// The operating system refused what every program needs.
    #[error("failed to set up {what}: {source}")]
    System {
        /// What.
        what: &'static str,
        /// What stood in the way.
        source: std::io::Error,
    },
}

impl ProgramError {
    /// Where a socket could not be bound, and why.
    pub(crate) fn bind(address: SocketAddr, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::AddrInUse { Self::PortInUse { address } } else { Self::Listen { address, source } }
    }

    /// How the program ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Flag { .. }
            | Self::ReadInventory { .. }
            | Self::Inventory(_)
            | Self::ReadPem { .. }
            | Self::MakeCertificate { .. }
            | Self::Tls(_) => Exit::BadInput,
            Self::PortInUse { .. } | Self::Listen { .. } | Self::Write { .. } | Self::System { .. } => Exit::Environment,
        }
    }
}
