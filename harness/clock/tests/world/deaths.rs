//! Children that die, are killed, are stopped, or never begin.

use std::path::PathBuf;
use std::time::Duration;

use libtest_mimic::Trial;
use nix::sys::signal::Signal;
use seatrial_clock::{Ending, LaunchError, Options, Program};

use crate::child::CHILD;
use crate::setting::{Outcome, World, expect, in_world, small, trial, trial_with};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("deaths::at_once", |world| async move {
            let child = world.launch(small(&["exit", "7"])?, "exit").await?;
            expect("ending", &child.exited().await, &Ending::Exited(7))?;
            expect("the world's time", &world.clock.elapsed(), &Duration::ZERO)
        }),
        trial("deaths::in_the_middle", in_the_middle),
        trial("deaths::of_several_threads_at_the_instant_at_which_the_first_is_due", as_it_is_due),
        trial_with("deaths::the_same_on_one_cpu", Options { cpu: Some(0), ..Options::default() }, as_it_is_due),
        Trial::test("deaths::nobody_survives_the_harness", || survivors().map_err(|error| error.to_string().into())),
        trial("deaths::a_stopped_child_waits_until_it_is_continued", stopped),
        trial("deaths::a_missing_program_is_named", |world| async move {
            let error = world.clock.launch(Program::new("/nowhere/nothing")).await.err().ok_or("it began")?;
            expect("error", &error.to_string().as_str(), &"/nowhere/nothing cannot be started: ENOENT: No such file or directory")
        }),
        trial("deaths::a_program_for_another_machine_is_named", foreign),
        trial_with(
            "deaths::a_launcher_without_the_role_is_named",
            Options { launcher: PathBuf::from("/bin/true"), ..Options::default() },
            |world| async move {
                let error = world.clock.launch(small(&["exit", "0"])?).await.err().ok_or("it began")?;
                if matches!(error, LaunchError::NoRole { .. }) { Ok(()) } else { Err(error.into()) }
            },
        ),
    ]
}

/// One child is killed while another sleeps; it is heard of before time goes on.
async fn in_the_middle(world: World) -> Outcome {
    let other = world.launch(small(&["beat", "60000"])?, "other").await?;
    let child = world.launch(small(&["forever"])?, "child").await?;
    tokio::time::sleep(Duration::from_secs(90)).await;
    child.signal(Signal::SIGKILL).await?;
    expect("ending", &child.exited().await, &Ending::Killed(9))?;
    expect("the world's time", &world.clock.elapsed(), &Duration::from_secs(90))?;
    expect("a signal to the dead", &child.signal(Signal::SIGTERM).await.is_err(), &true)?;
    expect("the other", &other.ending(), &None)
}

/// Its first thread is due when all of them end: nobody waits for the first while the ends of the others are unheard.
async fn as_it_is_due(world: World) -> Outcome {
    for round in 0..20 {
        let begin = world.clock.elapsed();
        let child = world.launch(small(&["beside", "5", "1000"])?, "beside").await?;
        world.clock.rest().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        // Not by the keeper, who would first hear what there is to hear.
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(child.pid()), Signal::SIGKILL)?;
        world.clock.touch();
        expect(&format!("ending {round}"), &child.exited().await, &Ending::Killed(9))?;
        expect("the world's time", &(world.clock.elapsed() - begin), &Duration::from_secs(1))?;
    }
    Ok(())
}

async fn stopped(world: World) -> Outcome {
    let child = world.launch(small(&["beat", "10000"])?, "beat").await?;
    tokio::time::sleep(Duration::from_secs(25)).await;
    child.signal(Signal::SIGSTOP).await?;
    tokio::time::sleep(Duration::from_secs(100)).await;
    expect("beats while stopped", &std::fs::read_to_string(world.file("beat"))?.as_str(), &"10000\n20000\n")?;
    child.signal(Signal::SIGCONT).await?;
    world.clock.rest().await;
    expect("beats", &std::fs::read_to_string(world.file("beat"))?.as_str(), &"10000\n20000\n125000\n")?;
    child.signal(Signal::SIGTERM).await?;
    expect("ending", &child.exited().await, &Ending::Killed(15))
}

/// A header of an executable for aarch64.
async fn foreign(world: World) -> Outcome {
    let mut header = [0_u8; 120];
    header[..8].copy_from_slice(b"\x7fELF\x02\x01\x01\x00");
    (header[16], header[18]) = (2, 183);
    let path = world.file("foreign");
    std::fs::write(&path, header)?;
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    match world.clock.launch(Program::new(path)).await {
        Err(LaunchError::Foreign { machine: 183, .. }) => Ok(()),
        Err(error) => Err(error.into()),
        Ok(_) => Err("it began".into()),
    }
}

/// A harness of its own process: starts a shell and its child, writes their numbers down, and waits to be killed.
pub fn harness(file: &str) -> Outcome {
    in_world(Options::default(), async |world| {
        let shell = world.launch(Program::new("/bin/sh").arguments(["-c", "sleep 100000 & sleep 100000; true"]), "shell").await?;
        world.clock.rest().await;
        let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", shell.pid()))?;
        std::fs::write(format!("{file}.new"), format!("{} {children}", shell.pid()))?;
        std::fs::rename(format!("{file}.new"), file)?;
        // For good: by the machine's clock, because the world's is not looked at any more.
        std::thread::sleep(Duration::from_secs(3600));
        Ok(())
    })
}

/// The harness is killed as hard as can be: whom it started, and whom they started, are gone.
fn survivors() -> Outcome {
    let place = tempfile::tempdir()?;
    let file = place.path().join("numbers");
    let mut harness = std::process::Command::new(std::env::current_exe()?).args([CHILD, "harness"]).arg(&file).spawn()?;
    while !file.exists() {
        expect("the harness", &harness.try_wait()?.is_none(), &true)?;
        std::thread::sleep(Duration::from_millis(5));
    }
    harness.kill()?;
    harness.wait()?;
    let numbers = std::fs::read_to_string(&file)?;
    expect("how many there were", &numbers.split_whitespace().count(), &3)?;
    for pid in numbers.split_whitespace() {
        // A zombie whose new parent has not looked yet runs no more.
        while std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z")) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    Ok(())
}
