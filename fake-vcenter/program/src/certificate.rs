//! What the vCenter shows to prove who it is: a certificate of an authority of its own, or one that was given.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::error::ProgramError;

/// A certificate with its chain, and its key.
pub struct Certificate {
    /// What a client is to trust, in PEM: the authority's certificate, or the chain that was given.
    pub trust_pem: String,
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

impl Certificate {
    /// A certificate for these names and addresses, issued by an authority that is made for it and then forgotten.
    ///
    /// # Errors
    /// [`ProgramError::MakeCertificate`] when a name is not one.
    pub fn of_own_authority(names: &[String]) -> Result<Self, ProgramError> {
        issue(names).map_err(|source| ProgramError::MakeCertificate { names: names.to_vec(), source })
    }

    /// A certificate that somebody else issued.
    ///
    /// # Errors
    /// [`ProgramError::ReadPem`] when a file is not there or holds something else.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, ProgramError> {
        let unreadable = |path: &Path, reason: String| ProgramError::ReadPem { path: PathBuf::from(path), reason };
        let trust_pem = std::fs::read_to_string(certificate).map_err(|error| unreadable(certificate, error.to_string()))?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(trust_pem.as_bytes()).collect();
        let chain = chain.map_err(|error| unreadable(certificate, error.to_string()))?;
        if chain.is_empty() {
            return Err(unreadable(certificate, "there is no certificate in it".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, error.to_string()))?;
        Ok(Self { trust_pem, chain, key })
    }
}

fn issue(names: &[String]) -> Result<Certificate, rcgen::Error> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.distinguished_name.push(DnType::CommonName, "fake vCenter authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let mut server = CertificateParams::new(names.to_vec())?;
    server.distinguished_name.push(DnType::CommonName, names.first().map_or("localhost", String::as_str));
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = server.signed_by(&key, &authority)?;
    Ok(Certificate {
        trust_pem: authority.pem(),
        chain: vec![certificate.der().clone()],
        key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
    })
}
