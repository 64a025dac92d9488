//! Which machine a node is: BIOS uuids and provider ids.

use std::fmt;

use k8s_openapi::api::core::v1::Node;

const SCHEME: &str = "vsphere://";

/// A whole BIOS uuid, in lower case with dashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BiosUuid(String);

impl BiosUuid {
    /// Reads `4216511D-2233-…`; `None` for anything that is not 32 hex digits in five groups.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let groups: Vec<&str> = text.split('-').collect();
        let whole = groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]);
        let hex = groups.iter().all(|group| group.chars().all(|digit| digit.is_ascii_hexdigit()));
        // All zeros is what firmware says that has none.
        let said = text.chars().any(|digit| !matches!(digit, '0' | '-'));
        (whole && hex && said).then_some(Self(text))
    }

    /// With the bytes of the first three groups in the other order: guests on old virtual hardware read it so.
    pub(crate) fn swapped(&self) -> Self {
        let turned = |group: &str| -> String {
            let pairs: Vec<&str> = (0..group.len() / 2).rev().map(|pair| &group[2 * pair..2 * pair + 2]).collect();
            pairs.concat()
        };
        let text = &self.0;
        Self(format!("{}-{}-{}-{}", turned(&text[..8]), turned(&text[9..13]), turned(&text[14..18]), &text[19..]))
    }

    /// As vCenter writes it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// `vsphere://…`
    pub(crate) fn provider_id(&self) -> String {
        provider_id(&self.0)
    }
}

impl fmt::Display for BiosUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A provider id around any text.
pub(crate) fn provider_id(uuid: &str) -> String {
    format!("{SCHEME}{uuid}")
}

/// What a Node says of its machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// The uuid in its provider id.
    ProviderId(BiosUuid),
    /// The uuid that kubelet read from the firmware; its byte order is not known.
    SystemUuid(BiosUuid),
    /// Nothing but its name.
    Name(String),
    /// A provider id that is none of ours; nothing is done to such a node.
    Foreign(String),
}

impl Identity {
    /// Reads what a Node says.
    pub(crate) fn of(node: &Node) -> Self {
        let written = node.spec.as_ref().and_then(|spec| spec.provider_id.as_deref()).unwrap_or_default();
        if !written.is_empty() {
            let uuid = written.strip_prefix(SCHEME).and_then(BiosUuid::parse);
            return uuid.map_or_else(|| Self::Foreign(written.to_owned()), Self::ProviderId);
        }
        let system = node.status.as_ref().and_then(|status| status.node_info.as_ref()).and_then(|info| BiosUuid::parse(&info.system_uuid));
        system.map_or_else(|| Self::Name(node.metadata.name.clone().unwrap_or_default()), Self::SystemUuid)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_uuid_is_whole_or_none() {
        let uuid = BiosUuid::parse("4216511D-2233-4455-6677-8899AABBCCDD").expect("it is whole");
        assert_eq!(uuid.provider_id(), "vsphere://4216511d-2233-4455-6677-8899aabbccdd");
        assert_eq!(uuid.swapped().as_str(), "1d511642-3322-5544-6677-8899aabbccdd");
        for wrong in ["", "4216511d", "4216511d-2233-4455-6677-8899aabbccd", "4216511g-2233-4455-6677-8899aabbccdd"] {
            assert_eq!(BiosUuid::parse(wrong), None, "{wrong}");
        }
        assert_eq!(BiosUuid::parse("00000000-0000-0000-0000-000000000000"), None);
    }

    proptest! {
        #[test]
        fn swapping_twice_changes_nothing(text in "[0-9a-f]{7}1-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}") {
            let uuid = BiosUuid::parse(&text).expect("it is whole");
            prop_assert_eq!(uuid.swapped().swapped(), uuid);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}") {
            let _ = BiosUuid::parse(&text).map(|uuid| uuid.swapped());
        }
    }
}
