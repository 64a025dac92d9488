//! The bytes that go into a program's vDSO are what their source gives. Passed over, visibly, where there is no assembler.

use std::path::Path;
use std::process::Command;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

fn main() {
    let trials = vec![Trial::ignorable_test("the_blob_is_what_its_source_gives", compare)];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn compare() -> Result<Completion, Failed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("blob");
    let place = tempfile::tempdir()?;
    let (object, bytes) = (place.path().join("blob.o"), place.path().join("blob.bin"));
    let assembled = Command::new("as").arg("--64").arg("-o").arg(&object).arg(folder.join("blob.S")).status();
    let copied = Command::new("objcopy").args(["-O", "binary", "-j", ".text"]).arg(&object).arg(&bytes).status();
    if assembled.is_err() || copied.is_err() {
        return Ok(Completion::ignored_with("as or objcopy is not present"));
    }
    if std::fs::read(bytes)? == std::fs::read(folder.join("blob.bin"))? {
        Ok(Completion::Completed)
    } else {
        Err("blob/blob.bin is not what blob/blob.S gives; assemble it anew: as --64 -o blob.o blob.S && objcopy -O binary -j .text blob.o blob.bin, and look at the offsets in src/vdso.rs".into())
    }
}
