//! Compiles the protobuf files in Rust: no protoc on the machine, nothing downloaded.

use std::path::Path;

use prost::Message;

const FILES: [&str; 5] = ["options", "volume", "identity", "controller", "node"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=proto");
    let descriptors = protox::compile(FILES.map(|name| format!("csi/v1/{name}.proto")), ["proto"])?;

    // The descriptors stay available at run time: the crate's own check reads them.
    let out = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is set by cargo")?;
    std::fs::write(Path::new(&out).join("csi.v1.bin"), descriptors.encode_to_vec())?;

    tonic_prost_build::configure()
        .build_transport(false)
        // Ordered maps: what is printed or sent must not differ from run to run.
        .btree_map(".")
        .compile_fds(descriptors)?;
    Ok(())
}
