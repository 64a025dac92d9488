//! Journals as files that grow: lines of JSON, packed with gzip, so that `zcat` reads them too.
//!
//! What was taken is in the file only after a flush. Whoever owns the sink calls for one now and then ([`PackedSink::flush`]),
//! and so does the sink itself after [`FLUSH_AFTER`] of lines; a run that is killed leaves what was flushed, and
//! [`read_journal`] reads that.

use std::io::{Read, Result, Write};
use std::sync::{Arc, Mutex, MutexGuard};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

use crate::event::Entry;
use crate::sink::Sink;

/// The packer takes lines in pieces of this size: a call for each line costs more than the packing.
const PIECE: usize = 64 * 1024;

/// So many bytes of lines at most are not in the file, whoever calls for a flush. Each flush costs some bytes.
const FLUSH_AFTER: usize = 1024 * 1024;

/// Writes a packed journal; clones write the same one.
pub struct PackedSink<W: Write>(Arc<Mutex<Packed<W>>>);

struct Packed<W: Write> {
    /// None when it is finished, or broken.
    packer: Option<GzEncoder<W>>,
    held: Vec<u8>,
    unflushed: usize,
    error: Option<std::io::Error>,
}

impl<W: Write> Clone for PackedSink<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<W: Write> PackedSink<W> {
    /// Writes to `writer`.
    pub fn new(writer: W) -> Self {
        // Journals repeat themselves so much that the fastest way packs them well.
        let packer = Some(GzEncoder::new(writer, Compression::fast()));
        Self(Arc::new(Mutex::new(Packed { packer, held: Vec::with_capacity(PIECE), unflushed: 0, error: None })))
    }

    /// Brings all that was taken into the file.
    pub fn flush(&self) {
        let mut packed = self.lock();
        if packed.unflushed > 0 {
            packed.flush();
        }
    }

    /// Ends the file; what is recorded later is not taken.
    ///
    /// # Errors
    /// The first that writing met, at whatever time.
    pub fn finish(&self) -> Result<()> {
        let mut packed = self.lock();
        packed.pack();
        if let Some(packer) = packed.packer.take() {
            let finished = packer.finish().and_then(|mut writer| writer.flush());
            packed.note(finished);
        }
        packed.error.take().map_or(Ok(()), Err)
    }

    fn lock(&self) -> MutexGuard<'_, Packed<W>> {
        self.0.lock().expect("no sink panics while it holds the lock")
    }
}

impl<W: Write> Packed<W> {
    fn take(&mut self, line: &str) {
        if self.packer.is_none() {
            return;
        }
        self.held.extend_from_slice(line.as_bytes());
        self.held.push(b'\n');
        self.unflushed += line.len() + 1;
        if self.unflushed >= FLUSH_AFTER {
            self.flush();
        } else if self.held.len() >= PIECE {
            self.pack();
        }
    }

    /// Gives the packer what is held.
    fn pack(&mut self) {
        if let Some(packer) = &mut self.packer {
            let packed = packer.write_all(&self.held);
            self.held.clear();
            self.note(packed);
        }
    }

    fn flush(&mut self) {
        self.pack();
        self.unflushed = 0;
        if let Some(packer) = &mut self.packer {
            let flushed = packer.flush();
            self.note(flushed);
        }
    }

    /// Keeps the first error; a file that could not be written is not written on.
    fn note(&mut self, result: Result<()>) {
        if let Err(error) = result {
            self.error.get_or_insert(error);
            self.packer = None;
        }
    }
}

impl<W: Write + Send> Sink for PackedSink<W> {
    fn take(&mut self, _entry: &Entry, line: &str) {
        self.lock().take(line);
    }
}

/// A journal that was read from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadJournal {
    /// Its lines, all of them whole.
    pub text: String,
    /// Whether the file ends before the journal did: the run that wrote it was killed, or still goes on.
    pub cut: bool,
}

