//! The name of a vCenter: as people write it in a configuration, and as requests carry it.
//!
//! Upstream joins host and port by itself, so a host name that has a port already is none there either. An IPv6 address may
//! stand in brackets or not.

use std::net::Ipv6Addr;

/// Why a text names no host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAHost {
    /// `vc.example.com:8443`
    #[error("it has a port in it; write the host {host} alone, and {port} as `port` beside it")]
    Port {
        /// What stands before the port.
        host: String,
        /// The port.
        port: u16,
    },
    /// `https://vc.example.com/sdk`
    #[error("it is a URL; write the host name or address alone, without https:// and without a path")]
    Url,
    /// Anything else.
    #[error("it is neither a host name nor an address; write vcenter.example.com, 192.0.2.11 or 2001:db8::11")]
    Other,
}

/// The host that a configuration names, an IPv6 address without its brackets.
///
/// # Errors
/// [`NotAHost`], with what to write instead.
pub fn host_name(written: &str) -> Result<String, NotAHost> {
    let text = written.trim();
    let address = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    if address.parse::<Ipv6Addr>().is_ok() {
        return Ok(address.to_owned());
    }
    if text.contains('/') {
        return Err(NotAHost::Url);
    }
    if let Some((host, port)) = text.rsplit_once(':')
        && let (Ok(host), Ok(port)) = (host_name(host), port.parse())
    {
        return Err(NotAHost::Port { host, port });
    }
    let is_plain = |character: char| character.is_alphanumeric() || matches!(character, '-' | '.' | '_');
    if !text.is_empty() && text.chars().all(is_plain) { Ok(text.to_owned()) } else { Err(NotAHost::Other) }
}

/// Host and port as a request names them: an IPv6 address in brackets, and no port where it is HTTPS's own.
pub fn authority(host: &str, port: u16) -> String {
    let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
    if port == 443 { host } else { format!("{host}:{port}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_with_brackets_and_without() {
        for (written, host) in [
            ("2001:db8::11", "2001:db8::11"),
            ("[2001:db8::11]", "2001:db8::11"),
            ("::1", "::1"),
            ("[::1]", "::1"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
            (" vc.shop.test ", "vc.shop.test"),
            ("192.0.2.11", "192.0.2.11"),
            ("VC_1", "VC_1"),
        ] {
            assert_eq!(host_name(written).as_deref(), Ok(host), "{written}");
        }
        assert_eq!(authority("2001:db8::11", 443), "[2001:db8::11]");
        assert_eq!(authority("[::1]", 8443), "[::1]:8443");
        assert_eq!(authority("vc.shop.test", 8443), "vc.shop.test:8443");
    }

    #[test]
    fn what_is_no_host_is_told_with_what_to_write() {
        let texts = [
            "vc:8443",
            "192.0.2.11:443",
            "[::1]:8443",
            "https://vc.shop.test",
            "vc/sdk",
            "",
            " ",
            "vc:",
            "a:b:c",
            "[vc]",
            "a b",
            "vc:99999",
        ];
        let told: Vec<String> = texts.iter().map(|text| format!("{text:?}: {}", host_name(text).expect_err("it is none"))).collect();
        insta::assert_snapshot!(told.join("\n"));
    }
}
