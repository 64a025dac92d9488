# One recipe a CI step; `just ci` is what CI runs. `.ci/run` calls the same commands without needing just.

# Everything that CI checks.
ci: test format lint architecture scenarios determinism

# The tests of all rooms.
test:
    cargo test --workspace

# Formatting.
format:
    cargo fmt --all -- --check

# Clippy, warnings as errors.
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Arrows and bans.
architecture:
    cargo test --workspace --test architecture --test tidy

# Every scenario.
scenarios:
    cargo run --release -- run

# Every scenario, our drivers as processes in the world's time.
processes:
    cargo run --release -- run --drivers processes --out target/seatrial-processes

# Every scenario with upstream's drivers (after `just external`), compared with drivers/external/outcomes.txt.
upstream *FLAGS:
    .ci/upstream {{FLAGS}}

# The same with real devices and upstream's node plugin, for the scenarios that write or read bytes (root).
upstream-devices *FLAGS:
    .ci/upstream --devices {{FLAGS}}

# Debug and release builds write the same journals, at seeds 1, 2 and 3 or those that are named.
determinism *SEEDS:
    .ci/determinism {{SEEDS}}

# Licences, advisories, bans of the dependencies (needs cargo-deny).
deny:
    cargo deny check

# Wall and virtual time, rates and memory of each scenario.
bench *only:
    cargo run --release -p seatrial-engine --example bench -- {{only}}

# Bugs that users reported, put back one at a time: who finds them without a scenario of their own (docs/search.md).
zoo *only:
    cargo run --release -p seatrial-search --example zoo -- {{only}}

# A vCenter on loopback TLS, for govc and friends.
vcenter *FLAGS:
    cargo run --release -p fake-vcenter -- {{FLAGS}}

# Our vCenter beside govmomi's simulator, which is built where Go is there: rates, processor time, memory. By numbers of VMs.
bench-vcenter *VMS:
    cargo bench --workspace --bench beside -- {{VMS}}

# Upstream's drivers and sidecars into target/external, for `--driver csi=upstream-csi` (needs Go); or programs by their names.
external *PROGRAMS:
    .ci/external {{PROGRAMS}}

# A real kube-apiserver and etcd into target/external, for `--kubernetes assets` with KUBEBUILDER_ASSETS=target/external.
assets:
    .ci/external kube-apiserver etcd

# The archive of a release, as `cargo binstall` looks for it, into target/package.
package:
    cargo build --release
    .ci/package

# A container image, made from nothing: target/seatrial-image.tar, for `docker load -i`.
image:
    cargo build --release
    .ci/image
