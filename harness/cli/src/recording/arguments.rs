//! The flags of `seatrial record` and of `seatrial replay --to`, and how a vCenter is reached by them.

use std::net::SocketAddr;
use std::path::PathBuf;

use driver_host::os::OperatingSystem;
use driver_host::{Host, HostError, HttpService, Peer, Trust};

/// The port of a vCenter that is named without one.
const PORT: u16 = 443;

/// How another vCenter is reached.
#[derive(Debug, clap::Args)]
pub struct TrustArguments {
    /// Takes whatever certificate the vCenter shows.
    #[arg(long, conflicts_with_all = ["ca", "thumbprint"])]
    insecure: bool,
    /// Trusts the authorities in this PEM file, instead of the system's.
    #[arg(long, value_name = "FILE", conflicts_with = "thumbprint")]
    ca: Option<PathBuf>,
    /// Trusts the certificate of this SHA-1 or SHA-256 fingerprint.
    #[arg(long, value_name = "HEX")]
    thumbprint: Option<String>,
}

/// What is recorded, and where.
#[derive(Debug, clap::Args)]
pub struct RecordArguments {
    /// The vCenter: a host, with `:PORT` if that is not 443.
    #[arg(value_name = "HOST[:PORT]")]
    pub(super) vcenter: String,
    /// Where clients find it meanwhile.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8989")]
    pub(super) listen: SocketAddr,
    /// A name or address that clients call it by, for its certificate; several are told one by one. [default: localhost and 127.0.0.1]
    #[arg(long = "name", value_name = "NAME")]
    pub(super) names: Vec<String>,
    /// Where the recording goes. What clients are to trust is written beside it, with `.pem` behind.
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) trust: TrustArguments,
}

/// Which vCenter is asked what was recorded.
#[derive(Debug, clap::Args)]
pub struct ToArguments {
    /// The file is a recording: its calls are sent to this vCenter, and what it answers otherwise is listed.
    #[arg(long, value_name = "HOST[:PORT]", requires = "password_file")]
    pub to: Option<String>,
    /// With `--to`: the file that holds the password in the place of the recorded one; its first line is taken.
    #[arg(long, value_name = "FILE", requires = "to")]
    pub(super) password_file: Option<PathBuf>,
    /// With `--to`: the account in the place of the recorded one.
    #[arg(long, value_name = "NAME", requires = "to")]
    pub(super) user: Option<String>,
    #[command(flatten)]
    pub(super) trust: TrustArguments,
}

/// A service that sends to a vCenter.
pub(super) async fn connect(vcenter: &str, trust: &TrustArguments) -> Result<HttpService, HostError> {
    let (host, port) = match vcenter.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() => match port.parse() {
            Ok(port) => (host, port),
            Err(_) => (vcenter, PORT),
        },
        _ => (vcenter, PORT),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    OperatingSystem::default().connect(&Peer::VCenter { host: host.to_owned(), port, trust: trust.trust() }).await
}

impl TrustArguments {
    fn trust(&self) -> Trust {
        match (&self.ca, &self.thumbprint) {
            _ if self.insecure => Trust::Anything,
            (Some(file), _) => Trust::CaFile(file.display().to_string()),
            (None, Some(thumbprint)) => Trust::Thumbprint(thumbprint.clone()),
            (None, None) => Trust::System,
        }
    }
}
