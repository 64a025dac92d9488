//! Writes that lost a race, tried again.

use std::fmt::Debug;
use std::time::Duration;

use kube::api::{Api, PostParams};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::errors::is_conflict;

/// client-go's `DefaultRetry`: five tries, ten milliseconds apart.
const TRIES: usize = 5;
const PAUSE: Duration = Duration::from_millis(10);

/// Runs `attempt` until it ends with anything but a conflict, five times at most.
///
/// # Errors
/// What the last attempt failed with.
pub async fn retry_on_conflict<T, Fut>(attempt: impl FnMut() -> Fut) -> Result<T, kube::Error>
where
    Fut: Future<Output = Result<T, kube::Error>>,
{
    retry_conflicts(TRIES, || PAUSE, attempt).await
}

/// Runs `attempt` until it ends with anything but a conflict, so many times at most, with a pause in between.
///
/// # Errors
/// What the last attempt failed with.
pub async fn retry_conflicts<T, Fut>(
    tries: usize,
    mut pause: impl FnMut() -> Duration,
    mut attempt: impl FnMut() -> Fut,
) -> Result<T, kube::Error>
where
    Fut: Future<Output = Result<T, kube::Error>>,
{
    for _ in 1..tries {
        match attempt().await {
            Err(error) if is_conflict(&error) => tokio::time::sleep(pause()).await,
            outcome => return outcome,
        }
    }
    attempt().await
}

/// Reads an object, changes it and writes it back, again when somebody else was quicker.
///
/// `change` answers whether there is anything to write; without it the object is returned as it was read.
///
/// # Errors
/// What the API server refused with.
pub async fn update<K>(api: &Api<K>, name: &str, change: impl Fn(&mut K) -> bool) -> Result<K, kube::Error>
where
    K: Clone + Debug + DeserializeOwned + Serialize,
{
    let change = &change;
    retry_on_conflict(|| async move {
        let mut object = api.get(name).await?;
        if !change(&mut object) {
            return Ok(object);
        }
        api.replace(name, &PostParams::default(), &object).await
    })
    .await
}
