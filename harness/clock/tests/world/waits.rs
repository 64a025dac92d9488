//! Waits of every kind end in the world's time, to the millisecond.

use std::time::Duration;

use libtest_mimic::Trial;
use seatrial_clock::Options;

use crate::setting::{Outcome, expect, small, trial, trial_with, within};

const WAYS: [&str; 10] = ["sleep", "condition", "channel", "park", "poll", "epoll", "select", "absolute", "absolute-calendar", "relative"];

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = WAYS
        .iter()
        .map(|way| {
            trial(&format!("waits::{way}"), move |world| async move {
                let words = world.small(&["wait", way, "30000"]).await?;
                expect("milliseconds", &words.trim(), &"30000")?;
                expect("the world's time", &world.clock.elapsed(), &Duration::from_secs(30))
            })
        })
        .collect();
    trials.push(trial("waits::both_clocks_begin_where_they_should", |world| async move {
        let words = world.small(&["clocks"]).await?;
        expect("clocks", &words.trim(), &"1893456000000000000 100000000000000000")
    }));
    trials.push(trial("waits::a_skew_moves_the_calendar_alone", |world| async move {
        let mut program = small(&["clocks"])?;
        program.skew = Duration::from_nanos(1009);
        let words = world.words(program).await?;
        expect("clocks", &words.trim(), &"1893456000000001009 100000000000000000")
    }));
    trials.push(trial("waits::threads_that_come_and_go", |world| async move {
        let words = world.small(&["threads", "20", "25"]).await?;
        expect("milliseconds", &words.trim(), &"500000")
    }));
    trials.push(trial("waits::hundreds_of_threads", |world| async move {
        let words = world.small(&["threads", "400", "1"]).await?;
        expect("milliseconds", &words.trim(), &"400000")
    }));
    trials.push(trial("waits::a_timer_of_the_harness_between_two_of_a_child", between));
    let slack = Options { slack: Duration::from_millis(500), ..Options::default() };
    trials.push(trial_with("waits::with_slack_late_by_no_more_than_that", slack, |world| async move {
        let words = world.small(&["wait", "sleep", "1200"]).await?;
        expect("milliseconds", &words.trim(), &"1500")
    }));
    trials
}

async fn between(world: crate::setting::World) -> Outcome {
    let child = world.launch(small(&["beat", "2000"])?, "beat").await?;
    tokio::time::sleep(Duration::from_secs(7)).await;
    within("the world's time", world.clock.elapsed(), Duration::from_secs(7), Duration::from_secs(7))?;
    world.clock.rest().await;
    expect("beats", &std::fs::read_to_string(world.file("beat"))?.as_str(), &"2000\n4000\n6000\n")?;
    expect("ending", &child.ending(), &None)
}
