"""Visits a vCenter with pyVmomi and prints what it finds, without what differs from run to run.

Usage: visit.py HOST PORT CA_FILE. Ends with 1 and a traceback where the vCenter does something unexpected.
"""

import ssl
import sys
import threading
import time

from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import SoapStubAdapter, VmomiSupport, vim, vmodl, vslm

USER, PASSWORD = "administrator@vsphere.local", "seatrial"


def connect(host, port, ca_file, user=USER, password=PASSWORD):
    """The certificate is checked: against its authority and against the address."""
    context = ssl.create_default_context(cafile=ca_file)
    return SmartConnect(host=host, port=port, user=user, pwd=password, sslContext=context)


def names(content, kind):
    view = content.viewManager.CreateContainerView(content.rootFolder, [kind], True)
    found = sorted(entity.name for entity in view.view)
    view.Destroy()
    return found


def walk(content):
    for kind in (vim.Datacenter, vim.ClusterComputeResource, vim.HostSystem, vim.Datastore, vim.Network, vim.VirtualMachine):
        print(f"{kind.__name__}: {', '.join(names(content, kind))}")
    vm = content.searchIndex.FindByInventoryPath("dc-1/vm/worker-1")
    print("by path:", vm.name, vm.runtime.powerState, vm.guest.ipAddress, vm.runtime.host.parent.name)
    print("by uuid:", content.searchIndex.FindByUuid(None, vm.config.uuid, True, False).name)
    for device in vm.config.hardware.device:
        print("device:", device.key, type(device).__name__, device.deviceInfo.label)
    return vm


def follow(content, vm):
    """Every state of power that the updates tell, while the machine is switched off and on again."""
    collector = content.propertyCollector.CreatePropertyCollector()
    spec = vmodl.query.PropertyCollector
    wanted = spec.FilterSpec(
        propSet=[spec.PropertySpec(type=vim.VirtualMachine, pathSet=["runtime.powerState"])],
        objectSet=[spec.ObjectSpec(obj=vm)],
    )
    collector.CreateFilter(wanted, True)
    told, first = [], threading.Event()

    def listen():
        version = ""
        while len(told) < 3:
            update = collector.WaitForUpdatesEx(version, vmodl.query.PropertyCollector.WaitOptions(maxWaitSeconds=20))
            if update is None:
                break
            version = update.version
            for filter_update in update.filterSet:
                for change in filter_update.objectSet:
                    told.extend(f"{change.kind} {value.val}" for value in change.changeSet)
            first.set()

    listener = threading.Thread(target=listen)
    listener.start()
    first.wait(20)
    print("power off:", WaitForTask(vm.PowerOff()))
    print("power on:", WaitForTask(vm.PowerOn()))
    listener.join(30)
    collector.Destroy()
    print("updates:", told)


def catch(what, act):
    try:
        act()
    except vmodl.MethodFault as fault:
        print(f"{what}: {type(fault).__name__}: {fault.msg}")
    else:
        raise AssertionError(f"{what} did not fail")


def faults(host, port, ca_file, instance, vm):
    catch("wrong password", lambda: connect(host, port, ca_file, password="wrong"))
    catch("switched on already", lambda: WaitForTask(vm.PowerOn()))
    catch("not served", lambda: vm.CreateSnapshot("s", "", False, False))
    catch("no such object", lambda: vim.VirtualMachine("vm-9999", instance._stub).name)
    viewer = connect(host, port, ca_file, user="viewer@vsphere.local")
    mine = viewer.content.searchIndex.FindByInventoryPath("dc-1/vm/worker-1")
    catch("not allowed", mine.PowerOff)
    Disconnect(viewer)


def vsan_stub(host, port, ca_file, instance, path):
    """A stub that knows the types of CNS, in the session of another one."""
    version = VmomiSupport.newestVersions.Get("vsan")
    context = ssl.create_default_context(cafile=ca_file)
    stub = SoapStubAdapter(host=host, port=port, path=path, version=version, sslContext=context)
    stub.cookie = instance._stub.cookie
    return stub


def volumes(host, port, ca_file, instance):
    """A volume's life; the result of each task, for who knows the types of CNS and for who does not."""
    stub = vsan_stub(host, port, ca_file, instance, "/vsanHealth")
    manager = vim.cns.VolumeManager("cns-volume-manager", stub)
    datastore = instance.content.searchIndex.FindByInventoryPath("dc-1/datastore/vsan-a")
    cluster = vim.cns.ContainerCluster(clusterType="KUBERNETES", clusterId="cluster-a", vSphereUser=USER, clusterFlavor="VANILLA")
    spec = vim.cns.VolumeCreateSpec(
        name="pvc-1",
        volumeType="BLOCK",
        datastores=[datastore],
        metadata=vim.cns.VolumeMetadata(containerCluster=cluster),
        backingObjectDetails=vim.cns.BlockBackingDetails(capacityInMb=1024),
    )
    sdk = vsan_stub(host, port, ca_file, instance, "/sdk")

    def finished(task):
        """CNS's tasks are vCenter's, and are read at its own endpoint."""
        plain = vim.Task(task._moId, instance._stub)
        print("task:", WaitForTask(plain), plain.info.result)
        result = vim.Task(task._moId, sdk).info.result
        print(type(result).__name__, [type(entry).__name__ for entry in result.volumeResults])
        return result.volumeResults[0]

    made = finished(manager.Create([spec]))
    print("made:", made.name, made.fault, made.placementResults[0].datastore == datastore)
    found = manager.Query(vim.cns.QueryFilter(volumeIds=[made.volumeId]))
    print("found:", [(volume.name, volume.backingObjectDetails.capacityInMb) for volume in found.volumes])
    print("too small:", type(finished(manager.Extend([vim.cns.VolumeExtendSpec(volumeId=made.volumeId, capacityInMb=1)])).fault).__name__)
    print("deleted:", finished(manager.Delete([made.volumeId], True)).fault)


