//! The intent is written down before anything is sent.

use super::{CreateError, Creation, Step};
use crate::operations::Record;

impl Creation<'_> {
    /// Adds an attempt to the record.
    pub(super) async fn intend(&self, record: Record) -> Result<Step, CreateError> {
        // Nothing is open here, so a volume that has no place is refused before anything is written.
        let target = (self.target)().await?;
        let operation_id = self.operation_id();
        let record = record.intending(self.host.calendar(), self.vcenter.host(), &operation_id);
        let record = self.operations.write(&record).await?;
        Ok(Step::Send { record, earlier: false, target: Some(target) })
    }

    /// Eight hex digits, as vCenter makes them.
    pub(super) fn operation_id(&self) -> String {
        format!("{:08x}", self.host.random() & 0xffff_ffff)
    }
}
