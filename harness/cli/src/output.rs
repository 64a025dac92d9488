//! What the command says on its standard output. A reader who has seen enough (`seatrial schema | head`) is no failure.

use std::io::{ErrorKind, Write};

use crate::exit::Exit;

/// Prints a whole text.
pub fn say(text: &str) -> Exit {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => fail(&format!("failed to print: {error}"), Exit::Environment),
        _ => Exit::Passed,
    }
}

/// Says why the command ends, and how.
pub fn fail(message: &str, exit: Exit) -> Exit {
    eprintln!("seatrial: {message}");
    exit
}
