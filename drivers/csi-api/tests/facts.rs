//! The names and numbers that must be exact on the wire, read from the compiled descriptors.

use std::collections::BTreeMap;
use std::fmt::Write;

use prost::Message;
use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorSet};

/// One line per field: `number name`, and the lines of nested messages and enums below.
fn message_lines(out: &mut String, prefix: &str, message: &DescriptorProto) {
    let path = format!("{prefix}{}", message.name());
    let is_map = message.options.as_ref().is_some_and(prost_types::MessageOptions::map_entry);
    if is_map {
        return;
    }
    let fields: BTreeMap<i32, String> = message.field.iter().map(|field| (field.number(), field.name().to_owned())).collect();
    let fields: Vec<String> = fields.into_iter().map(|(number, name)| format!(" {number} {name}")).collect();
    writeln!(out, "{path}:{}", fields.concat()).expect("a String takes all");
    for nested in &message.nested_type {
        message_lines(out, &format!("{path}."), nested);
    }
    for members in &message.enum_type {
        enum_line(out, &format!("{path}."), members);
    }
}

fn enum_line(out: &mut String, prefix: &str, members: &EnumDescriptorProto) {
    let values: Vec<String> = members.value.iter().map(|value| format!("{} {}", value.number(), value.name())).collect();
    writeln!(out, "{prefix}{} = {}", members.name(), values.join(", ")).expect("a String takes all");
}

#[test]
fn names_and_numbers_are_those_of_the_specification() {
    let set = FileDescriptorSet::decode(csi_api::DESCRIPTORS).expect("the build wrote it");
    let mut out = String::new();
    for file in set.file.iter().filter(|file| file.package() == "csi.v1") {
        for service in &file.service {
            let methods: Vec<&str> = service.method.iter().map(prost_types::MethodDescriptorProto::name).collect();
            writeln!(out, "/{}.{}/{{{}}}", file.package(), service.name(), methods.join(", ")).expect("a String takes all");
        }
        for message in &file.message_type {
            message_lines(&mut out, "", message);
        }
    }
    insta::assert_snapshot!(out);
}
