"""Describes the types and methods named on standard input, one a line, as pyVmomi knows them.

One line per fact, tab-separated:
  type    NAME  KIND  BASE
  field   NAME  FIELD  DECLARED  optional|required  array|single  VERSION
  member  NAME  MEMBER
  method  NAME  OBJECT
  result  NAME  DECLARED  optional|required  array|single
  unknown NAME
A method's parameters are fields of `METHOD()`.
"""

import sys

from pyVmomi import VmomiSupport as support
from pyVmomi import pbm, vim, vslm  # noqa: F401  loads the tables

NAMESPACES = ("urn:vim25", "urn:vsan", "urn:pbm", "urn:vslm")
# Local to pyVmomi, not on the wire.
LOCAL = {"dynamicType", "dynamicProperty", "msg"}
TEXTS = {"string", "PropertyPath", "TypeName", "MethodName", "anyURI"}


def find(name):
    for namespace in NAMESPACES:
        try:
            return support.GetWsdlType(namespace, name)
        except KeyError:
            pass
    return None


def declared(item, owner):
    name = support.GetWsdlName(item)
    if name == "MethodFault" and owner != "LocalizedMethodFault":
        return "LocalizedMethodFault"  # A fault in a field goes over the wire in this wrapper.
    if name in TEXTS:
        return "string"
    if name.startswith("binary") or name == "base64Binary":
        return "base64Binary"
    if issubclass(item, support.ManagedObject):
        return "ref " + name
    return name


def shape(type_, flags, owner):
    array = issubclass(type_, list)
    item = type_.Item if array else type_
    optional = "optional" if flags & support.F_OPTIONAL else "required"
    return declared(item, owner), optional, "array" if array else "single"


def describe_type(name, type_):
    if hasattr(type_, "values"):
        print("type", name, "enum", "", sep="\t")
        for member in type_.values:
            print("member", name, member, sep="\t")
        return
    managed = issubclass(type_, support.ManagedObject)
    base = type_.__mro__[1]
    if managed:
        base_name = support.GetWsdlName(base) if base is not support.ManagedObject else ""
    elif name == "LocalizedMethodFault" or base is support.DataObject:
        base_name = "DynamicData"  # pyVmomi's own classes stand between.
    else:
        base_name = support.GetWsdlName(base)
    print("type", name, "managed" if managed else "data", base_name, sep="\t")
    for field in type_._GetPropertyList():
        if field.name in LOCAL:
            continue
        if name == "LocalizedMethodFault" and field.name in ("faultCause", "faultMessage"):
            continue
        version = support.versionIdMap.get(field.version, "")
        print("field", name, field.name, *shape(field.type, field.flags, name), version, sep="\t")


def methods():
    table = {}
    for (namespace, name) in list(support._wsdlDefMap):
        if namespace in NAMESPACES:
            type_ = support.GetWsdlType(namespace, name)
            for info in getattr(type_, "_methodInfo", {}).values():
                table.setdefault(info.wsdlName, (name, info))
    return table


def describe_method(name, owner, info):
    print("method", name, owner, sep="\t")
    for field in info.params:
        version = support.versionIdMap.get(field.version, "")
        type_ = support.GetVmodlType(field.typeName)
        print("field", name + "()", field.name, *shape(type_, field.flags, name), version, sep="\t")
    if info.isTask:
        print("result", name, "ref " + support.GetWsdlName(info.result), "required", "single", sep="\t")
    elif info.methodResultName != "void":
        print("result", name, *shape(support.GetVmodlType(info.methodResultName), info.resultFlags, name), sep="\t")


def main():
    known_methods = methods()
    for line in sys.stdin:
        name = line.strip()
        if name.endswith("()"):
            found = known_methods.get(name[:-2])
            if found:
                describe_method(name[:-2], *found)
            else:
                print("unknown", name, sep="\t")
            continue
        type_ = find(name)
        if type_ is None:
            print("unknown", name, sep="\t")
        else:
            describe_type(name, type_)


main()
