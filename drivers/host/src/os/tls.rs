//! How a vCenter's certificate is judged.
//!
//! A pinned thumbprint replaces the chain, the name and the dates, as upstream has it; the handshake's signature is
//! still checked, because a certificate is public and only its key proves who answers.

use std::sync::Arc;

use ring::digest;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::Trust;

/// Why no certificate can be judged.
#[derive(Debug, thiserror::Error)]
pub(super) enum TrustError {
    /// The configured thumbprint is none.
    #[error("the thumbprint is not 20 or 32 bytes of hex with colons between")]
    Thumbprint,
    /// TLS, or the system's own certificates.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
    /// The file cannot be read.
    #[error("failed to read ca-file {path}: {source}")]
    Read {
        /// Which.
        path: String,
        /// What stood in the way.
        source: pem::Error,
    },
    /// It is something else.
    #[error("ca-file {path} is not PEM: {source}")]
    Pem {
        /// Which.
        path: String,
        /// What is wrong.
        source: pem::Error,
    },
    /// A certificate in it is no authority's.
    #[error("ca-file {path} has an unusable certificate: {source}")]
    Unusable {
        /// Which file.
        path: String,
        /// What is wrong.
        source: rustls::Error,
    },
    /// It has none.
    #[error("ca-file {path} has no certificate; a PEM certificate begins with -----BEGIN CERTIFICATE-----")]
    Empty {
        /// Which.
        path: String,
    },
}

/// The TLS configuration for a trust, or why there is none.
pub(super) fn client_config(trust: &Trust) -> Result<ClientConfig, TrustError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let builder = match trust {
        Trust::Anything => builder.dangerous().with_custom_certificate_verifier(Arc::new(Pin { expected: None, provider })),
        Trust::Thumbprint(thumbprint) => {
            let expected = Some(parse_thumbprint(thumbprint).ok_or(TrustError::Thumbprint)?);
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Pin { expected, provider }))
        }
        Trust::System => {
            let verifier = rustls_platform_verifier::Verifier::new(provider)?;
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        }
        Trust::CaFile(path) => builder.with_root_certificates(authorities(path)?),
    };
    Ok(builder.with_no_client_auth())
}

/// The certificates in a PEM file.
fn authorities(path: &str) -> Result<RootCertStore, TrustError> {
    let named = || path.to_owned();
    let certificates = CertificateDer::pem_file_iter(path).map_err(|source| TrustError::Read { path: named(), source })?;
    let mut store = RootCertStore::empty();
    for certificate in certificates {
        let certificate = certificate.map_err(|source| TrustError::Pem { path: named(), source })?;
        store.add(certificate).map_err(|source| TrustError::Unusable { path: named(), source })?;
    }
    if store.is_empty() { Err(TrustError::Empty { path: named() }) } else { Ok(store) }
}

fn parse_thumbprint(text: &str) -> Option<Vec<u8>> {
    let bytes: Option<Vec<u8>> = text.split(':').map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
    bytes.filter(|bytes| matches!(bytes.len(), 20 | 32))
}

/// Accepts one certificate, or any.
#[derive(Debug)]
struct Pin {
    expected: Option<Vec<u8>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pin {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(expected) = &self.expected else { return Ok(ServerCertVerified::assertion()) };
        let algorithm = if expected.len() == 20 { &digest::SHA1_FOR_LEGACY_USE_ONLY } else { &digest::SHA256 };
        let actual = digest::digest(algorithm, end_entity);
        if actual.as_ref() == expected.as_slice() {
            return Ok(ServerCertVerified::assertion());
        }
        let shown = actual.as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":");
        Err(rustls::Error::General(format!(
            "the certificate of {} has the thumbprint {shown}, not the configured one",
            server_name.to_str()
        )))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
