//! From entries to a checked [`Config`].

use std::collections::BTreeMap;

use driver_host::Trust;

use super::error::{ConfigError, ConfigProblem};
use super::ini::{self, Ini};
use super::schema::{self, Naming, SECTIONS, Section};
use super::{Config, LabelsConfig, Secret, VcenterConfig};

/// A value and its line.
type Found = (String, usize);

/// Values of one section, by key.
type Values = BTreeMap<&'static str, Found>;

/// What a file says, checked against the schema, before it is put together.
struct Reader<'a> {
    file: &'a str,
    plain: BTreeMap<&'static str, Values>,
    /// [VirtualCenter "…"] in the order of the file.
    vcenters: Vec<(String, Values)>,
    /// [TopologyCategory "…"] in the order of the file.
    categories: Vec<(String, Values)>,
}

/// As many vCenters as upstream serves.
const MOST_VCENTERS: usize = 5;

pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Config, ConfigError> {
    let ini = ini::parse(file, bytes)?;
    let mut reader = Reader { file, plain: BTreeMap::new(), vcenters: Vec::new(), categories: Vec::new() };
    reader.headers(&ini)?;
    reader.entries(&ini)?;
    reader.config()
}

fn closest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let distance = |candidate: &str| strsim::damerau_levenshtein(&name.to_ascii_lowercase(), &candidate.to_ascii_lowercase());
    known.map(|candidate| (distance(candidate), candidate)).filter(|(distance, _)| *distance <= 3).min().map(|(_, found)| found.to_owned())
}

fn section(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.name.eq_ignore_ascii_case(name))
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

