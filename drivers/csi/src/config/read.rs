//! From settings to a checked [`Config`].

use driver_host::{Trust, host_name};

use super::error::{ConfigError, ConfigProblem};
use super::settings::{Found, Origin, Settings, Values};
use super::{Config, Environment, LabelsConfig, Secret, VCenterConfig};

/// As many vCenters as upstream serves.
const MOST_VCENTERS: usize = 5;

/// What CNS takes for a cluster's id.
const LONGEST_CLUSTER_ID: usize = 64;

pub(super) fn read(file: &str, bytes: &[u8], environment: &Environment) -> Result<Config, ConfigError> {
    let mut settings = Settings::read(file, bytes)?;
    environment.add_to(&mut settings);
    Reader { settings }.config()
}

struct Reader {
    settings: Settings,
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn said<'a>(values: Option<&'a Values>, key: &str) -> Option<&'a Found> {
    values.and_then(|values| values.get(key)).filter(|found| !found.value.trim().is_empty())
}

impl Reader {
    fn fail<T>(&self, problem: ConfigProblem) -> Result<T, ConfigError> {
        Err(self.settings.error(None, problem))
    }

    /// A value that cannot be, with its line, or with the variable that it is from.
    fn wrong<T>(&self, key: &str, found: &Found, expected: impl Into<String>) -> Result<T, ConfigError> {
        let (line, key) = match &found.from {
            Origin::Line(line) => (Some(*line), key),
            Origin::Variable(name) => (None, name.as_str()),
        };
        Err(self.settings.error(line, ConfigProblem::value(key, expected)))
    }

    fn global(&self, key: &str) -> Option<&Found> {
        said(self.settings.plain.get("Global"), key)
    }

    fn label(&self, key: &str) -> Option<String> {
        said(self.settings.plain.get("Labels"), key).map(|found| found.value.trim().to_owned())
    }

    fn config(mut self) -> Result<Config, ConfigError> {
        let cluster_id = self.global("cluster-id").cloned();
        if let Some(found) = cluster_id.as_ref().filter(|found| found.value.len() > LONGEST_CLUSTER_ID) {
            return self.wrong("cluster-id", found, format!("at most {LONGEST_CLUSTER_ID} characters long"));
        }
        let mut vcenters: Vec<VCenterConfig> = Vec::new();
        for (host, values) in self.merged()? {
            vcenters.push(self.vcenter(&host, &values)?);
        }
        let labels = self.labels()?;
        self.check_vcenters(&vcenters, &labels)?;
        let cluster_distribution = self.global("cluster-distribution").map(|found| found.value.clone()).unwrap_or_default();
        let notices = self.settings.notices;
        Ok(Config { cluster_id: cluster_id.map(|found| found.value), cluster_distribution, vcenters, labels, notices })
    }

