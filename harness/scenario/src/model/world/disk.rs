//! Disks that are there before the first step.

use crate::model::size::{self, Size};
use crate::span::Spanned;
use crate::yaml::{Node, Problems};

use crate::model::lists::{different, members};
use crate::yaml::Fields;

/// A disk that somebody made by hand: one of the first class, or with `file` a file of its datastore only.
///
/// ```yaml
/// disks:
///   - {name: ledger, datastore: vsan-a, size: 1Gi, id: 5d0a6f4e-0000-4000-8000-000000000001}
///   - {name: old, datastore: vsan-a, size: 1Gi, file: kubevols/old.vmdk}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Its name.
    pub name: Spanned<String>,
    /// The datastore that it lies on.
    pub datastore: Spanned<String>,
    /// Its size.
    pub size: Spanned<Size>,
    /// Its id, when said; a file has it once it is registered.
    pub id: Option<Spanned<String>>,
    /// The path of its file within the datastore; it is no disk of the first class then before somebody registers it.
    pub file: Option<Spanned<String>>,
}

pub(crate) const EXAMPLE: &str = "{name: ledger, datastore: vsan-a, size: 1Gi}";
/// The shape of an id.
pub(crate) const ID: &str = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Vec<Disk>> {
    let disks = members(node, "disks", EXAMPLE, problems, one)?;
    different("disk", disks.iter().map(|disk| &disk.name), problems);
    different("disk's id", disks.iter().filter_map(|disk| disk.id.as_ref()), problems);
    different("disk's file", disks.iter().filter_map(|disk| disk.file.as_ref()), problems);
    Some(disks)
}

fn one(node: &Node, problems: &mut Problems) -> Option<Disk> {
    let mut fields = Fields::of(node, "disk", EXAMPLE, problems)?;
    let name = fields.required("name", problems).and_then(|node| node.words("name", "ledger", problems));
    let datastore = fields.required("datastore", problems).and_then(|node| node.words("datastore", "vsan-a", problems));
    let size = fields.required("size", problems).and_then(|node| size::decode(node, "size", problems));
    let id = fields.maybe("id", problems, id);
    let file = fields.maybe("file", problems, file);
    fields.finish(problems);
    Some(Disk { name: name?, datastore: datastore?, size: size?, id: id?, file: file? })
}

fn id(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let id = node.words("id", "5d0a6f4e-0000-4000-8000-000000000001", problems)?;
    let groups: Vec<&str> = id.split('-').collect();
    let hexadecimal = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) && groups.iter().all(hexadecimal) {
        return Some(id);
    }
    let help = "it is a UUID in lower case, such as `5d0a6f4e-0000-4000-8000-000000000001`";
    problems.at(id.span, format!("`{}` cannot be a disk's id", id.value), help)
}

fn file(node: &Node, problems: &mut Problems) -> Option<Spanned<String>> {
    let file = node.words("file", "kubevols/old.vmdk", problems)?;
    let steps = |path: &str| path.split('/').all(|step| !step.is_empty() && step != "." && step != "..");
    if file.ends_with(".vmdk") && steps(&file) && !file.contains(['[', ']']) {
        return Some(file);
    }
    let help = "it is a path within the datastore that ends with `.vmdk`, such as `kubevols/old.vmdk`";
    problems.at(file.span, format!("`{}` cannot be a disk's file", file.value), help)
}
