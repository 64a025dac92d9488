//! Our table beside the tables that pyVmomi publishes: hierarchy, wire names, order, optional, arrays, types, versions,
//! members, methods. A mistake that our client and our server share would show nowhere else.
//!
//! Needs `python3` with pyVmomi (`PYTHON` names another interpreter). Without it the test says so and passes, unless
//! the environment variable `SEATRIAL_REQUIRE` contains `pyvmomi`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use vsphere_types::{Declared, FieldInfo, Method, TypeInfo, TypeKind, all_types};

/// Types that pyVmomi does not have. What is written here is not judged by this test: govmomi's are the second opinion.
const UNKNOWN_TO_PYVMOMI: &[&str] = &[
    "CnsBlockVolumeInfo",
    "CnsQueryVolumeInfoResult",
    "CnsSnapshot",
    "CnsSnapshotCreateResult",
    "CnsSnapshotCreatedFault",
    "CnsSnapshotDeleteResult",
    "CnsSnapshotOperationResult",
    "CnsSnapshotQueryFilter",
    "CnsSnapshotQueryResult",
    "CnsSnapshotQueryResultEntry",
    "CnsSnapshotQuerySpec",
    "CnsVolumeInfo",
    "CnsQueryAllVolume()",
    "CnsQuerySnapshots()",
    "CnsQueryVolumeInfo()",
    "Fetch()",
    "PbmQueryProfileDetails()",
    "PbmQueryIOFiltersFromProfileId()",
    "PbmProfileToIofilterMap",
    "PbmProfileDetails",
    "PbmIofilterInfo",
];

/// A type or method, as lines that can be compared.
type Description = BTreeMap<String, Vec<String>>;

#[expect(clippy::disallowed_methods, reason = "a test has no main.rs to read the environment for it")]
fn environment(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// What pyVmomi says of these names; `None` when it is not there.
fn published(names: &str) -> Option<String> {
    let python = Some(environment("PYTHON")).filter(|python| !python.is_empty()).unwrap_or_else(|| "python3".to_owned());
    let available = Command::new(&python).args(["-c", "import pyVmomi"]).stderr(Stdio::null()).status();
    if !available.is_ok_and(|status| status.success()) {
        return None;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pyvmomi/describe.py");
    let mut child =
        Command::new(&python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it was there a moment ago");
    child.stdin.take().expect("it is piped").write_all(names.as_bytes()).expect("the script reads it all");
    let output = child.wait_with_output().expect("the script ends");
    assert!(output.status.success(), "{script} failed");
    Some(String::from_utf8(output.stdout).expect("names are ASCII"))
}

fn declared_name(declared: Declared) -> String {
    match declared {
        Declared::Reference(kind) => format!("ref {kind}"),
        other => other.item_type().to_owned(),
    }
}

fn shape(info: &FieldInfo) -> String {
    let optional = if info.optional { "optional" } else { "required" };
    let array = if info.array { "array" } else { "single" };
    format!("{}\t{optional}\t{array}", declared_name(info.declared))
}

/// Ours, in the words of the script. `None` as a version stands for one that our table leaves out.
fn ours(info: &TypeInfo) -> Vec<String> {
    let kind = match info.kind {
        TypeKind::Data => "data",
        TypeKind::Enum => "enum",
        TypeKind::Managed => "managed",
    };
    let base = info.base.filter(|base| !matches!(*base, "ManagedObject"));
    let mut lines = vec![format!("type\t{kind}\t{}", base.unwrap_or_default())];
    lines.extend(info.fields.iter().map(|field| format!("field\t{}\t{}\t{}", field.name, shape(field), field.since)));
    lines.extend(info.members.iter().map(|member| format!("member\t{member}")));
    lines
}

fn our_method(method: Method) -> Vec<String> {
    let info = method.info();
    let mut lines = vec![format!("method\t{}", info.object)];
    lines.extend(info.parameters.iter().map(|field| format!("field\t{}\t{}\t{}", field.name, shape(field), field.since)));
    lines.extend(info.result.map(|result| format!("result\t{}", shape(&result))));
    lines
}

/// The script's lines by name, without the name.
fn parse(text: &str) -> (Description, BTreeSet<String>) {
    let mut described = Description::new();
    let mut unknown = BTreeSet::new();
    for line in text.lines() {
        let mut parts = line.split('\t');
        let (kind, name) = (parts.next().expect("a kind"), parts.next().expect("a name"));
        if kind == "unknown" {
            unknown.insert(name.to_owned());
            continue;
        }
        let name = if matches!(kind, "method" | "result") { format!("{name}()") } else { name.to_owned() };
        let rest: Vec<_> = parts.collect();
        described.entry(name).or_default().push(std::iter::once(kind).chain(rest).collect::<Vec<_>>().join("\t"));
    }
    (described, unknown)
}

/// Our table names a version only where it helps; where it does, it must be the published one.
fn same(ours: &str, theirs: &str) -> bool {
    let split = |line: &str| line.rsplit_once('\t').map(|(head, version)| (head.to_owned(), version.to_owned()));
    match (ours.starts_with("field"), split(ours), split(theirs)) {
        (true, Some((our_head, our_version)), Some((their_head, their_version))) => {
            // Versions that have no name yet are published as a digest.
            let unnamed = their_version.starts_with('m');
            our_head == their_head && (our_version.is_empty() || unnamed || our_version == their_version)
        }
        _ => ours == theirs,
    }
}

#[test]
fn our_table_says_what_the_published_tables_say() {
    let mut table: Description = all_types().map(|info| (info.name.to_owned(), ours(info))).collect();
    // The roots are pyVmomi's own classes, not types of its tables.
    for root in ["ManagedObject", "DynamicData"] {
        table.remove(root);
    }
    table.extend(Method::ALL.iter().map(|method| (format!("{method}()"), our_method(*method))));
    let names: String = table.keys().map(|name| format!("{name}\n")).collect();
    let Some(text) = published(&names) else {
        assert!(!environment("SEATRIAL_REQUIRE").contains("pyvmomi"), "pyVmomi is required and not installed");
        // Past the test harness, which keeps what passing tests print.
        writeln!(std::io::stderr(), "skipped: pyVmomi is not installed").unwrap();
        return;
    };
    let (theirs, unknown) = parse(&text);
    let expected: BTreeSet<String> = UNKNOWN_TO_PYVMOMI.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(unknown, expected, "types that pyVmomi does not have");
    let mut differences = Vec::new();
    for (name, our_lines) in table.iter().filter(|(name, _)| !unknown.contains(*name)) {
        let their_lines = theirs.get(name).map_or(&[][..], Vec::as_slice);
        let count = our_lines.len().max(their_lines.len());
        for index in 0..count {
            let (our, their) = (our_lines.get(index).map_or("", String::as_str), their_lines.get(index).map_or("", String::as_str));
            if !same(our, their) {
                differences.push(format!("{name}: ours {our:?}, theirs {their:?}"));
            }
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}
