//! From settings to a checked [`Config`].

use driver_config::{ConfigError as Wrong, Found, Settings, Values, comma_separated, said};
use driver_host::{Trust, host_name};

use super::error::{ConfigError, ConfigProblem};
use super::schema::{SCHEMA, VARIABLES};
use super::{Config, Environment, LabelsConfig, Secret, SnapshotLimits, VCenterConfig};

/// As many vCenters as upstream serves.
const MOST_VCENTERS: usize = 5;

/// What CNS takes for a cluster's id.
const LONGEST_CLUSTER_ID: usize = 64;

pub(super) fn read(file: &str, bytes: &[u8], environment: &Environment) -> Result<Config, ConfigError> {
    let mut settings = Settings::read(file, bytes, SCHEMA).map_err(Wrong::of)?;
    settings.add(environment, VARIABLES).map_err(Wrong::of)?;
    // One that the file or the environment names beside the sections.
    if let Some(host) = settings.said("Global", "VCenterIP").map(|found| found.text().to_owned()) {
        settings.named("VirtualCenter", &host, None);
    }
    Reader { settings }.config()
}

struct Reader {
    settings: Settings,
}

impl Reader {
    fn fail<T>(&self, problem: ConfigProblem) -> Result<T, ConfigError> {
        Err(self.settings.error(None, problem))
    }

    fn global(&self, key: &str) -> Option<&Found> {
        self.settings.said("Global", key)
    }

    fn label(&self, key: &str) -> Option<String> {
        self.settings.said("Labels", key).map(|found| found.text().trim().to_owned())
    }

    fn config(mut self) -> Result<Config, ConfigError> {
        let cluster_id = self.global("cluster-id").cloned();
        if let Some(found) = cluster_id.as_ref().filter(|found| found.text().len() > LONGEST_CLUSTER_ID) {
            return Err(self.settings.wrong("cluster-id", found, format!("at most {LONGEST_CLUSTER_ID} characters long")));
        }
        let mut vcenters: Vec<VCenterConfig> = Vec::new();
        for (host, values) in self.merged()? {
            vcenters.push(self.vcenter(&host, &values)?);
        }
        let labels = self.labels()?;
        self.check_vcenters(&vcenters, &labels)?;
        let cluster_distribution = self.global("cluster-distribution").map(|found| found.text().to_owned()).unwrap_or_default();
        let snapshots = self.snapshots();
        let notices = self.settings.notices;
        let cluster_id = cluster_id.map(|found| found.text().to_owned());
        Ok(Config { cluster_id, cluster_distribution, vcenters, labels, snapshots, notices })
    }

    /// The vCenters by host: one that is written in two ways is one.
    fn merged(&self) -> Result<Vec<(String, Values)>, ConfigError> {
        let mut merged: Vec<(String, Values)> = Vec::new();
        for named in self.settings.named.get("VirtualCenter").into_iter().flatten() {
            let (name, values) = (&named.name, &named.values);
            let host = host_name(name).map_err(|reason| self.settings.error(None, ConfigProblem::Host { name: name.clone(), reason }))?;
            match merged.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&host)) {
                Some((_, known)) => known.extend(values.clone()),
                None => merged.push((host, values.clone())),
            }
        }
        Ok(merged)
    }

    /// What is not above zero counts as not said, as upstream has it.
    fn snapshots(&self) -> SnapshotLimits {
        let limit = |key: &str| {
            let found = self.settings.said("Snapshot", key)?;
            found.text().trim().parse().ok().filter(|limit: &usize| *limit > 0)
        };
        SnapshotLimits {
            global: limit("global-max-snapshots-per-block-volume").unwrap_or(SnapshotLimits::default().global),
            vsan: limit("granular-max-snapshots-per-block-volume-vsan"),
            vvol: limit("granular-max-snapshots-per-block-volume-vvol"),
        }
    }

    fn labels(&mut self) -> Result<LabelsConfig, ConfigError> {
        let categories = self.settings.named.get("TopologyCategory").into_iter().flatten();
        let label = |values: &Values| said(values, "label").map(|found| found.text().to_owned());
        let labels = LabelsConfig {
            zone: self.label("zone"),
            region: self.label("region"),
            topology_categories: self.label("topology-categories").map(|text| comma_separated(&text)).unwrap_or_default(),
            keys: categories.filter_map(|named| Some((named.name.clone(), label(&named.values)?))).collect(),
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
        let get = |key: &str| said(values, key).or_else(|| self.global(key));
        let required = |key: &'static str, example: &'static str, variable: &'static str| match get(key) {
            Some(found) => Ok(found),
            None => self.fail(ConfigProblem::Missing { section: format!("VirtualCenter \"{host}\""), key, example, variable }),
        };
        let user = required("user", "\"k8s@vsphere.local\"", "VSPHERE_USER")?;
        if !is_qualified(user.text()) {
            let expected = "qualified by its domain: user@domain or DOMAIN\\user (in quotes, write the backslash twice)";
            return Err(self.settings.wrong("user", user, expected));
        }
        let password = required("password", "\"…\"", "VSPHERE_PASSWORD")?;
        let port = match get("port") {
            Some(found) => match found.text().parse::<u16>() {
                Ok(port) if port > 0 => port,
                _ => return Err(self.settings.wrong("port", found, "a port, 1 to 65535")),
            },
            None => 443,
        };
        Ok(VCenterConfig {
            host: host.to_owned(),
            port,
            user: user.text().to_owned(),
            password: Secret::new(password.text()),
            trust,
            datacenters: get("datacenters").map(|found| comma_separated(found.text())).unwrap_or_default(),
        })
    }

    fn trust(&mut self, host: &str, values: &Values) -> Result<Trust, ConfigError> {
        let (own, all) = (said(values, "insecure-flag"), self.global("insecure-flag"));
        let insecure = own.is_some_and(Found::is_true) || all.is_some_and(Found::is_true);
        if insecure && own.is_some_and(|found| !found.is_true()) {
            // As upstream has it: a file that works there works here, and says so.
            let notice = format!("the certificate of {host} is not checked: `insecure-flag` of [Global] counts for every vCenter");
            self.settings.notices.push(notice);
        }
        let get = |key: &str| said(values, key).or_else(|| self.global(key));
        self.settings.trust(insecure, get("thumbprint"), get("ca-file"))
    }
}

/// `u@domain` or `DOMAIN\u`, with something on both sides.
fn is_qualified(user: &str) -> bool {
    ['@', '\\'].into_iter().any(|mark| user.split_once(mark).is_some_and(|(before, after)| !before.is_empty() && !after.is_empty()))
}
