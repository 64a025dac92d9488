//! Folders of a run: how they are called, where they lie, and the kubeconfig that lies in them.

use std::net::SocketAddr;
use std::path::Path;

/// How the folders of runs are called; then follow the process and something that differs.
pub(crate) const PREFIX: &str = "seatrial-";

/// Where files lie in memory.
pub(crate) const IN_MEMORY: &str = "/dev/shm";

/// A kubeconfig with one context.
pub(crate) fn kubeconfig(server: Option<SocketAddr>, authority: &Path, certificate: &Path, key: &Path) -> String {
    let server = server.map_or_else(String::new, |socket| format!("https://{socket}"));
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: seatrial\n\
         clusters:\n- name: seatrial\n  cluster:\n    server: {server}\n    certificate-authority: {}\n\
         users:\n- name: seatrial\n  user:\n    client-certificate: {}\n    client-key: {}\n\
         contexts:\n- name: seatrial\n  context:\n    cluster: seatrial\n    user: seatrial\n",
        authority.display(),
        certificate.display(),
        key.display()
    )
}
