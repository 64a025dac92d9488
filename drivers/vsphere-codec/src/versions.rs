//! The files in which services list the versions of their API: `vimServiceVersions.xml`, `vsanServiceVersions.xml`.

use crate::CodecError;
use crate::element::{Limits, parse};
use crate::writer::Document;

/// What a service speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceVersions {
    /// `urn:vim25`, `urn:vsan`.
    pub namespace: String,
    /// The newest version.
    pub version: String,
    /// Older versions, newest first.
    pub prior: Vec<String>,
}

/// Writes the file.
pub fn encode_versions(services: &[ServiceVersions]) -> Vec<u8> {
    let mut document = Document::new();
    document.begin("namespaces", &[("version", "1.0")]);
    for service in services {
        document.begin("namespace", &[]);
        document.leaf("name", &[], &service.namespace);
        document.leaf("version", &[], &service.version);
        document.begin("priorVersions", &[]);
        for version in &service.prior {
            document.leaf("version", &[], version);
        }
        document.end("priorVersions");
        document.end("namespace");
    }
    document.end("namespaces");
    document.finish()
}

/// Reads the file.
///
/// # Errors
/// The bytes are not such a file.
pub fn decode_versions(bytes: &[u8]) -> Result<Vec<ServiceVersions>, CodecError> {
    let root = parse(bytes, Limits::REQUEST)?;
    let text = |text: &str| text.trim().to_owned();
    root.children
        .iter()
        .filter(|child| child.name == "namespace")
        .map(|child| {
            let namespace = text(&child.require("name")?.text);
            let version = text(&child.require("version")?.text);
            let prior = child.child("priorVersions").map_or(&[][..], |prior| &prior.children);
            Ok(ServiceVersions { namespace, version, prior: prior.iter().map(|version| text(&version.text)).collect() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_survive_the_way_there_and_back() {
        let services = vec![ServiceVersions {
            namespace: "urn:vsan".to_owned(),
            version: "8.0.0.4".to_owned(),
            prior: vec!["8.0.0.3".to_owned(), "vSAN 7.0U3".to_owned()],
        }];
        assert_eq!(decode_versions(&encode_versions(&services)), Ok(services));
    }
}
