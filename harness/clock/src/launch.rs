//! Starts a program and gives it the world's clock before its first instruction.

use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use nix::errno::Errno;
use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::elf::{self, Image};
use crate::inject;
use crate::page::{ClockPage, Dial};
use crate::process::Process;
use crate::program::{Ending, Fate, Program};
use crate::role;
use crate::room::Room;
use crate::seeded;
use crate::stops::{self, Stop};
use crate::vdso::{Vdso, VdsoError};

/// Why a program does not run in the world's clock.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The harness's own executable could not be started as the launcher.
    #[error("cannot start {} to launch {program}: {source}", launcher.display())]
    Launcher {
        /// The program's name.
        program: String,
        /// The executable with the hidden role.
        launcher: PathBuf,
        /// What the kernel said.
        source: io::Error,
    },
    /// The kernel does not let us trace our own child.
    #[error(
        "the kernel forbids tracing {program}: {source}; needed is ptrace of one's own children (kernel.yama.ptrace_scope 0 or 1, or CAP_SYS_PTRACE; a container's seccomp profile may forbid it)"
    )]
    Trace {
        /// The program's name.
        program: String,
        /// What the kernel said.
        source: Errno,
    },
    /// The kernel did not start the program.
    #[error("{} cannot be started: {source}", path.display())]
    Exec {
        /// The executable.
        path: PathBuf,
        /// What the kernel said.
        source: Errno,
    },
    /// The launcher ended before it became the program: it does not call `role::take_over`, or was killed.
    #[error("{} {ending} instead of becoming {program}; does its main call seatrial_clock::role::take_over first?", launcher.display())]
    NoRole {
        /// The program's name.
        program: String,
        /// The executable with the hidden role.
        launcher: PathBuf,
        /// How it ended.
        ending: Ending,
    },
    /// The program is not for this machine.
    #[error("{} is for another machine (ELF machine {machine}); only x86-64 programs of 64 bits can live in the world's clock", path.display())]
    Foreign {
        /// The executable.
        path: PathBuf,
        /// Its number in the ELF header.
        machine: u16,
    },
    /// Its clock could not be changed.
    #[error("cannot give {program} the world's clock: {source}")]
    Adopt {
        /// The program's name.
        program: String,
        /// The failed step.
        source: AdoptError,
    },
    /// The keeper was shut down.
    #[error("the keeper of time has been shut down")]
    Over,
}

