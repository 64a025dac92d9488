//! What drivers are told by their configuration files: what the world gives, changed by what the scenario says, before they start and
//! while they run.
//!
//! A file is sections of keys here, in the order in which it has them, and becomes text at the end: INI, or YAML.

use std::sync::{Arc, Mutex, MutexGuard};

use seatrial_scenario::{Configuration, DriverName, Drivers, KeyValue, OfDrivers, SectionChange, SettingChange, Variable};
use tokio::sync::Notify;

use super::names;
use super::processes::ProcessEnvironmentError;

/// A section: `Global`, or one of several by a name of its own.
#[derive(Clone, Debug)]
pub(super) struct Section {
    kind: String,
    /// By what the scenario calls it.
    name: Option<String>,
    /// How it is called in the file, if not by its name.
    called: Option<String>,
    keys: Vec<(String, KeyValue)>,
}

impl Section {
    pub(super) fn new(kind: &str) -> Self {
        Self { kind: kind.to_owned(), name: None, called: None, keys: Vec::new() }
    }

    /// One of several.
    pub(super) fn named(kind: &str, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..Self::new(kind) }
    }

    /// The same, called otherwise in the file.
    pub(super) fn called(self, called: &str) -> Self {
        Self { called: Some(called.to_owned()), ..self }
    }

    /// The same with one more key.
    pub(super) fn key(mut self, key: &str, value: impl Into<String>) -> Self {
        self.keys.push((key.to_owned(), KeyValue::One(value.into())));
        self
    }

    /// The same with a key that is a list.
    pub(super) fn list(mut self, key: &str, values: Vec<String>) -> Self {
        self.keys.push((key.to_owned(), KeyValue::Several(values)));
        self
    }

    fn is(&self, section: &str) -> bool {
        let (kind, name) = split(section);
        self.kind == kind && self.name.as_deref() == name
    }

    fn change(&mut self, changes: &[SettingChange], given: Option<&Self>) {
        for SettingChange { key, value } in changes {
            if is_host(&self.kind, key) {
                self.called = match value {
                    Some(KeyValue::One(host)) => Some(host.clone()),
                    _ => given.and_then(|given| given.called.clone()),
                };
                continue;
            }
            match (value, self.keys.iter_mut().find(|(known, _)| known == &key.value)) {
                (Some(value), Some((_, known))) => known.clone_from(value),
                (Some(value), None) => self.keys.push((key.value.clone(), value.clone())),
                (None, _) => self.keys.retain(|(known, _)| known != &key.value),
            }
        }
    }
}

fn split(section: &str) -> (&str, Option<&str>) {
    section.split_once('/').map_or((section, None), |(kind, name)| (kind, Some(name)))
}

/// `host` of a vCenter of the CSI driver's is no key but what its section is called.
fn is_host(kind: &str, key: &str) -> bool {
    kind == "VirtualCenter" && key == "host"
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Syntax {
    Ini,
    Yaml,
}

/// What a driver reads, and how it is changed.
pub(super) struct Told {
    driver: DriverName,
    syntax: Syntax,
    /// As the world gives it.
    given: Vec<Section>,
    now: Vec<Section>,
}

impl Told {
    /// What the world gives, with what the scenario says from the beginning.
    pub(super) fn new(driver: DriverName, syntax: Syntax, given: Vec<Section>, said: &Configuration) -> Self {
        let mut told = Self { driver, syntax, now: given.clone(), given };
        told.change(said);
        told
    }

    /// A section that was taken away comes back as the world gives it.
    fn change(&mut self, said: &Configuration) {
        for SectionChange { section, keys } in &said.sections {
            let Some(keys) = keys else {
                self.now.retain(|known| !known.is(section));
                continue;
            };
            let given = self.given.iter().find(|known| known.is(section));
            let place = match self.now.iter().position(|known| known.is(section)) {
                Some(place) => place,
                None => {
                    let (kind, name) = split(section);
                    let new = Section { name: name.map(str::to_owned), ..Section::new(kind) };
                    self.now.push(given.cloned().unwrap_or(new));
                    self.now.len() - 1
                }
            };
            self.now[place].change(keys, given);
        }
    }

    /// The file.
    pub(super) fn text(&self) -> String {
        let text = match self.syntax {
            Syntax::Ini => ini(&self.now),
            Syntax::Yaml => yaml(&self.now),
        };
        filled(self.driver, &text)
    }
}

/// The same with a driver's account in the places of placeholders.
fn filled(driver: DriverName, text: &str) -> String {
    let user = match driver {
        DriverName::Csi => names::CSI_ACCOUNT,
        DriverName::Ccm => names::CCM_ACCOUNT,
    };
    text.replace("${user}", user).replace("${password}", names::PASSWORD)
}

/// A driver's variables.
fn variables(driver: DriverName, said: &[Variable]) -> Vec<(String, String)> {
    said.iter().map(|variable| (variable.name.value.clone(), filled(driver, &variable.value.value))).collect()
}

fn ini(sections: &[Section]) -> String {
    let mut text = String::new();
    for section in sections {
        let name = section.called.as_ref().or(section.name.as_ref()).map(|name| format!(" \"{name}\"")).unwrap_or_default();
        text.push_str(&format!("[{}{name}]\n", section.kind));
        for (key, value) in &section.keys {
            let value = match value {
                KeyValue::One(value) => value.clone(),
                KeyValue::Several(values) => values.join(", "),
            };
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            text.push_str(&format!("{key} = \"{value}\"\n"));
        }
        text.push('\n');
    }
    text
}

fn yaml(sections: &[Section]) -> String {
    let mut text = String::new();
    let mut kinds: Vec<&str> = Vec::new();
    for section in sections {
        if !kinds.contains(&section.kind.as_str()) {
            kinds.push(&section.kind);
        }
    }
    for kind in kinds {
        text.push_str(&format!("{kind}:\n"));
        for section in sections.iter().filter(|section| section.kind == kind) {
            let indent = match section.called.as_ref().or(section.name.as_ref()) {
                Some(name) => {
                    text.push_str(&format!("  {}:\n", yaml_value(name)));
                    "    "
                }
                None => "  ",
            };
            for (key, value) in &section.keys {
                let value = match value {
                    KeyValue::One(one) => yaml_value(one),
                    KeyValue::Several(several) => {
                        format!("[{}]", several.iter().map(|value| yaml_value(value)).collect::<Vec<_>>().join(", "))
                    }
                };
                text.push_str(&format!("{indent}{key}: {value}\n"));
            }
        }
    }
    text
}

/// Without quotes where that is the same: a number in quotes would be none.
fn yaml_value(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-._/@".contains(letter);
    if text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '/') && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        serde_json::Value::String(text.to_owned()).to_string()
    }
}

