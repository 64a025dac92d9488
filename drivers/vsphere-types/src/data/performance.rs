//! What a vCenter says of the performance data that it has of an object.

use crate::MoRef;
use crate::table::data_objects;

data_objects! {
    /// Which performance data there is of an object.
    PerfProviderSummary: DynamicData {
        entity: MoRef = "entity" -> "ManagedObject",
        current_supported: bool = "currentSupported",
        summary_supported: bool = "summarySupported",
        refresh_rate: Option<i32> = "refreshRate",
    }
}
