//! The result is written down before it is answered.

use super::{CreateError, Creation, Step, Wanted};
use crate::operations::Record;
use crate::vcenter::Volume;

const MIB: i64 = 1024 * 1024;

impl Creation<'_> {
    /// Writes down which volume it is.
    ///
    /// When the write fails the caller is told so, although the volume is there: an answer without a record would leave
    /// a record that nobody ever clears. The next attempt finds the volume.
    pub(super) async fn conclude(&self, wanted: &Wanted, record: Record, volume: Volume) -> Result<Step, CreateError> {
        self.operations.write(&record.succeeded(&volume.id)).await?;
        self.in_doubt.forget(&wanted.name);
        self.check_size(wanted, volume).map(Step::Done)
    }

    /// A volume that was found must be what is asked for now.
    pub(super) fn check_size(&self, wanted: &Wanted, volume: Volume) -> Result<Volume, CreateError> {
        let bytes = volume.capacity_mb.saturating_mul(MIB);
        let (least, most) = wanted.bytes;
        if bytes < least || (most > 0 && bytes > most) {
            return Err(CreateError::OtherSize { name: wanted.name.clone(), volume: volume.id, capacity_mb: volume.capacity_mb });
        }
        Ok(volume)
    }
}
