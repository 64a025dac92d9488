//! What the service of first class disks (VSLM) shows: itself, its tasks, and what its catalogue is asked for.

use jiff::Timestamp;

use crate::table::data_objects;
use crate::{Id, KeyValue, LocalizableMessage, LocalizedMethodFault, MoRef, Object, Value, VslmTaskInfoState};

data_objects! {
    /// What the service says of itself.
    VslmAboutInfo: DynamicData {
        name: String = "name",
        full_name: String = "fullName",
        vendor: String = "vendor",
        api_version: String = "apiVersion",
        instance_uuid: String = "instanceUuid",
    }

    /// Where everything is in the service.
    VslmServiceInstanceContent: DynamicData {
        about_info: VslmAboutInfo = "aboutInfo",
        session_manager: MoRef = "sessionManager" -> "VslmSessionManager",
        v_storage_object_manager: MoRef = "vStorageObjectManager" -> "VslmVStorageObjectManager",
        storage_lifecycle_manager: MoRef = "storageLifecycleManager" -> "VslmStorageLifecycleManager",
    }

    /// All that is known of one of the service's tasks.
    VslmTaskInfo: DynamicData {
        key: String = "key",
        task: MoRef = "task" -> "VslmTask",
        description: Option<LocalizableMessage> = "description",
        name: Option<String> = "name",
        description_id: String = "descriptionId",
        entity: Option<MoRef> = "entity" -> "ManagedEntity",
        entity_name: Option<String> = "entityName",
        locked: Vec<MoRef> = "locked" -> "ManagedEntity",
        state: VslmTaskInfoState = "state",
        cancelled: bool = "cancelled",
        cancelable: bool = "cancelable",
        error: Option<LocalizedMethodFault> = "error",
        result: Option<Value> = "result",
        progress: Option<i32> = "progress",
        reason: Object = "reason" -> "VslmTaskReason",
        queue_time: Timestamp = "queueTime",
        start_time: Option<Timestamp> = "startTime",
        complete_time: Option<Timestamp> = "completeTime",
        event_chain_id: i32 = "eventChainId",
        change_tag: Option<String> = "changeTag",
        parent_task_key: Option<String> = "parentTaskKey",
        root_task_key: Option<String> = "rootTaskKey",
        activation_id: Option<String> = "activationId",
    }

    /// Why a task was started.
    VslmTaskReason: DynamicData {}

    /// A user started it.
    VslmTaskReasonUser: VslmTaskReason {
        user_name: String = "userName",
    }

    /// What disks of the catalogue are to be like.
    VslmVsoVStorageObjectQuerySpec: DynamicData {
        query_field: String = "queryField",
        query_operator: String = "queryOperator",
        query_value: Vec<String> = "queryValue",
    }

    /// A page of the catalogue.
    VslmVsoVStorageObjectQueryResult: DynamicData {
        all_records_returned: bool = "allRecordsReturned",
        id: Vec<Id> = "id",
        query_results: Vec<VslmVsoVStorageObjectResult> = "queryResults",
    }

    /// A disk as the catalogue has it.
    VslmVsoVStorageObjectResult: DynamicData {
        id: Id = "id",
        name: Option<String> = "name",
        capacity_in_mb: i64 = "capacityInMB",
        create_time: Option<Timestamp> = "createTime",
        datastore_url: Option<String> = "datastoreUrl",
        disk_path: Option<String> = "diskPath",
        used_capacity_in_mb: Option<i64> = "usedCapacityInMB",
        backing_object_id: Option<Id> = "backingObjectId",
        snapshot_info: Vec<VslmVsoVStorageObjectSnapshotResult> = "snapshotInfo",
        metadata: Vec<KeyValue> = "metadata",
        error: Option<LocalizedMethodFault> = "error",
    }

    /// A snapshot as the catalogue has it.
    VslmVsoVStorageObjectSnapshotResult: DynamicData {
        backing_object_id: Id = "backingObjectId",
        description: Option<String> = "description",
        snapshot_id: Option<Id> = "snapshotId",
        disk_path: Option<String> = "diskPath",
    }
}
