//! How a vCenter's certificate is judged.
//!
//! A pinned thumbprint replaces the chain, the name and the dates, as upstream has it; the handshake's signature is
//! still checked, because a certificate is public and only its key proves who answers.

use std::sync::Arc;

use ring::digest;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::Trust;

/// The TLS configuration for a trust, or why there is none.
pub(super) fn client_config(trust: &Trust) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let builder = match trust {
        Trust::Anything => builder.dangerous().with_custom_certificate_verifier(Arc::new(Pin { expected: None, provider })),
        Trust::Thumbprint(thumbprint) => {
            let expected = Some(parse_thumbprint(thumbprint).ok_or("the thumbprint is not 20 or 32 bytes of hex with colons between")?);
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Pin { expected, provider }))
        }
        Trust::System => {
            let verifier = rustls_platform_verifier::Verifier::new(provider).map_err(|error| error.to_string())?;
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        }
        Trust::CaFile(path) => builder.with_root_certificates(authorities(path)?),
    };
    Ok(builder.with_no_client_auth())
}

/// The certificates in a PEM file.
fn authorities(path: &str) -> Result<RootCertStore, String> {
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| format!("failed to read ca-file {path}: {error}"))?;
    let mut store = RootCertStore::empty();
    for certificate in certificates {
        let certificate = certificate.map_err(|error| format!("ca-file {path} is not PEM: {error}"))?;
        store.add(certificate).map_err(|error| format!("ca-file {path} has an unusable certificate: {error}"))?;
    }
    if store.is_empty() {
        return Err(format!("ca-file {path} has no certificate; a PEM certificate begins with -----BEGIN CERTIFICATE-----"));
    }
    Ok(store)
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
