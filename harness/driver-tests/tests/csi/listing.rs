//! ListVolumes: what there is, where it is, and what is not said because it is not known.

use csi_api::v1::ListVolumesRequest;

use crate::{Behaviours, Code, NODE, OTHER, Setting, creation, pass};

/// All volumes: their ids and nodes.
async fn all(setting: &Setting) -> Vec<(String, Vec<String>)> {
    setting.list_volumes(ListVolumesRequest::default()).await.unwrap().0
}

#[test]
fn volumes_are_listed_with_the_nodes_that_they_are_on_by_their_machines_hardware() {
    Setting::alone(Behaviours::default(), |setting| async move {
        setting.world.cluster.csi_node("worker-1", "csi.vsphere.vmware.com", NODE).await;
        setting.world.cluster.csi_node("worker-2", "csi.vsphere.vmware.com", &OTHER.to_ascii_uppercase()).await;
        assert_eq!(all(&setting).await, []);
        let attached = setting.attached().await;
        let mut request = creation();
        request.name = "pvc-2".to_owned();
        let loose = setting.create(request).await.unwrap().volume_id;
        let mut expected = vec![(attached.clone(), vec![NODE.to_owned()]), (loose.clone(), vec![])];
        expected.sort();
        assert_eq!(all(&setting).await, expected);
        // What CNS was not asked counts as well; and a node is called what its plugin called it.
        setting.a().on_vm("worker-1", |world, now, vm| world.detach_out_of_band(now, &attached, vm));
        setting.a().on_vm("worker-2", |world, now, vm| world.attach_out_of_band(now, &loose, vm));
        let mut expected = vec![(attached, vec![]), (loose, vec![OTHER.to_ascii_uppercase()])];
        expected.sort();
        assert_eq!(all(&setting).await, expected);
        setting.world.forget();
        all(&setting).await;
        assert_eq!(setting.asked(), "CnsQueryVolume, RetrievePropertiesEx, kubernetes: list csinodes");
    });
}

#[test]
fn pages_follow_each_other_and_a_token_that_is_none_is_refused() {
    Setting::alone(Behaviours::default(), |setting| async move {
        for number in 0..5 {
            let mut request = creation();
            request.name = format!("pvc-{number}");
            setting.create(request).await.unwrap();
        }
        let (mut ids, mut token) = (Vec::new(), String::new());
        loop {
            let request = ListVolumesRequest { max_entries: 2, starting_token: token };
            let (page, next) = setting.list_volumes(request).await.unwrap();
            assert!(page.len() <= 2);
            ids.extend(page.into_iter().map(|(id, _)| id));
            token = next;
            if token.is_empty() {
                break;
            }
        }
        ids.dedup();
        assert_eq!(ids.len(), 5);
        let refused = |max_entries: i32, token: &str| {
            let request = ListVolumesRequest { max_entries, starting_token: token.to_owned() };
            let setting = &setting;
            async move { setting.list_volumes(request).await.unwrap_err().code() }
        };
        assert_eq!(refused(0, "no-token").await, Code::Aborted);
        assert_eq!(refused(-1, "").await, Code::InvalidArgument);
    });
}

#[test]
fn nothing_is_said_to_be_on_no_node_that_cannot_be_asked() {
    Setting::two(Behaviours::default(), |setting| async move {
        setting.world.cluster.csi_node("worker-1", "csi.vsphere.vmware.com", NODE).await;
        setting.world.cluster.csi_node("worker-2", "csi.vsphere.vmware.com", OTHER).await;
        all(&setting).await;
        setting.down(setting.b(), true);
        let unknown = setting.list_volumes(ListVolumesRequest::default()).await.unwrap_err();
        assert_eq!(unknown.code(), Code::Unavailable);
        setting.down(setting.b(), false);
        pass(60).await;
        all(&setting).await;
        // A machine that is gone is on no list, and one that has its name is another.
        setting.a().on_vm("worker-1", fake_vcenter_world::World::destroy_vm);
        all(&setting).await;
    });
}

#[test]
fn without_the_behaviour_it_is_not_offered() {
    Setting::alone(Behaviours { list_published_nodes: false, ..Behaviours::default() }, |setting| async move {
        let refused = setting.list_volumes(ListVolumesRequest::default()).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unimplemented);
    });
}