/// Puts a file where its driver finds it.
type Write = Box<dyn Fn(&str) -> Result<(), ProcessEnvironmentError> + Send>;

/// A file of a process.
struct Kept {
    process: String,
    told: Told,
    write: Write,
}

/// All that drivers of a world are told, by files and by their environment; clones are handles on the same.
#[derive(Clone)]
pub(crate) struct Configurations(Arc<Inner>);

struct Inner {
    files: Mutex<Vec<Kept>>,
    /// How files were changed so far; whoever comes later is told, too.
    changes: Mutex<Vec<(DriverName, Configuration)>>,
    /// What drivers have in their environment when they start the next time.
    variables: Mutex<OfDrivers<Vec<(String, String)>>>,
    /// Drivers that live in this process are asked to end by these.
    asked: OfDrivers<Notify>,
}

impl Configurations {
    /// With the variables that a scenario gives its drivers.
    pub(super) fn new(drivers: &Drivers) -> Self {
        let of = |driver| variables(driver, drivers.environment.of(driver));
        let given = OfDrivers { csi: of(DriverName::Csi), ccm: of(DriverName::Ccm) };
        Self(Arc::new(Inner {
            files: Mutex::default(),
            changes: Mutex::default(),
            variables: Mutex::new(given),
            asked: OfDrivers::default(),
        }))
    }

    /// The variables of a driver that starts now.
    pub(super) fn variables(&self, driver: DriverName) -> Vec<(String, String)> {
        self.0.variables.lock().expect("nothing panics while the variables are locked").of(driver).clone()
    }

    /// Gives a driver more variables, from its next start on.
    pub(crate) fn add_variables(&self, driver: DriverName, said: &[Variable]) {
        let mut all = self.0.variables.lock().expect("nothing panics while the variables are locked");
        let own = all.of_mut(driver);
        for (name, value) in variables(driver, said) {
            own.retain(|(known, _)| *known != name);
            own.push((name, value));
        }
    }

    /// Asks a driver that lives in this process to end.
    pub(crate) fn ask_to_end(&self, driver: DriverName) {
        self.0.asked.of(driver).notify_waiters();
    }

