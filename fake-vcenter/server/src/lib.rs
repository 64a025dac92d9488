//! The fake vCenter's shell: HTTP endpoints in front of a world.
