//! The names that a step speaks of. Some stand for something else's name (`node-of/web-0`): what they mean is known when the step
//! begins: what is so then, or was last.

use super::Action;
use super::expect::Expect;
use super::expect::pod::Where;
use super::expect::volume::Attached;
use crate::model::target::Target;

impl Action {
    /// Shows every name of a node or an object that the step speaks of, to be replaced where it is derived.
    pub fn each_name<E>(&mut self, mut change: impl FnMut(&mut String) -> Result<(), E>) -> Result<(), E> {
        match self {
            Self::Delete(step) => change(&mut step.object.value.name),
            Self::Patch(step) => change(&mut step.object.value.name),
            Self::Wait(step) => change(&mut step.object.value.name),
            Self::Cordon(step) => change(&mut step.node.value),
            Self::Uncordon(step) => change(&mut step.node.value),
            Self::Drain(step) => change(&mut step.node.value),
            Self::Taint(step) => change(&mut step.node.value),
            Self::Untaint(step) => change(&mut step.node.value),
            Self::Power(step) => change(&mut step.node.value),
            Self::Move(step) => change(&mut step.vm.value),
            Self::Destroy(step) => change(&mut step.vm.value),
            Self::Create(step) => change(&mut step.vm.value),
            Self::GuestTells(step) => change(&mut step.vm.value),
            Self::AttachByHand(step) => change(&mut step.to.value),
            Self::DetachByHand(step) => change(&mut step.from.value),
            Self::Fail(step) => of_target(&mut step.target, change),
            Self::Heal(step) => of_target(&mut step.target, change),
            Self::Expect(step) => of_expect(step, change),
            _ => Ok(()),
        }
    }
}

fn of_target<E>(target: &mut Target, mut change: impl FnMut(&mut String) -> Result<(), E>) -> Result<(), E> {
    match target {
        Target::HostOf(node)
        | Target::MaintenanceOf(node)
        | Target::Mount { node, .. }
        | Target::NetworkOf(node)
        | Target::Kubelet(node)
        | Target::GuestTools(node) => change(&mut node.value),
        _ => Ok(()),
    }
}

fn of_expect<E>(expect: &mut Expect, mut change: impl FnMut(&mut String) -> Result<(), E>) -> Result<(), E> {
    match expect {
        Expect::Object(step) => change(&mut step.object.value.name),
        Expect::Event(step) => change(&mut step.of.value.name),
        Expect::Node(step) => change(&mut step.node.value),
        Expect::Finding(step) => step.of.as_mut().map_or(Ok(()), |node| change(&mut node.value)),
        Expect::Pod(step) => match &mut step.on.value {
            Where::Node(node) | Where::NotNode(node) => change(node),
            _ => Ok(()),
        },
        Expect::Volume(step) => match step.attached.as_mut().map(|attached| &mut attached.value) {
            Some(Attached::Node(node)) => change(node),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}
