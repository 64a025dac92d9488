//! A program's file: its digest, and what its compiler wrote into it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use seatrial_journal::finished_sha256;
use seatrial_reports::BinaryProvenance;
use sha2::{Digest, Sha256};

use super::go;

/// Files are read in pieces of this size: drivers have a hundred megabytes.
const PIECE: usize = 256 * 1024;

/// Reads a program's file; one that cannot be read says why.
pub(super) fn read(path: &Path) -> BinaryProvenance {
    let program = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match digest(path) {
        Ok(sha256) => BinaryProvenance { program, sha256: Some(sha256), unread: None, go: go::build_of(path) },
        Err(error) => BinaryProvenance { program, sha256: None, unread: Some(error.to_string()), go: None },
    }
}

/// A program in an image, which is not read.
pub(super) fn of_image(name: &str) -> BinaryProvenance {
    BinaryProvenance { program: name.to_owned(), sha256: None, unread: Some("it is in a container's image".to_owned()), go: None }
}

fn digest(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut piece) = (File::open(path)?, Sha256::new(), vec![0; PIECE]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(finished_sha256(hash)),
            read => hash.update(&piece[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use seatrial_journal::sha256;

    use super::*;

    #[test]
    fn a_digest_is_the_one_that_sha256sum_prints() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "abc").unwrap();
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((read(file.path()).sha256.as_deref(), sha256(b"abc").as_str()), (Some(known), known));
    }

    #[test]
    fn a_file_that_is_not_there_says_so() {
        let found = read(Path::new("/no/such/driver"));
        assert!(found.sha256.is_none() && found.unread.is_some() && found.program == "driver");
    }
}
