//! What is said when the vCenter can be used: lines that a shell can evaluate.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

/// The lines: govc's variables, and the number of the process that serves. Nothing in them needs quotes but the path.
pub fn shell_lines(address: SocketAddr, tls: bool, user: &str, password: &str, ca_file: Option<&Path>) -> String {
    let scheme = if tls { "https" } else { "http" };
    let (user, password) = (encoded(user), encoded(password));
    let mut line = format!("export GOVC_URL={scheme}://{user}:{password}@{}/sdk", reachable(address));
    match ca_file {
        Some(path) => {
            let _ = write!(line, " GOVC_INSECURE=false GOVC_TLS_CA_CERTS={}", quoted(&path.to_string_lossy()));
        }
        None => line.push_str(" GOVC_INSECURE=true"),
    }
    format!("{line} GOVC_SIM_PID={}\n", std::process::id())
}

/// An address that means every interface is reached by loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// As it may stand in a URL's user information, and unquoted in a shell.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_split_or_expand_is_encoded_or_quoted() {
        let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 443));
        let line = shell_lines(address, true, "a b@vsphere.local", "$x'y", Some(Path::new("/tmp/it's here.pem")));
        let wanted = "export GOVC_URL=https://a%20b%40vsphere.local:%24x%27y@127.0.0.1:443/sdk GOVC_INSECURE=false \
                      GOVC_TLS_CA_CERTS='/tmp/it'\\''s here.pem' GOVC_SIM_PID=";
        assert!(line.starts_with(wanted), "{line}");
    }
}