    /// The vCenters by host: one that is written in two ways is one.
    fn merged(&self) -> Result<Vec<(String, Values)>, ConfigError> {
        let mut merged: Vec<(String, Values)> = Vec::new();
        for (written, values) in self.settings.named.get("VirtualCenter").into_iter().flatten() {
            let host = host_name(written).map_err(|reason| {
                let name = written.clone();
                self.settings.error(None, ConfigProblem::Host { name, reason })
            })?;
            match merged.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&host)) {
                Some((_, known)) => known.extend(values.clone()),
                None => merged.push((host, values.clone())),
            }
        }
        Ok(merged)
    }

    fn labels(&mut self) -> Result<LabelsConfig, ConfigError> {
        let categories = self.settings.named.get("TopologyCategory").into_iter().flatten();
        let label = |values: &Values| said(Some(values), "label").map(|found| found.value.clone());
        let labels = LabelsConfig {
            zone: self.label("zone"),
            region: self.label("region"),
            topology_categories: self.label("topology-categories").map(|text| list(&text)).unwrap_or_default(),
            keys: categories.filter_map(|(name, values)| Some((name.clone(), label(values)?))).collect(),
        };
        if !labels.topology_categories.is_empty() && (labels.zone.is_some() || labels.region.is_some()) {
            return self.fail(ConfigProblem::LabelsTwice);
        }
        let used = labels.categories();
        for name in labels.keys.keys().filter(|name| used.iter().all(|category| category.name != **name)) {
            let notice = format!("[TopologyCategory \"{name}\"] is not among the categories of [Labels], and nothing is done with it");
            self.settings.notices.push(notice);
        }
        Ok(labels)
    }

    fn check_vcenters(&self, vcenters: &[VCenterConfig], labels: &LabelsConfig) -> Result<(), ConfigError> {
        let count = vcenters.len();
        if count == 0 {
            return self.fail(ConfigProblem::NoVCenter);
        }
        if count > MOST_VCENTERS {
            return self.fail(ConfigProblem::TooManyVCenters { count, most: MOST_VCENTERS });
        }
        if count > 1 && labels.categories().is_empty() {
            let hosts = vcenters.iter().map(|vcenter| vcenter.host.as_str()).collect::<Vec<_>>().join(", ");
            return self.fail(ConfigProblem::TopologyMissing { count, hosts });
        }
        Ok(())
    }

    fn vcenter(&mut self, host: &str, values: &Values) -> Result<VCenterConfig, ConfigError> {
        let trust = self.trust(host, values)?;
        // Each key of a vCenter falls back to [Global].
        let get = |key: &str| said(Some(values), key).or_else(|| self.global(key));
        let required = |key: &'static str, example: &'static str, variable: &'static str| match get(key) {
            Some(found) => Ok(found),
            None => self.fail(ConfigProblem::Missing { section: format!("VirtualCenter \"{host}\""), key, example, variable }),
        };
        let user = required("user", "\"k8s@vsphere.local\"", "VSPHERE_USER")?;
        if !is_qualified(&user.value) {
            let expected = "qualified by its domain: user@domain or DOMAIN\\user (in quotes, write the backslash twice)";
            return self.wrong("user", user, expected);
        }
        let password = required("password", "\"…\"", "VSPHERE_PASSWORD")?;
        let port = match get("port") {
            Some(found) => match found.value.parse::<u16>() {
                Ok(port) if port > 0 => port,
                _ => return self.wrong("port", found, "a port, 1 to 65535"),
            },
            None => 443,
        };
        Ok(VCenterConfig {
            host: host.to_owned(),
            port,
            user: user.value.clone(),
            password: Secret::new(password.value.clone()),
            trust,
            datacenters: get("datacenters").map(|found| list(&found.value)).unwrap_or_default(),
        })
    }

    fn trust(&mut self, host: &str, values: &Values) -> Result<Trust, ConfigError> {
        let get = |key: &str| said(Some(values), key).or_else(|| self.global(key));
        let is_set = |found: Option<&Found>| found.is_some_and(|found| found.value == "true");
        let (own, all) = (said(Some(values), "insecure-flag"), self.global("insecure-flag"));
        if is_set(own) || is_set(all) {
            if own.is_some_and(|found| found.value == "false") {
                // As upstream has it: a file that works there works here, and says so.
                let notice = format!("the certificate of {host} is not checked: `insecure-flag` of [Global] counts for every vCenter");
                self.settings.notices.push(notice);
            }
            return Ok(Trust::Anything);
        }
        if let Some(found) = get("thumbprint") {
            if !is_thumbprint(&found.value) {
                return self.wrong("thumbprint", found, "a SHA-1 or SHA-256 fingerprint: 20 or 32 bytes of hex with colons between");
            }
            return Ok(Trust::Thumbprint(found.value.clone()));
        }
        Ok(get("ca-file").map_or(Trust::System, |found| Trust::CaFile(found.value.clone())))
    }
}

/// `u@domain` or `DOMAIN\u`, with something on both sides.
fn is_qualified(user: &str) -> bool {
    ['@', '\\'].into_iter().any(|mark| user.split_once(mark).is_some_and(|(before, after)| !before.is_empty() && !after.is_empty()))
}

fn is_thumbprint(text: &str) -> bool {
    let bytes: Vec<&str> = text.split(':').collect();
    matches!(bytes.len(), 20 | 32) && bytes.iter().all(|byte| byte.len() == 2 && byte.chars().all(|digit| digit.is_ascii_hexdigit()))
}
