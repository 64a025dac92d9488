//! The account of a vCenter: from the configuration, from files, or from a Kubernetes Secret.
//!
//! It is read when the account is first needed, and again only after vCenter has refused it; when it is gone by then, or cannot
//! be read, what was known stays. The keys of a Secret are upstream's: `<server>.username` and
//! `<server>.password`, or, for servers whose name no key may hold, `server_x`, `username_x` and `password_x`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use driver_host::{Host, host_name};
use k8s_openapi::api::core::v1::Secret as KubernetesSecret;
use kube::api::Api;
use std::collections::BTreeMap;
use vsphere_client::Credentials;

use crate::config::{Config, CredentialSource, Environment, Secret, VCenterConfig};
use crate::vcenter::VCenterError;

/// The account of one vCenter.
pub(crate) struct Accounts {
    server: String,
    source: CredentialSource,
    /// The configuration, where the account stands in it.
    file: Option<(PathBuf, Environment)>,
    host: Arc<dyn Host>,
    kubernetes: kube::Client,
    /// Where Secrets lie that are named without a namespace.
    namespace: String,
    known: Mutex<Option<Credentials>>,
}

impl Accounts {
    pub(crate) fn new(host: Arc<dyn Host>, kubernetes: kube::Client, config: &VCenterConfig, namespace: &str) -> Self {
        let (server, source) = (config.server.clone(), config.credentials.clone());
        Self { server, source, file: None, host, kubernetes, namespace: namespace.to_owned(), known: Mutex::new(None) }
    }

    /// The same; where the account stands in the configuration, it is read anew from there.
    pub(crate) fn in_file(self, path: &Path, environment: &Environment) -> Self {
        Self { file: Some((path.to_owned(), environment.clone())), ..self }
    }

    /// The account as it is known; read when it is not.
    pub(crate) async fn present(&self) -> Result<Credentials, VCenterError> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let read = self.read().await?;
        *self.known.lock().expect("no holder of the account panics") = Some(read.clone());
        Ok(read)
    }

    /// Reads the account again after it was refused; answers whether it is another one now.
    pub(crate) async fn renew(&self) -> Result<bool, VCenterError> {
        let before = self.known();
        let read = match self.read().await {
            Ok(read) => read,
            Err(error) => {
                self.host.log(&format!("{}: the account was refused, and there is no other: {error}", self.server));
                return Ok(false);
            }
        };
        let another = before.as_ref() != Some(&read);
        *self.known.lock().expect("no holder of the account panics") = Some(read);
        Ok(another)
    }

    fn known(&self) -> Option<Credentials> {
        self.known.lock().expect("no holder of the account panics").clone()
    }

    async fn read(&self) -> Result<Credentials, VCenterError> {
        match &self.source {
            CredentialSource::File { user, password } => Ok(self.read_file().unwrap_or_else(|| credentials(user, password))),
            CredentialSource::Secret { namespace, name } => self.read_secret(namespace.as_deref().unwrap_or(&self.namespace), name).await,
            CredentialSource::Directory(directory) => self.read_directory(directory),
        }
    }

    /// The account as the file has it now; `None` when it has it no more.
    fn read_file(&self) -> Option<Credentials> {
        let (path, environment) = self.file.as_ref()?;
        let bytes = self.host.read_file(path).ok()?;
        let config = Config::parse(&path.display().to_string(), &bytes, environment).ok()?;
        match config.vcenters.into_iter().find(|vcenter| vcenter.server == self.server)?.credentials {
            CredentialSource::File { user, password } => Some(credentials(&user, &password)),
            _ => None,
        }
    }

    async fn read_secret(&self, namespace: &str, name: &str) -> Result<Credentials, VCenterError> {
        let api: Api<KubernetesSecret> = Api::namespaced(self.kubernetes.clone(), namespace);
        let missing = |reason: String| VCenterError::Credentials { reason };
        let found = api.get_opt(name).await.map_err(|error| missing(format!("Secret {namespace}/{name} cannot be read: {error}")))?;
        let Some(secret) = found else {
            return Err(missing(format!("there is no Secret {namespace}/{name}; create it, or correct the configuration")));
        };
        let mut texts = BTreeMap::new();
        for (key, value) in secret.data.unwrap_or_default() {
            let text = String::from_utf8(value.0).map_err(|_| missing(format!("key {key} of Secret {namespace}/{name} is not UTF-8")))?;
            texts.insert(key, text);
        }
        let keys = || {
            let server = &self.server;
            format!(
                "Secret {namespace}/{name} lacks `{server}.username` or `{server}.password` (or `server_x`, `username_x`, `password_x`)"
            )
        };
        pick(&self.server, &texts).ok_or_else(|| missing(keys()))
    }

    fn read_directory(&self, directory: &str) -> Result<Credentials, VCenterError> {
        let read = |what: &str| {
            let path = Path::new(directory).join(format!("{}.{what}", self.server));
            let bytes = self.host.read_file(&path).map_err(|error| VCenterError::Credentials { reason: error.to_string() })?;
            let text = String::from_utf8(bytes);
            text.map_err(|_| VCenterError::Credentials { reason: format!("{} is not UTF-8", path.display()) })
        };
        Ok(Credentials { user: read("username")?, password: read("password")? })
    }
}

fn credentials(user: &str, password: &Secret) -> Credentials {
    Credentials { user: user.to_owned(), password: password.reveal().to_owned() }
}

/// The account of a server among the texts of a Secret.
fn pick(server: &str, texts: &BTreeMap<String, String>) -> Option<Credentials> {
    let text = |key: String| texts.get(&key).cloned();
    let by = |user: String, password: String| Some(Credentials { user: text(user)?, password: text(password)? });
    by(format!("{server}.username"), format!("{server}.password")).or_else(|| {
        let numbered = texts.iter().filter_map(|(key, value)| Some((key.strip_prefix("server_")?, value)));
        let mut found = numbered.filter(|(_, value)| host_name(value).as_deref() == Ok(server));
        found.find_map(|(number, _)| by(format!("username_{number}"), format!("password_{number}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(server: &str, pairs: &[(&str, &str)]) -> Option<(String, String)> {
        let texts = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        pick(server, &texts).map(|account| (account.user, account.password))
    }

    #[test]
    fn an_account_is_found_by_the_server_s_name_or_by_number() {
        let account = Some(("u".to_owned(), "p".to_owned()));
        assert_eq!(picked("vc-a", &[("vc-a.username", "u"), ("vc-a.password", "p")]), account);
        let numbered = [("server_7", "fd00::1"), ("username_7", "u"), ("password_7", "p"), ("server_8", "fd00::2")];
        assert_eq!(picked("fd00::1", &numbered), account);
        assert_eq!(picked("fd00::1", &[("server_1", "[fd00::1]"), ("username_1", "u"), ("password_1", "p")]), account);
        assert_eq!(picked("fd00::2", &numbered), None);
        assert_eq!(picked("vc-a", &[("vc-a.username", "u")]), None);
    }
}
