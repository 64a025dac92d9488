//! A certificate authority of a run's own: certificates for servers on loopback, and for clients that say who they are.
//!
//! Whom a client certificate belongs to is looked up in the authority's own list: nobody else issues any.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio_rustls::TlsAcceptor;

use super::ServeError;
use crate::identity::Identity;

/// A certificate of a client or of a server's, and its key, in PEM.
#[derive(Clone, Debug)]
pub struct ClientCertificate {
    /// The certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

/// The authority; clones are handles on the same.
#[derive(Clone)]
pub struct Authority(Arc<Inner>);

struct Inner {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    root: CertificateDer<'static>,
    issued: Mutex<BTreeMap<Vec<u8>, Identity>>,
}

impl Authority {
    /// A new authority of this name.
    ///
    /// # Errors
    /// [`ServeError::Certificate`] when the system's randomness or the name is no good.
    pub fn new(name: &str) -> Result<Self, ServeError> {
        let failed = |source| ServeError::Certificate { names: vec![name.to_owned()], source };
        let mut params = CertificateParams::new(Vec::<String>::new()).map_err(failed)?;
        params.distinguished_name = named(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.self_signed(&key).map_err(failed)?;
        let (pem, root) = (certificate.pem(), certificate.der().clone());
        Ok(Self(Arc::new(Inner { issuer: Issuer::new(params, key), pem, root, issued: Mutex::default() })))
    }

    /// The authority's certificate in PEM: what clients trust.
    pub fn pem(&self) -> &str {
        &self.0.pem
    }

    /// A certificate for a client that is this user.
    ///
    /// # Errors
    /// [`ServeError::Certificate`].
    pub fn client(&self, identity: &Identity) -> Result<ClientCertificate, ServeError> {
        let failed = |source| ServeError::Certificate { names: vec![identity.name.clone()], source };
        let mut params = CertificateParams::new(Vec::<String>::new()).map_err(failed)?;
        params.distinguished_name = named(&identity.name, &identity.groups);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.signed_by(&key, &self.0.issuer).map_err(failed)?;
        self.issued().insert(certificate.der().to_vec(), identity.clone());
        Ok(ClientCertificate { certificate: certificate.pem(), key: key.serialize_pem() })
    }

    /// A certificate for a server of these names and addresses, which it may show as a client too: etcd asks itself.
    ///
    /// # Errors
    /// [`ServeError::Certificate`].
    pub fn server(&self, names: &[String]) -> Result<ClientCertificate, ServeError> {
        let failed = |source| ServeError::Certificate { names: names.to_vec(), source };
        let mut params = CertificateParams::new(names.to_vec()).map_err(failed)?;
        params.distinguished_name = named(names.first().map_or("localhost", String::as_str), &[]);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.signed_by(&key, &self.0.issuer).map_err(failed)?;
        Ok(ClientCertificate { certificate: certificate.pem(), key: key.serialize_pem() })
    }

    /// Whom a client certificate was issued to.
    pub(super) fn holder(&self, certificate: &[u8]) -> Option<Identity> {
        self.issued().get(certificate).cloned()
    }

    /// Accepts TLS as a server of these names and addresses. Clients may show a certificate of this authority.
    pub(super) fn acceptor(&self, names: &[String]) -> Result<TlsAcceptor, ServeError> {
        let failed = |source| ServeError::Certificate { names: names.to_vec(), source };
        let mut params = CertificateParams::new(names.to_vec()).map_err(failed)?;
        params.distinguished_name = named(names.first().map_or("localhost", String::as_str), &[]);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.signed_by(&key, &self.0.issuer).map_err(failed)?;
        let mut roots = RootCertStore::empty();
        roots.add(self.0.root.clone())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).allow_unauthenticated();
        let clients = clients.build().map_err(|error| ServeError::Tls(rustls::Error::General(error.to_string())))?;
        let key: PrivateKeyDer<'static> = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(clients)
            .with_single_cert(vec![certificate.der().clone(), self.0.root.clone()], key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    fn issued(&self) -> std::sync::MutexGuard<'_, BTreeMap<Vec<u8>, Identity>> {
        self.0.issued.lock().expect("nothing panics while the list is locked")
    }
}

fn named(common_name: &str, organisations: &[String]) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    for organisation in organisations {
        name.push(DnType::OrganizationName, organisation.as_str());
    }
    name
}
