//! What a child starts lives in the world's clock as well.

use std::time::Duration;

use libtest_mimic::Trial;
use seatrial_clock::Program;

use crate::child::CHILD;
use crate::setting::{Outcome, World, expect, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("descendants::an_exec_through_a_wrapper", |world| shell(world, "exec \"$0\" \"$@\"")),
        trial("descendants::a_shell_and_its_child", |world| shell(world, "\"$0\" \"$@\"; true")),
        trial("descendants::a_subshell_in_the_background", |world| shell(world, "(\"$0\" \"$@\"; true) & wait")),
        trial("descendants::a_tool_of_two_seconds_of_cpu_under_a_deadline_of_one", |world| async move {
            let me = std::env::current_exe()?;
            let words = world.small(&["patient", "1000", &me.to_string_lossy(), CHILD, "busy", "2000"]).await?;
            expect("outcome", &words.trim(), &"in time true 0")
        }),
        trial("descendants::a_tool_that_sleeps_beyond_a_deadline", |world| async move {
            let me = std::env::current_exe()?;
            let words = world.small(&["patient", "1000", &me.to_string_lossy(), CHILD, "wait", "sleep", "2000"]).await?;
            expect("outcome", &words.trim(), &"late false 1000")
        }),
    ]
}

/// Waits for 30 s through a shell.
async fn shell(world: World, script: &str) -> Outcome {
    let me = std::env::current_exe()?;
    let program =
        Program::new("/bin/sh").arguments(["-c", script]).arguments([me.as_os_str()]).arguments([CHILD, "wait", "sleep", "30000"]);
    let words = world.words(program).await?;
    expect("milliseconds", &words.trim(), &"30000")?;
    expect("the world's time", &world.clock.elapsed(), &Duration::from_secs(30))
}