impl Reader<'_> {
    fn fail<T>(&self, line: Option<usize>, problem: ConfigProblem) -> Result<T, ConfigError> {
        Err(ConfigError { file: self.file.to_owned(), line, problem })
    }

    fn headers(&mut self, ini: &Ini) -> Result<(), ConfigError> {
        for header in &ini.headers {
            let line = Some(header.line);
            let Some(found) = section(&header.section) else {
                let names: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
                let suggestion = closest(&header.section, names.iter().copied());
                return self
                    .fail(line, ConfigProblem::UnknownSection { section: header.section.clone(), known: names.join(", "), suggestion });
            };
            let rule = match (found.naming, &header.subsection) {
                (Naming::Plain, Some(_)) => Some("takes no quoted name; remove it"),
                (Naming::Named, None) => Some("needs a quoted name: [VirtualCenter \"vcenter.example.com\"]"),
                (Naming::Named, Some(name)) if name.trim().is_empty() => Some("has an empty name; put the host name between the quotes"),
                _ => None,
            };
            if let Some(rule) = rule {
                return self.fail(line, ConfigProblem::Subsection { section: found.name.to_owned(), rule });
            }
            if let (true, Some(host)) = (found.name == "VirtualCenter", &header.subsection) {
                self.vcenter(host);
            }
        }
        Ok(())
    }

    fn vcenter(&mut self, host: &str) -> &mut Values {
        let at = self.vcenters.iter().position(|(known, _)| known.eq_ignore_ascii_case(host)).unwrap_or_else(|| {
            self.vcenters.push((host.to_owned(), Values::new()));
            self.vcenters.len() - 1
        });
        &mut self.vcenters[at].1
    }

    fn category(&mut self, name: &str) -> &mut Values {
        let at = self.categories.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.categories.push((name.to_owned(), Values::new()));
            self.categories.len() - 1
        });
        &mut self.categories[at].1
    }

    fn entries(&mut self, ini: &Ini) -> Result<(), ConfigError> {
        for entry in &ini.entries {
            // Headers were checked before; an unknown section does not come this far.
            let Some(section) = section(&entry.section) else { continue };
            let Some((key, kind)) = section.keys.iter().find(|(key, _)| key.eq_ignore_ascii_case(&entry.key)) else {
                let suggestion = closest(&entry.key, section.keys.iter().map(|(key, _)| *key));
                let problem = ConfigProblem::UnknownKey { section: section.name.to_owned(), key: entry.key.clone(), suggestion };
                return self.fail(Some(entry.line), problem);
            };
            // A bare key means true, which only fits a boolean.
            let value = entry.value.clone().unwrap_or_else(|| "true".to_owned());
            let objection = match (&entry.value, kind) {
                (None, kind) if *kind != schema::Kind::Bool => Some("given: write `key = value`"),
                _ => kind.objection(&value),
            };
            if let Some(expected) = objection {
                return self.fail(Some(entry.line), ConfigProblem::Value { key: (*key).to_owned(), expected: expected.to_owned() });
            }
            let values = match (section.name, &entry.subsection) {
                ("VirtualCenter", Some(host)) => self.vcenter(host),
                ("TopologyCategory", Some(category)) => self.category(category),
                (name, _) => self.plain.entry(name).or_default(),
            };
            values.insert(key, (value, entry.line));
        }
        Ok(())
    }

    fn global(&self, key: &str) -> Option<&Found> {
        self.plain.get("Global").and_then(|values| values.get(key)).filter(|(value, _)| !value.is_empty())
    }

    fn label(&self, key: &str) -> Option<String> {
        self.plain.get("Labels").and_then(|values| values.get(key)).map(|(value, _)| value.clone()).filter(|value| !value.is_empty())
    }

    fn config(&self) -> Result<Config, ConfigError> {
        let Some((cluster_id, line)) = self.global("cluster-id").cloned() else {
            return self.fail(None, ConfigProblem::Missing { section: "Global".to_owned(), key: "cluster-id", example: "\"my-cluster\"" });
        };
        if cluster_id.len() > 64 {
            return self.fail(
                Some(line),
                ConfigProblem::Value { key: "cluster-id".to_owned(), expected: "at most 64 characters long".to_owned() },
            );
        }
        if self.vcenters.is_empty() {
            return self.fail(None, ConfigProblem::NoVcenter);
        }
        let vcenters = self.vcenters.iter().map(|(host, values)| self.vcenter_config(host, values)).collect::<Result<_, _>>()?;
        let labels = self.labels()?;
        self.check_vcenters(&labels)?;
        let cluster_distribution = self.global("cluster-distribution").map(|(value, _)| value.clone()).unwrap_or_default();
        Ok(Config { cluster_id, cluster_distribution, vcenters, labels })
    }

    fn labels(&self) -> Result<LabelsConfig, ConfigError> {
        let label = |values: &Values| values.get("label").map(|(value, _)| value.clone()).filter(|value| !value.is_empty());
        let labels = LabelsConfig {
            zone: self.label("zone"),
            region: self.label("region"),
            topology_categories: self.label("topology-categories").map(|text| list(&text)).unwrap_or_default(),
            keys: self.categories.iter().filter_map(|(name, values)| Some((name.clone(), label(values)?))).collect(),
        };
        if !labels.topology_categories.is_empty() && (labels.zone.is_some() || labels.region.is_some()) {
            return self.fail(None, ConfigProblem::LabelsTwice);
        }
        let used = labels.categories();
        match labels.keys.keys().find(|name| used.iter().all(|category| category.name != **name)) {
            Some(category) => self.fail(None, ConfigProblem::CategoryUnused { category: category.clone() }),
            None => Ok(labels),
        }
    }

    fn check_vcenters(&self, labels: &LabelsConfig) -> Result<(), ConfigError> {
        let count = self.vcenters.len();
        if count > MOST_VCENTERS {
            return self.fail(None, ConfigProblem::TooManyVcenters { count, most: MOST_VCENTERS });
        }
        if count > 1 && labels.categories().is_empty() {
            let hosts = self.vcenters.iter().map(|(host, _)| host.as_str()).collect::<Vec<_>>().join(", ");
            return self.fail(None, ConfigProblem::TopologyMissing { count, hosts });
        }
        Ok(())
    }

    fn vcenter_config(&self, host: &str, values: &Values) -> Result<VcenterConfig, ConfigError> {
        // Each key of a vCenter falls back to [Global].
        let get = |key: &str| values.get(key).filter(|(value, _)| !value.is_empty()).or_else(|| self.global(key));
        let text = |key: &str| get(key).map(|(value, _)| value.clone());
        let required = |key: &'static str, example: &'static str| match get(key) {
            Some(found) => Ok(found.clone()),
            None => self.fail(None, ConfigProblem::Missing { section: format!("VirtualCenter \"{host}\""), key, example }),
        };
        let (user, line) = required("user", "\"k8s@vsphere.local\"")?;
        if !is_qualified(&user) {
            let expected = "qualified by its domain: user@domain or DOMAIN\\user (in quotes, write the backslash twice)".to_owned();
            return self.fail(Some(line), ConfigProblem::Value { key: "user".to_owned(), expected });
        }
        let (password, _) = required("password", "\"…\"")?;
        let insecure = text("insecure-flag").and_then(|value| schema::boolean(&value)).unwrap_or(false);
        let trust = if insecure {
            Trust::Anything
        } else if let Some((thumbprint, line)) = get("thumbprint") {
            if !is_thumbprint(thumbprint) {
                let expected = "a SHA-1 or SHA-256 fingerprint: 20 or 32 bytes of hex with colons between".to_owned();
                return self.fail(Some(*line), ConfigProblem::Value { key: "thumbprint".to_owned(), expected });
            }
            Trust::Thumbprint(thumbprint.clone())
        } else if let Some(file) = text("ca-file") {
            Trust::CaFile(file)
        } else {
            Trust::System
        };
        Ok(VcenterConfig {
            host: host.to_owned(),
            // The schema has checked that it is a port.
            port: text("port").and_then(|port| port.parse().ok()).unwrap_or(443),
            user,
            password: Secret::new(password),
            trust,
            datacenters: text("datacenters").map(|value| list(&value)).unwrap_or_default(),
        })
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
