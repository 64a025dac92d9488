//! Cargo looks at dependencies for builds only where there is a build script.

fn main() {}
