//! Numbers from a seed: the stream that all draws of a program's process are taken from.

/// The sixteen bytes that a program takes its first randomness from.
pub(crate) fn first(seed: u64) -> [u8; 16] {
    let mut bytes = [0; 16];
    for (n, half) in bytes.chunks_exact_mut(8).enumerate() {
        half.copy_from_slice(&word(seed, n as u64).to_ne_bytes());
    }
    bytes
}

/// The `n`th word of a seed's stream: splitmix64.
pub(crate) fn word(seed: u64, n: u64) -> u64 {
    let mut z = seed.wrapping_add((n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
