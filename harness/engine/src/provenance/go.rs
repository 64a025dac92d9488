//! What Go's linker writes into a program: compiler, module, version, commit. `go version -m` shows the same.
//!
//! It stands in the ELF section `.go.buildinfo`: 32 bytes of head, whose first 14 are [`MAGIC`] and whose 16th has a bit for "the strings
//! follow here" (Go 1.18 and later), then two strings, each after its length as a varint: the compiler's version, and lines of words parted by
//! tabs between two marks of 16 bytes. Programs of older compilers, and other formats than ELF, say nothing here.

use std::fs::File;
use std::path::Path;

use object::{Object, ObjectSection, ReadCache};
use seatrial_reports::GoBuild;

const SECTION: &str = ".go.buildinfo";
const MAGIC: &[u8] = b"\xff Go buildinf:";
const HEAD: usize = 32;
const FLAGS: usize = 15;
const INLINE: u8 = 2;
/// How long the mark before the lines is, and the one behind them.
const MARK: usize = 16;

/// What a program's file says, if it is one of Go's.
pub(crate) fn build_of(path: &Path) -> Option<GoBuild> {
    let file = ReadCache::new(File::open(path).ok()?);
    let program = object::File::parse(&file).ok()?;
    read(program.section_by_name(SECTION)?.data().ok()?)
}

/// Reads the section.
fn read(section: &[u8]) -> Option<GoBuild> {
    if !section.starts_with(MAGIC) || section.get(FLAGS)? & INLINE == 0 {
        return None;
    }
    let (compiler, rest) = string(section.get(HEAD..)?)?;
    let (lines, _) = string(rest)?;
    let lines = lines.get(MARK..lines.len().checked_sub(MARK)?).unwrap_or_default();
    let mut build = GoBuild { compiler: String::from_utf8_lossy(compiler).into_owned(), ..GoBuild::default() };
    for line in String::from_utf8_lossy(lines).lines() {
        take(&mut build, line);
    }
    Some(build)
}

fn take(build: &mut GoBuild, line: &str) {
    let mut words = line.split('\t');
    let (kind, mut word) = (words.next().unwrap_or_default(), || words.next().map(str::to_owned).filter(|word| !word.is_empty()));
    match kind {
        "path" => build.package = word(),
        "mod" => {
            build.module = word();
            // A working copy has none.
            build.version = word().filter(|version| version != "(devel)");
        }
        "build" => match word().as_deref().and_then(|setting| setting.split_once('=')) {
            Some(("vcs.revision", revision)) => build.revision = Some(revision.to_owned()),
            Some(("vcs.modified", modified)) => build.modified = modified == "true",
            _ => {}
        },
        _ => {}
    }
}

/// A string after its length, and what follows it.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = varint(bytes)?;
    rest.split_at_checked(usize::try_from(length).ok()?)
}

/// A number in groups of seven bits, the lowest first.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0u64;
    for (place, byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7f).checked_shl(u32::try_from(place * 7).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((number, &bytes[place + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A section as the linker writes it.
    fn section(compiler: &str, lines: &str) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([8, INLINE]);
        bytes.resize(HEAD, 0);
        let marked = [&[b'<'; MARK], lines.as_bytes(), &[b'>'; MARK]].concat();
        for text in [compiler.as_bytes(), &marked] {
            let mut length = text.len();
            while length >= 0x80 {
                bytes.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
                length >>= 7;
            }
            bytes.push(u8::try_from(length).unwrap());
            bytes.extend(text);
        }
        bytes
    }

    #[test]
    fn a_module_that_was_installed_has_a_version() {
        let lines = "path\tsigs.k8s.io/vsphere-csi-driver/v3/cmd/vsphere-csi\nmod\tsigs.k8s.io/vsphere-csi-driver/v3\tv3.7.0\th1:abc=\n\
                     dep\tgithub.com/vmware/govmomi\tv0.50.0\th1:def=\nbuild\t-compiler=gc\nbuild\tGOOS=linux\n";
        let build = read(&section("go1.24.1", lines)).unwrap();
        assert_eq!((build.compiler.as_str(), build.version.as_deref()), ("go1.24.1", Some("v3.7.0")));
        assert_eq!(build.module.as_deref(), Some("sigs.k8s.io/vsphere-csi-driver/v3"));
        assert_eq!(build.version_or_revision().as_deref(), Some("v3.7.0"));
    }

    #[test]
    fn a_working_copy_has_a_commit() {
        let lines =
            "path\texample.com/driver\nmod\texample.com/driver\t(devel)\t\nbuild\tvcs.revision=0123abcd\nbuild\tvcs.modified=true\n";
        let build = read(&section("go1.24.1", lines)).unwrap();
        assert_eq!((build.version.as_deref(), build.version_or_revision().as_deref()), (None, Some("0123abcd-dirty")));
    }

    #[test]
    fn what_is_no_program_of_go_says_nothing() {
        let own = std::env::current_exe().unwrap();
        assert_eq!((build_of(&own), build_of(Path::new("/no/such/driver"))), (None, None));
        assert_eq!(read(b"\xff Go buildinf:\x08\x00 addresses of an older compiler"), None);
    }

    proptest! {
        #[test]
        fn damage_is_no_panic(cut in 0usize..400, place in 0usize..400, byte in any::<u8>()) {
            let mut bytes = section("go1.24.1", &"dep\texample.com/other\tv1.0.0\th1:abc=\n".repeat(6));
            if let Some(hit) = bytes.get_mut(place) {
                *hit = byte;
            }
            bytes.truncate(cut);
            let _ = read(&bytes);
        }
    }
}