def disks(host, port, ca_file, instance):
    """First class disks by hand: by the service that knows them by their ids alone, and on their datastore."""
    content = instance.RetrieveContent()
    datastore = content.searchIndex.FindByInventoryPath("dc-1/datastore/vsan-a")
    datacenter = content.searchIndex.FindByInventoryPath("dc-1")
    file = vim.VirtualDiskManager.FileBackedVirtualDiskSpec(diskType="thin", adapterType="lsiLogic", capacityKb=1024 * 1024)
    print("file:", WaitForTask(content.virtualDiskManager.CreateVirtualDisk("[vsan-a] kubevols/old.vmdk", datacenter, file)))
    context = ssl.create_default_context(cafile=ca_file)
    stub = SoapStubAdapter(host=host, port=port, path="/vslm/sdk", version="vslm.version.version14", sslContext=context)
    # The service reads the session's key from a header of the envelope.
    VmomiSupport.GetRequestContext()["vcSessionCookie"] = instance._stub.cookie.split('"')[1]
    service = vslm.ServiceInstance("ServiceInstance", stub).RetrieveContent()
    print("vslm:", service.aboutInfo.fullName)
    manager = service.vStorageObjectManager

    def finished(task):
        while (info := task.QueryInfo()).state not in ("success", "error"):
            time.sleep(0.05)
        return info

    backing = vim.vslm.CreateSpec.DiskFileBackingSpec(datastore=datastore, provisioningType="thin")
    spec = vim.vslm.CreateSpec(name="by-hand", keepAfterDeleteVm=True, capacityInMB=2048, backingSpec=backing)
    made = finished(manager.CreateDisk(spec))
    print("made:", made.state, made.descriptionId, made.result.config.name, made.result.config.capacityInMB)
    address = f"https://{host}/folder/kubevols/old.vmdk?dcPath=dc-1&dsName=vsan-a"
    disk = manager.RegisterDisk(path=address, name="old").config
    print("registered:", disk.name, disk.backing.filePath, disk.capacityInMB)
    try:
        manager.RegisterDisk(path=address, name="old")
    except vim.fault.AlreadyExists as fault:
        print("again:", type(fault).__name__, fault.name)
    large = vslm.vso.VStorageObjectQuerySpec(queryField="capacity", queryOperator="greaterThan", queryValue=["1024"])
    found = manager.ListVStorageObjectsForSpec([large], 10)
    print("larger:", [row.name for row in found.queryResults], found.allRecordsReturned)
    print("a page:", manager.ListVStorageObjectsForSpec([], 1).allRecordsReturned)
    taken = finished(manager.CreateSnapshot(disk.id, "before"))
    print("snapshot:", taken.state, type(taken.result).__name__)
    refused = finished(manager.DeleteVStorageObject(disk.id))
    print("deleted with it:", refused.state, type(refused.error).__name__)
    print("snapshot deleted:", finished(manager.DeleteSnapshot(disk.id, taken.result)).state)
    print("deleted:", finished(manager.DeleteVStorageObject(disk.id)).state)
    local = content.vStorageObjectManager
    print("left:", [local.RetrieveVStorageObject(found, datastore).config.name for found in local.ListVStorageObject(datastore)])


def histories(content):
    events = content.eventManager.QueryEvents(vim.event.EventFilterSpec())
    print("events:", [type(event).__name__ for event in events if isinstance(event, vim.event.VmEvent)])
    collector = content.taskManager.CreateCollectorForTasks(vim.TaskFilterSpec())
    tasks = collector.ReadNextTasks(100)
    collector.DestroyCollector()
    print("tasks:", [(task.descriptionId, task.entityName, task.state) for task in tasks])


def main():
    host, port, ca_file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    instance = connect(host, port, ca_file)
    content = instance.RetrieveContent()
    print("about:", content.about.fullName, content.about.apiVersion)
    print("session:", content.sessionManager.currentSession.userName)
    vm = walk(content)
    follow(content, vm)
    faults(host, port, ca_file, instance, vm)
    histories(content)
    volumes(host, port, ca_file, instance)
    disks(host, port, ca_file, instance)
    Disconnect(instance)


main()
