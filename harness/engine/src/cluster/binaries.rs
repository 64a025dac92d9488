//! Where the programs of a real API server are.

use std::path::{Path, PathBuf};

/// etcd and kube-apiserver.
#[derive(Clone, Debug)]
pub struct Binaries {
    /// etcd.
    pub etcd: PathBuf,
    /// kube-apiserver.
    pub api_server: PathBuf,
}

/// They are not there.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} not found; looked in {places}. Set KUBEBUILDER_ASSETS to a folder that holds both etcd and kube-apiserver \
     (`setup-envtest use` fetches them), put them into PATH, or leave --kubernetes assets out",
    missing.join(" and ")
)]
pub struct BinariesError {
    missing: Vec<&'static str>,
    places: String,
}

impl Binaries {
    /// Looks in the folder that `KUBEBUILDER_ASSETS` names, then in those of `PATH`.
    ///
    /// # Errors
    /// [`BinariesError`] names what is missing and where it was looked for.
    pub fn find(assets: Option<&str>, path: Option<&str>) -> Result<Self, BinariesError> {
        let folders = assets.into_iter().map(PathBuf::from).chain(path.into_iter().flat_map(|path| path.split(':').map(PathBuf::from)));
        let folders: Vec<PathBuf> = folders.collect();
        let find = |name: &str| folders.iter().map(|folder| folder.join(name)).find(|file| is_program(file));
        match (find("etcd"), find("kube-apiserver")) {
            (Some(etcd), Some(api_server)) => Ok(Self { etcd, api_server }),
            (etcd, api_server) => {
                let found = [("etcd", etcd), ("kube-apiserver", api_server)];
                let missing = found.into_iter().filter(|(_, found)| found.is_none()).map(|(name, _)| name).collect();
                let assets = assets.map_or("KUBEBUILDER_ASSETS (not set)".to_owned(), |folder| format!("KUBEBUILDER_ASSETS ({folder})"));
                Err(BinariesError { missing, places: format!("{assets} and PATH ({})", path.unwrap_or("not set")) })
            }
        }
    }
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}
