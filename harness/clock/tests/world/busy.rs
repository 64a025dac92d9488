//! Programs that never sleep: those that look at the clock, and those that wait for others without a look.

use std::time::Duration;

use libtest_mimic::Trial;
use seatrial_clock::{Event, Options};

use crate::setting::{Outcome, World, expect, small, trial_with};

pub fn trials() -> Vec<Trial> {
    let fifo = || Options { cpu: Some(0), ..Options::default() };
    vec![
        trial_with("busy::a_look_at_the_clock_moves_it", Options { looks: 64, ..Options::default() }, |world| async move {
            let words = world.small(&["spin", "50"]).await?;
            expect("milliseconds", &words.trim(), &"50 3200")?;
            expect("events", &world.told().len(), &0)
        }),
        trial_with("busy::time_goes_on_for_who_spins_on_the_clock", Options::default(), spinning),
        trial_with("busy::time_goes_on_on_one_cpu_too", fifo(), spinning),
        trial_with("busy::work_takes_no_time", fifo(), |world| async move {
            world.small(&["busy", "700"]).await?;
            expect("the world's time", &world.clock.elapsed(), &Duration::ZERO)?;
            expect("events", &world.told(), &Vec::new())
        }),
        trial_with(
            "busy::two_threads_that_wait_for_each_other_without_sleep",
            Options { turn: Duration::from_millis(50), ..fifo() },
            |world| async move {
                let words = world.small(&["volley", "3"]).await?;
                expect("words", &words.trim(), &"done")?;
                let turns = world.told().iter().filter(|event| matches!(event, Event::Turn { .. })).count();
                if turns == 0 { Err("nobody was let in".into()) } else { Ok(()) }
            },
        ),
        trial_with("busy::a_timer_that_does_not_follow_is_named", Options::default(), |world| async move {
            let child = world.launch(small(&["timerfd"])?, "timerfd").await?;
            world.clock.rest().await;
            expect("ending", &child.ending(), &None)?;
            let events = world.told();
            match events.as_slice() {
                [Event::Unsupported { what, .. }] if what.contains("timerfd") => Ok(()),
                other => Err(format!("{other:?}").into()),
            }
        }),
        trial_with(
            "busy::who_holds_up_the_world_is_named",
            Options { standstill: Duration::from_millis(300), ..Options::default() },
            |world| async move {
                world.small(&["busy", "1500"]).await?;
                let events = world.told();
                match events.first() {
                    Some(Event::Standstill { threads, .. }) if threads.contains("Running") => Ok(()),
                    other => Err(format!("{other:?}").into()),
                }
            },
        ),
    ]
}

/// One spins on its clock while another beats: the other beats on, at its own times.
async fn spinning(world: World) -> Outcome {
    world.launch(small(&["beat", "100"])?, "beat").await?;
    world.clock.rest().await;
    let spinner = world.launch(small(&["spin", "1950"])?, "spin").await?;
    spinner.exited().await;
    let words = std::fs::read_to_string(world.file("spin"))?;
    expect("milliseconds", &words.split(' ').next(), &Some("1950"))?;
    world.clock.rest().await;
    let beats = std::fs::read_to_string(world.file("beat"))?;
    let expected: String = (1..=19).map(|n| format!("{}\n", 100 * n)).collect();
    // The spinner is ahead of the world by what it saw between two looks of the keeper's.
    if !expected.starts_with(&beats) || beats.lines().count() < 10 {
        return Err(format!("beats: {beats:?}, {:?}", world.told()).into());
    }
    let me = std::env::current_exe()?.file_name().ok_or("a name")?.to_string_lossy().into_owned();
    let patient = world.told().iter().any(|event| matches!(event, Event::Patience { program, .. } if program == &me));
    expect("whether the patience was told", &patient, &true)
}
