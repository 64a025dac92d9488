//! The program that a container runs while it only holds its files: it waits until nobody has a pipe open any more, and ends.
//!
//! An image made from nothing has no program that could wait, so this is one without libraries: open, read, exit. Whatever ends the run
//! closes the pipe, and the engine removes the container after it. A run may end before the container has begun: so the pipe is opened without
//! waiting for somebody at its other end, and read only then with waiting, which ends at once where nobody is.

/// Where it is loaded.
const BASE: u64 = 0x40_0000;
/// The heads of an ELF file with one segment.
const HEADS: u64 = 64 + 56;

/// `open(PATH, O_RDONLY | O_NONBLOCK)`, `fcntl(it, F_SETFL, 0)`, `read(it, stack, 1)`, `exit(0)`; the path follows.
const CODE: [u8; 54] = [
    0xb8, 2, 0, 0, 0, // mov eax, open
    0x48, 0x8d, 0x3d, 42, 0, 0, 0, // lea rdi, [rip + 42]
    0xbe, 0, 8, 0, 0, // mov esi, O_NONBLOCK
    0x0f, 0x05, // syscall
    0x89, 0xc7, // mov edi, eax
    0xb8, 72, 0, 0, 0, // mov eax, fcntl
    0x6a, 4, 0x5e, // push F_SETFL; pop rsi
    0x31, 0xd2, // xor edx, edx
    0x0f, 0x05, // syscall
    0x48, 0x89, 0xe6, // mov rsi, rsp
    0xba, 1, 0, 0, 0, // mov edx, 1
    0x31, 0xc0, // xor eax, eax
    0x0f, 0x05, // syscall
    0xb8, 60, 0, 0, 0, // mov eax, exit
    0x31, 0xff, // xor edi, edi
    0x0f, 0x05, // syscall
];

/// The program's file, for a pipe of this path.
pub(super) fn program(pipe: &[u8]) -> Vec<u8> {
    let size = HEADS + u64::try_from(CODE.len() + pipe.len() + 1).unwrap_or_default();
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let mut put = |bytes: &[u8]| file.extend_from_slice(bytes);
    // An executable for x86-64 of this version: entry, heads of segments, no sections.
    put(&2u16.to_le_bytes());
    put(&62u16.to_le_bytes());
    put(&1u32.to_le_bytes());
    for number in [BASE + HEADS, 64, 0] {
        put(&number.to_le_bytes());
    }
    put(&0u32.to_le_bytes());
    for number in [64u16, 56, 1, 0, 0, 0] {
        put(&number.to_le_bytes());
    }
    // One segment, to be read and executed: the whole file.
    put(&1u32.to_le_bytes());
    put(&5u32.to_le_bytes());
    for number in [0, BASE, BASE, size, size, 0x1000] {
        put(&number.to_le_bytes());
    }
    put(&CODE);
    put(pipe);
    put(&[0]);
    file
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    use std::process::Command;

    use nix::sys::stat::Mode;

    use super::*;

    /// A pipe, somebody at its writing end, and the program for it.
    fn made(folder: &Path) -> (File, Command) {
        let (pipe, path) = (folder.join("pipe"), folder.join("hold"));
        nix::unistd::mkfifo(&pipe, Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
        let open = File::options().read(true).write(true).open(&pipe).unwrap();
        std::fs::write(&path, program(pipe.as_os_str().as_bytes())).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        (open, Command::new(&path))
    }

    #[test]
    fn it_waits_until_the_pipe_is_nobodys() {
        let folder = tempfile::tempdir().unwrap();
        let (open, mut program) = made(folder.path());
        let mut child = program.spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert!(child.try_wait().unwrap().is_none());
        drop(open);
        assert!(child.wait().unwrap().success());
    }

    #[test]
    fn it_ends_where_the_pipe_was_nobodys_before_it_began() {
        let folder = tempfile::tempdir().unwrap();
        let (open, mut program) = made(folder.path());
        drop(open);
        assert!(program.status().unwrap().success());
    }
}
