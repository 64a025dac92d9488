//! What is done to machines while there are volumes on them: replaced, switched off, given somebody else's disk, put into two zones, lost
//! from sight.

use super::super::workload::{self, Wish, one_of};
use super::super::world::Node;
use super::draft::{Operation, PATIENCE, Story, gone, reads, ready, step};
use crate::document::Tree;

/// A set of more claims than this is a storm, for which no other node has room.
pub(super) const STORM: usize = 3;

/// Steps of which none but the last waits for the world to be at rest.
fn unsettled(acts: &[String]) -> Vec<Tree> {
    let mut steps: Vec<Tree> = acts.iter().map(|act| step(act)).collect();
    if let Some((_, before)) = steps.split_last_mut() {
        before.iter_mut().filter(|act| act.get("sleep").is_none()).for_each(|act| act.set("settle", Tree::plain("false")));
    }
    steps
}

impl Story<'_> {
    /// A node whose pods can run elsewhere, where there are none that nobody makes again.
    pub(super) fn spare_node(&mut self) -> Option<Node> {
        if self.workloads.iter().any(|workload| !workload.is_set || workload.claims > STORM) {
            return None;
        }
        let node = one_of(&self.world.nodes, &mut self.draws);
        self.world.is_spare(&node).then_some(node)
    }

    /// The steps by which a machine and its node go.
    fn goes(&mut self, node: &Node) -> Vec<Tree> {
        self.replaced += 1;
        let away = if self.world.ccm { gone(&format!("node/{}", node.name)) } else { step(&format!("delete: node/{}", node.name)) };
        let mut destroyed = step(&format!("destroy: {{vm: {}}}", node.name));
        // Where nobody tells Kubernetes, it takes the machine for one that may come back, and its disks for attached.
        destroyed.set("settle", Tree::plain("false"));
        vec![destroyed, away]
    }

    /// The steps by which it comes again.
    fn comes(node: &Node) -> Vec<Tree> {
        vec![step(&format!("create: {{vm: {}}}", node.name)), step(&format!("wait: {{node/{}: ready, within: {PATIENCE}}}", node.name))]
    }

    /// The same, but its guest tools say nothing yet, and its kubelet falls silent just after it has registered: who asks vCenter by the
    /// machine's name does not find it.
    fn comes_late(node: &Node) -> Vec<Tree> {
        let name = &node.name;
        let acts = [
            format!("create: {{vm: {name}}}"),
            format!("fail: {{guest-tools: {name}}}"),
            format!("wait: {{node/{name}: present, within: {PATIENCE}}}"),
            format!("fail: {{kubelet: {name}}}"),
            "sleep: 3m".to_owned(),
            format!("heal: {{kubelet: {name}}}"),
            format!("heal: {{guest-tools: {name}}}"),
            format!("wait: {{node/{name}: ready, within: {PATIENCE}}}"),
        ];
        unsettled(&acts)
    }

    fn all_ready(&self) -> Vec<Tree> {
        self.workloads.iter().map(ready).chain(self.workloads.iter().flat_map(reads)).collect()
    }

    /// A machine is gone, its pods move, and another takes its place.
    pub(super) fn replace(&mut self) -> Option<Operation> {
        let node = self.spare_node()?;
        let acts = self.goes(&node);
        let mut rests = self.all_ready();
        let is_late = self.world.ccm && self.draws.chance(1, 2);
        rests.extend(if is_late { Self::comes_late(&node) } else { Self::comes(&node) });
        Some(Operation { acts, rests, alone: true })
    }

    /// A node is silent while its vCenter cannot be asked either, or refuses the drivers' account: nobody has said that its machine is gone.
    pub(super) fn out_of_sight(&mut self) -> Option<Operation> {
        if !self.world.ccm {
            return None;
        }
        let node = one_of(&self.world.nodes, &mut self.draws);
        let cluster = node.zone.as_deref().and_then(|zone| self.world.cluster_of(zone));
        let vcenter = cluster.map_or(self.world.vcenters[0].0.as_str(), |(_, vcenter)| vcenter);
        let (silent, name) = (one_of(&["kubelet", "network-of"], &mut self.draws), &node.name);
        let blind = one_of(&["vcenter", "password"], &mut self.draws);
        let acts = [
            format!("fail: {{{blind}: {vcenter}}}"),
            format!("fail: {{{silent}: {name}}}"),
            "sleep: 3m".to_owned(),
            format!("heal: {{{silent}: {name}}}"),
            format!("heal: {{{blind}: {vcenter}}}"),
        ];
        let mut rests = vec![step(&format!("wait: {{node/{name}: ready, within: {PATIENCE}}}"))];
        rests.extend(self.all_ready());
        Some(Operation { acts: acts.iter().map(|act| step(act)).collect(), rests, alone: true })
    }

    /// A machine is switched off, and on again before its pods are evicted.
    pub(super) fn switch_off(&mut self) -> Option<Operation> {
        let node = one_of(&self.world.nodes, &mut self.draws).name;
        let away = one_of(&["20s", "2m"], &mut self.draws);
        let acts = [format!("power: {{{node}: off}}"), format!("sleep: {away}"), format!("power: {{{node}: on}}")];
        let mut rests = vec![step(&format!("wait: {{node/{node}: ready, within: {PATIENCE}}}"))];
        rests.extend(self.all_ready());
        Some(Operation { acts: acts.iter().map(|act| step(act)).collect(), rests, alone: true })
    }

    /// A claim is deleted while somebody has attached its disk to a machine by hand: it stays there until that goes.
    pub(super) fn held_elsewhere(&mut self) -> Option<Operation> {
        if self.world.has_zones() || self.world.encrypted {
            return None;
        }
        let node = self.spare_node()?;
        let number = self.number();
        let (path, claim, vcenter) = (format!("manifests/claim-{number}.yaml"), format!("claim-{number}"), &self.world.vcenters[0].0);
        self.manifests.insert(path.clone(), workload::claim_alone(number, Wish::Disk));
        let held = step(&format!("expect: {{vcenter: {vcenter}, volume: {claim}, attached: {}}}", node.name));
        let kept = step(&format!("expect: {{object: persistentvolume-of/{claim}, has: {{/status/phase: Released}}}}"));
        let mut rests = vec![step(&format!("wait: {{persistentvolumeclaim/{claim}: bound, within: {PATIENCE}}}"))];
        let mut by_hand = vec![
            step(&format!("attach-by-hand: {{volume: {claim}, to: {}}}", node.name)),
            step(&format!("delete: {{object: persistentvolumeclaim/{claim}, wait: false}}")),
        ];
        by_hand.iter_mut().for_each(|act| act.set("settle", Tree::plain("false")));
        // Its volume is known by its claim only while that is there.
        by_hand.insert(1, held);
        rests.extend(by_hand);
        rests.extend([step("sleep: 3m"), kept]);
        rests.extend(self.goes(&node));
        rests.push(gone(&format!("persistentvolumeclaim/{claim}")));
        rests.extend(self.all_ready());
        rests.extend(Self::comes(&node));
        Some(Operation { acts: vec![step(&format!("apply: {path}"))], rests, alone: true })
    }

    /// A new machine comes into a cluster of hosts that lies in two zones by mistake: it is in none until that is mended.
    pub(super) fn two_zones(&mut self) -> Option<Operation> {
        let node = self.spare_node().filter(|_| !self.world.ccm)?;
        let zone = node.zone.clone()?;
        let other = self.world.zones().into_iter().find(|other| *other != zone)?;
        let (cluster, vcenter) = self.world.cluster_of(&zone)?;
        let tag = format!("{{cluster: {cluster}, vcenter: {vcenter}, k8s-zone: {other}}}");
        let (name, mut comes) = (&node.name, Self::comes(&node));
        // A driver that takes one of the two keeps it for as long as the node is there.
        let zone_is = |zone: &str| {
            let mut expect = step(&format!("expect: {{node: {name}, csi-zone: {zone}}}"));
            expect.set("requires", Tree::List(vec![Tree::plain("refuses-mixed-tags")]));
            expect
        };
        comes.iter_mut().for_each(|act| act.set("settle", Tree::plain("false")));
        let mended = [step("sleep: 5m"), zone_is("none"), step(&format!("untag: {tag}")), step("sleep: 10m"), zone_is(&zone)];
        let acts = self.goes(&node);
        let mut rests = self.all_ready();
        rests.push(step(&format!("tag: {tag}")));
        rests.extend(comes);
        rests.extend(mended);
        Some(Operation { acts, rests, alone: true })
    }
}
