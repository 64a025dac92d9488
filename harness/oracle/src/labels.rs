//! What labels mean: a zone or a region, whatever their keys.
//!
//! Kubernetes has labels of its own, and older ones that mean the same; vSphere's CSI drivers may have labels of a domain of
//! their own, named by the tags' category; a driver that was built elsewhere may have others, which its descriptor tells. What
//! is compared is what a label means, never its key.

/// What a label says of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// Its zone.
    Zone,
    /// Its region.
    Region,
}

impl Meaning {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Zone, Self::Region];

    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Zone => "zone",
            Self::Region => "region",
        }
    }

    /// The label that Kubernetes has for it, and what it was called before.
    fn well_known(self) -> [&'static str; 2] {
        match self {
            Self::Zone => ["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"],
            Self::Region => ["topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"],
        }
    }
}

/// The domain of the labels of vSphere's CSI drivers.
const DOMAIN: &str = "topology.csi.vmware.com/";

/// Which labels mean what, in one world.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    categories: [Option<String>; 2],
    more: Vec<(Meaning, String)>,
}

impl Labels {
    /// Of a world whose zones and regions are tags of these categories.
    pub fn of_categories(zone: Option<&str>, region: Option<&str>) -> Self {
        Self { categories: [zone, region].map(|name| name.map(str::to_owned)), more: Vec::new() }
    }

    /// Another label that means this.
    pub fn add(&mut self, meaning: Meaning, key: String) {
        self.more.push((meaning, key));
    }

    /// The category of tags that means this, where it is known.
    pub fn category(&self, meaning: Meaning) -> Option<&str> {
        match meaning {
            Meaning::Zone => self.categories[0].as_deref(),
            Meaning::Region => self.categories[1].as_deref(),
        }
    }

    /// What a label means.
    pub fn meaning(&self, key: &str) -> Option<Meaning> {
        Meaning::ALL.into_iter().find(|meaning| self.keys(*meaning, self.category(*meaning)).iter().any(|known| known == key))
    }

    /// What is said of this, by whichever label: Kubernetes' own first.
    pub fn value<'a>(&self, meaning: Meaning, label: impl Fn(&str) -> Option<&'a str>) -> Option<&'a str> {
        self.value_in(meaning, self.category(meaning), label)
    }

    /// The same, where the category was found otherwise.
    pub(crate) fn value_in<'a>(
        &self,
        meaning: Meaning,
        category: Option<&str>,
        label: impl Fn(&str) -> Option<&'a str>,
    ) -> Option<&'a str> {
        self.keys(meaning, category).iter().find_map(|key| label(key))
    }

    fn keys(&self, meaning: Meaning, category: Option<&str>) -> Vec<String> {
        let own = category.map(|category| format!("{DOMAIN}{category}"));
        let more = self.more.iter().filter(|(of, _)| *of == meaning).map(|(_, key)| key.clone());
        meaning.well_known().map(str::to_owned).into_iter().chain(own).chain(more).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_means_what_its_category_does() {
        let mut labels = Labels::of_categories(Some("k8s-zone"), None);
        labels.add(Meaning::Region, "example.com/part".to_owned());
        let meant =
            ["topology.csi.vmware.com/k8s-zone", "failure-domain.beta.kubernetes.io/region", "example.com/part", "example.com/zone"];
        assert_eq!(meant.map(|key| labels.meaning(key).map(Meaning::word)), [Some("zone"), Some("region"), Some("region"), None]);
    }

    #[test]
    fn the_first_label_that_is_there_tells() {
        let labels = Labels::of_categories(Some("k8s-zone"), None);
        let on_node = |key: &str| match key {
            "topology.csi.vmware.com/k8s-zone" => Some("zone-b"),
            "topology.kubernetes.io/region" => Some("west"),
            _ => None,
        };
        assert_eq!((labels.value(Meaning::Zone, on_node), labels.value(Meaning::Region, on_node)), (Some("zone-b"), Some("west")));
        let both = |key: &str| if key == "topology.kubernetes.io/zone" { Some("zone-a") } else { on_node(key) };
        assert_eq!(labels.value(Meaning::Zone, both), Some("zone-a"));
    }
}