/// Which step of giving a program the world's clock failed.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// The kernel does not show the program to us.
    #[error("/proc shows nothing of it: {0}")]
    Proc(#[from] io::Error),
    /// It is not for this machine.
    #[error("it is for another machine (ELF machine {0})")]
    Foreign(u16),
    /// Its vDSO is not as it must be.
    #[error(transparent)]
    Vdso(#[from] VdsoError),
    /// No page could be mapped into it.
    #[error("no page could be mapped into it: {0}")]
    Map(#[from] Errno),
}

/// What became of a launch.
pub(crate) struct Launched {
    pub pid: i32,
    pub number: u64,
    pub fate: Arc<Fate>,
}

impl Room {
    /// Starts a program; it runs when this returns.
    pub(crate) fn launch(&mut self, program: Program) -> Result<Launched, LaunchError> {
        let name = program.name();
        let path = find(&program)?;
        let dial = Dial {
            calendar: self.calendar + i64::try_from(program.skew.as_nanos()).unwrap_or(0),
            shift: self.shift,
            quantum: self.quantum,
            seed: program.seed.unwrap_or(0),
        };
        let seed = program.seed;
        let pid = self.start(program, &path, &name)?;
        let outcome = self.become_program(pid, &name, &path, dial, seed);
        if outcome.is_err() {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            while !matches!(stops::wait_for(pid), Err(_) | Ok(Stop::Ended { .. })) {}
        }
        outcome
    }

    /// Starts the launcher and traces it; it waits for that before it becomes the program.
    fn start(&self, program: Program, path: &Path, name: &str) -> Result<i32, LaunchError> {
        let launcher = self.launcher.clone();
        let failed = |source| LaunchError::Launcher { program: name.to_owned(), launcher: launcher.clone(), source };
        let mut command = Command::new(&launcher);
        command.arg(role::ROLE).arg(self.scheduling.word());
        command.arg(if program.seed.is_some() { "fixed" } else { "free" });
        command.arg(path).arg(&program.path).args(&program.arguments);
        command.env_clear().envs(program.environment);
        if let Some(directory) = program.directory {
            command.current_dir(directory);
        }
        command.stdin(Stdio::piped());
        command.stdout(program.stdout.map_or_else(Stdio::null, Stdio::from));
        command.stderr(program.stderr.map_or_else(Stdio::null, Stdio::from));
        let mut child = command.spawn().map_err(failed)?;
        let pid = i32::try_from(child.id()).unwrap_or(0);
        if let Err(source) = ptrace::seize(Pid::from_raw(pid), stops::options()) {
            let ended = child.try_wait().ok().flatten().and_then(|status| status.code()).map(Ending::Exited);
            let _ = child.kill();
            let _ = child.wait();
            return Err(match ended {
                Some(ending) => self.no_exec(name, path, ending),
                None => LaunchError::Trace { program: name.to_owned(), source },
            });
        }
        // Its end is what the launcher waits for.
        drop(child.stdin.take());
        Ok(pid)
    }

    fn become_program(&mut self, pid: i32, name: &str, path: &Path, dial: Dial, seed: Option<u64>) -> Result<Launched, LaunchError> {
        let thread = Pid::from_raw(pid);
        let trace = |source| LaunchError::Trace { program: name.to_owned(), source };
        loop {
            match stops::wait_for(pid).map_err(trace)? {
                // The launcher's own exec may still be under way when it is traced.
                Stop::Event { event: stops::EVENT_EXEC, .. } if !is_launcher(pid) => break,
                Stop::Signal { signal, .. } => ptrace::cont(thread, Signal::try_from(signal).ok()).map_err(trace)?,
                Stop::Event { .. } => ptrace::cont(thread, None).map_err(trace)?,
                Stop::Ended { ending, .. } => return Err(self.no_exec(name, path, ending)),
            }
        }
        let adopt = |source| match source {
            AdoptError::Foreign(machine) => LaunchError::Foreign { path: path.to_owned(), machine },
            source => LaunchError::Adopt { program: name.to_owned(), source },
        };
        let number = self.processes.next_number();
        let fate = Arc::new(Fate::default());
        let mut process = Process::new(pid, name.to_owned(), number).map_err(|source| adopt(source.into()))?;
        process.fate = Some(fate.clone());
        self.processes.add(process).map_err(|source| adopt(source.into()))?;
        let adopted = self.adopt_seeded(number, dial, seed);
        if let Err(source) = adopted {
            self.processes.remove_thread(pid);
            return Err(adopt(source));
        }
        ptrace::cont(thread, None).map_err(trace)?;
        Ok(Launched { pid, number, fate })
    }

    /// The launcher ended before its exec: its status is the number of the error.
    fn no_exec(&self, name: &str, path: &Path, ending: Ending) -> LaunchError {
        match ending {
            Ending::Exited(status @ 1..127) => LaunchError::Exec { path: path.to_owned(), source: Errno::from_raw(status) },
            ending => LaunchError::NoRole { program: name.to_owned(), launcher: self.launcher.clone(), ending },
        }
    }

    /// Gives a process that stands at its exec stop the world's clock.
    pub(crate) fn adopt(&mut self, number: u64, dial: Dial) -> Result<(), AdoptError> {
        let seed = (dial.seed != 0).then_some(dial.seed);
        self.adopt_seeded(number, dial, seed)
    }

    fn adopt_seeded(&mut self, number: u64, dial: Dial, seed: Option<u64>) -> Result<(), AdoptError> {
        self.processes.only_first_thread(number)?;
        let Some(process) = self.processes.get_mut(number) else { return Ok(()) };
        let pid = Pid::from_raw(process.pid);
        let path = std::fs::read_link(format!("/proc/{pid}/exe"))?;
        process.program = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        process.go = match elf::inspect(&File::open(format!("/proc/{pid}/exe"))?)? {
            Image::Ours { go } => go,
            Image::Foreign { machine } => return Err(AdoptError::Foreign(machine)),
            Image::Other => false,
        };
        process.memory = Arc::new(File::options().read(true).write(true).open(format!("/proc/{pid}/mem"))?);
        process.page = number;
        let vdso = Vdso::find(pid.as_raw(), &process.memory)?;
        let address = inject::map_page(pid, vdso.syscall_instruction()?)?;
        let page = ClockPage::new(process.memory.clone(), address, dial);
        page.fill(self.now)?;
        vdso.patch(pid, &process.memory, address, seed.is_some())?;
        if let Some(seed) = seed {
            process.memory.write_all_at(&seeded::first(seed), vdso.random)?;
        }
        self.pages.insert(number, page, self.now);
        Ok(())
    }
}

/// Whether a process that stands at its exec stop has become the launcher, not the program.
fn is_launcher(pid: i32) -> bool {
    let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    words.split(|byte| *byte == 0).nth(1) == Some(role::ROLE.as_bytes())
}

/// The executable itself, by the program's own PATH, and that it is for this machine.
fn find(program: &Program) -> Result<PathBuf, LaunchError> {
    let path = &program.path;
    let missing = |source: io::Error| LaunchError::Exec { path: path.clone(), source: Errno::from_raw(source.raw_os_error().unwrap_or(0)) };
    let base = program.directory.as_deref().unwrap_or(Path::new(""));
    let found = if path.as_os_str().as_bytes().contains(&b'/') {
        std::path::absolute(base.join(path)).map_err(missing)?
    } else {
        let paths = program.environment.iter().find(|(name, _)| name == "PATH").map(|(_, value)| value.as_os_str()).unwrap_or_default();
        let candidates = std::env::split_paths(paths).map(|folder| base.join(folder).join(path));
        candidates.into_iter().find(|path| path.is_file()).ok_or_else(|| missing(io::Error::from_raw_os_error(Errno::ENOENT as i32)))?
    };
    let file = File::open(&found).map_err(missing)?;
    match elf::inspect(&file).map_err(missing)? {
        Image::Foreign { machine } => Err(LaunchError::Foreign { path: found, machine }),
        Image::Ours { .. } | Image::Other => Ok(found),
    }
}