    /// Waits until a driver that lives in this process has to end, because it was asked to or by itself; answers why.
    pub(super) async fn end_of(&self, driver: DriverName, by_itself: impl Future<Output = &'static str>) -> &'static str {
        tokio::select! {
            biased;
            () = self.0.asked.of(driver).notified() => "it was asked to end",
            why = by_itself => why,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.0.files.lock().expect("nothing panics while the files are locked")
    }

    /// Keeps a file of a process, so that it can be changed; `write` puts it where its driver finds it. What is kept already is that of the
    /// program before it.
    pub(super) fn keep(&self, process: &str, told: Told, write: impl Fn(&str) -> Result<(), ProcessEnvironmentError> + Send + 'static) {
        let mut files = self.lock();
        files.retain(|kept| kept.process != process || kept.told.driver != told.driver);
        files.push(Kept { process: process.to_owned(), told, write: Box::new(write) });
    }

    /// Changes what a file is to say as others were changed before it was there.
    pub(super) fn catch_up(&self, told: &mut Told) {
        let changes = self.0.changes.lock().expect("nothing panics while the changes are locked");
        let driver = told.driver;
        changes.iter().filter(|(of, _)| *of == driver).for_each(|(_, said)| told.change(said));
    }

    /// Changes what the files of a driver say.
    ///
    /// # Errors
    /// One cannot be written.
    pub(crate) fn change(&self, driver: DriverName, said: &Configuration) -> Result<(), ProcessEnvironmentError> {
        self.0.changes.lock().expect("nothing panics while the changes are locked").push((driver, said.clone()));
        let mut files = self.lock();
        for Kept { told, write, .. } in files.iter_mut().filter(|kept| kept.told.driver == driver) {
            told.change(said);
            write(&told.text())?;
        }
        Ok(())
    }

    /// Forgets them; what writes them may hold the world.
    pub(super) fn forget(&self) {
        self.lock().clear();
    }
}

#[cfg(test)]
mod tests {
    use seatrial_scenario::Action;

    use super::*;

    /// What `configure` says in a step.
    fn said(text: &str) -> Configuration {
        let world = "scenario: x\nworld:\n  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: p, hosts: 1, datastores: [d]}]}]\n  kubernetes: {nodes: 1}\n  drivers: {csi: ours, ccm: ours}\n";
        let scenario = seatrial_scenario::parse("x.yaml", &format!("{world}steps:\n  - configure: {text}\n")).unwrap();
        let Action::Configure(step) = &scenario.steps[0].action else { panic!("it is one") };
        step.configuration.clone()
    }

    fn given() -> Vec<Section> {
        let vcenter =
            |name: &str, host: &str| Section::named("VirtualCenter", name).called(host).key("port", "443").key("password", "${password}");
        vec![Section::new("Global").key("cluster-id", "seatrial"), vcenter("vc-a", "10.0.0.1"), vcenter("vc-b", "10.0.0.2")]
    }

    #[test]
    fn sections_and_keys_are_merged_and_taken_away() {
        let mut told = Told::new(DriverName::Csi, Syntax::Ini, given(), &said("{csi: {VirtualCenter/vc-b: null, Snapshot: {a-limit: 1}}}"));
        assert!(!told.text().contains("10.0.0.2"));
        told.change(&said("{csi: {VirtualCenter/vc-a: {port: 8443, host: 10.0.0.9, password: null}, Snapshot: {a-limit: 2}}}"));
        assert_eq!(
            told.text(),
            "[Global]\ncluster-id = \"seatrial\"\n\n[VirtualCenter \"10.0.0.9\"]\nport = \"8443\"\n\n[Snapshot]\na-limit = \"2\"\n\n"
        );
    }

    #[test]
    fn what_was_taken_away_comes_back_as_the_world_gives_it() {
        let mut told =
            Told::new(DriverName::Csi, Syntax::Ini, given(), &said("{csi: {VirtualCenter/vc-b: null, VirtualCenter/vc-a: {host: x}}}"));
        told.change(&said("{csi: {VirtualCenter/vc-b: {}, VirtualCenter/vc-a: {host: null}}}"));
        let text = told.text();
        assert!(text.contains("[VirtualCenter \"10.0.0.2\"]\nport = \"443\"\n"), "{text}");
        assert!(text.contains("[VirtualCenter \"10.0.0.1\"]"), "{text}");
        assert!(text.contains(names::PASSWORD) && !text.contains("${"), "{text}");
    }

    #[test]
    fn yaml_has_one_key_for_each_kind_of_section() {
        let given = vec![
            Section::named("vcenter", "vc-a")
                .key("server", "10.0.0.1")
                .key("port", "443")
                .list("datacenters", vec!["dc-1".to_owned(), "dc 2".to_owned()]),
            Section::named("vcenter", "vc-b").key("server", "fd00::1"),
            Section::new("labels").key("zone", "k8s-zone"),
        ];
        let told = Told::new(DriverName::Ccm, Syntax::Yaml, given, &said("{ccm: {nodes: {internalNetworkSubnetCidr: 10.0.0.0/8}}}"));
        assert_eq!(
            told.text(),
            "vcenter:\n  vc-a:\n    server: 10.0.0.1\n    port: 443\n    datacenters: [dc-1, \"dc 2\"]\n  vc-b:\n    server: \"fd00::1\"\nlabels:\n  zone: k8s-zone\nnodes:\n  internalNetworkSubnetCidr: 10.0.0.0/8\n"
        );
    }
}
