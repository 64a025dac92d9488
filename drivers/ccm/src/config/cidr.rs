//! A range of addresses: `10.0.0.0/8`, `fd00::/8`.

use std::net::IpAddr;

/// A range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    base: IpAddr,
    length: u32,
}

impl Cidr {
    /// Reads `address/length`; bits behind the length are ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.trim().split_once('/')?;
        let (base, length): (IpAddr, u32) = (address.parse().ok()?, length.parse().ok()?);
        let widest = if base.is_ipv4() { 32 } else { 128 };
        (length <= widest).then_some(Self { base, length })
    }

    /// Whether the address lies in it. Families do not mix.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.length).unwrap_or(0);
                base.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.length).unwrap_or(0);
                base.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cidr;

    #[test]
    fn a_range_holds_its_own_family_only() {
        let holds = |range: &str, address: &str| Cidr::parse(range).expect("a range").contains(address.parse().expect("an address"));
        assert!(holds("10.1.0.0/16", "10.1.255.1") && !holds("10.1.0.0/16", "10.2.0.1"));
        assert!(holds("0.0.0.0/0", "8.8.8.8") && !holds("0.0.0.0/0", "fd00::1"));
        assert!(holds("fd00::/8", "fd12::1") && !holds("fd00::1/128", "fd00::2") && holds("::/0", "fd00::2"));
        assert!(Cidr::parse("10.0.0.0/33").is_none() && Cidr::parse("10.0.0.0").is_none() && Cidr::parse("a/8").is_none());
    }
}
