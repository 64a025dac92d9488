//! The `fake-vcenter` command.

use std::process::ExitCode;

use fake_vcenter::arguments::Arguments;
use fake_vcenter::command;

/// A call is hundreds of small allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        // clap ends with 2 on a wrong flag, which is our code for wrong input too, and with 0 when it was asked for help.
        Err(error) => error.exit(),
    };
    command::run(&arguments).into()
}
