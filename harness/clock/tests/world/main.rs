//! Programs of others in the world's clock: each trap that was met, with a small child of ours (this executable with
//! other arguments), and with Go programs where Go is present.

mod busy;
mod child;
mod deaths;
mod descendants;
mod go;
mod repeat;
mod server;
mod setting;
mod waits;

use libtest_mimic::{Arguments, Trial};

fn main() {
    seatrial_clock::role::take_over(std::env::args_os());
    if child::take_over() {
        return;
    }
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = Vec::new();
    trials.extend(waits::trials());
    trials.extend(busy::trials());
    trials.extend(server::trials());
    trials.extend(deaths::trials());
    trials.extend(descendants::trials());
    trials.extend(go::trials());
    trials.extend(repeat::trials());
    libtest_mimic::run(&arguments, trials).exit();
}