/// Reads a journal, packed or not, as far as it goes.
///
/// # Errors
/// Damage that is no mere end, and what is no text.
pub fn read_journal(bytes: &[u8]) -> Result<ReadJournal> {
    let (mut text, mut cut) = if bytes.starts_with(&[0x1f, 0x8b]) { unpack(bytes)? } else { (bytes.to_vec(), false) };
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    // The line in which the file ends tells nothing, unless it is whole but for its end.
    if whole < text.len() && (cut || serde_json::from_slice::<serde::de::IgnoredAny>(&text[whole..]).is_err()) {
        cut = true;
        text.truncate(whole);
    }
    let text = String::from_utf8(text).map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error.utf8_error()))?;
    Ok(ReadJournal { text, cut })
}

fn unpack(bytes: &[u8]) -> Result<(Vec<u8>, bool)> {
    let mut text = Vec::new();
    // What was unpacked before an error stays in the text.
    match MultiGzDecoder::new(bytes).read_to_end(&mut text) {
        Ok(_) => Ok((text, false)),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok((text, true)),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::stamp::Elapsed;
    use proptest::prelude::*;

    /// A file that shows what was written to it so far.
    #[derive(Clone, Default)]
    struct Shown(Arc<Mutex<Vec<u8>>>);

    impl Write for Shown {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    fn entry(seq: u64) -> (Entry, String) {
        let event = Event::Log { process: "csi-controller".to_owned(), line: format!("volume {}", seq * 7_919) };
        let entry = Entry { seq, at: Elapsed(seq * 1_250), event };
        let line = serde_json::to_string(&entry).unwrap();
        (entry, line)
    }

    /// What a file holds after so many entries, and the lines that went into it; flushed after those.
    fn written(entries: u64, flushed_after: u64) -> (PackedSink<Shown>, Shown, String) {
        let file = Shown::default();
        let (sink, mut text) = (PackedSink::new(file.clone()), String::new());
        for (entry, line) in (1..=entries).map(entry) {
            sink.clone().take(&entry, &line);
            text.push_str(&line);
            text.push('\n');
            if entry.seq == flushed_after {
                sink.flush();
            }
        }
        (sink, file, text)
    }

    #[test]
    fn a_finished_journal_is_read_as_it_was_taken() {
        let (sink, file, text) = written(2_000, 0);
        sink.finish().unwrap();
        let packed = file.0.lock().unwrap().clone();
        assert!(packed.len() * 5 < text.len(), "{} bytes are {} packed", text.len(), packed.len());
        assert_eq!(read_journal(&packed).unwrap(), ReadJournal { text: text.clone(), cut: false });
        assert_eq!(read_journal(text.as_bytes()).unwrap(), ReadJournal { text, cut: false });
    }

    #[test]
    fn a_journal_that_was_never_finished_has_all_that_was_flushed() {
        let (_killed, file, text) = written(50, 30);
        let packed = file.0.lock().unwrap().clone();
        let flushed: String = text.split_inclusive('\n').take(30).collect();
        assert_eq!(read_journal(&packed).unwrap(), ReadJournal { text: flushed, cut: true });
    }

    #[test]
    fn what_is_written_is_never_far_behind() {
        let (_killed, file, text) = written(40_000, 0);
        let packed = file.0.lock().unwrap().clone();
        let read = read_journal(&packed).unwrap();
        assert!(read.cut && text.starts_with(&read.text) && text.len() - read.text.len() < FLUSH_AFTER + 200);
    }

    #[test]
    fn damage_is_no_mere_end() {
        let (sink, file, _) = written(2_000, 0);
        sink.finish().unwrap();
        let mut packed = file.0.lock().unwrap().clone();
        let middle = packed.len() / 2;
        packed[middle..middle + 64].fill(0xff);
        assert!(read_journal(&packed).is_err());
        assert!(read_journal(b"\xff\xfe is no text\n").is_err());
    }

    proptest! {
        #[test]
        fn however_a_file_is_cut_whole_lines_are_read(keep in 0.0..1.0f64, pack in any::<bool>()) {
            let (sink, file, text) = written(500, 200);
            sink.finish().unwrap();
            let whole = if pack { file.0.lock().unwrap().clone() } else { text.clone().into_bytes() };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a small number")]
            let kept = &whole[..(whole.len() as f64 * keep) as usize];
            let read = read_journal(kept).unwrap();
            let whole_lines = read.text.is_empty() || read.text.ends_with(['}', '\n']);
            prop_assert!(text.starts_with(&read.text) && whole_lines);
        }
    }
}
