//! Tasks that follow the log for ever, and what becomes of one that breaks off.

use std::future::Future;
use std::time::Duration;

/// How long a task that broke off waits before it begins again.
const REST: Duration = Duration::from_secs(1);

/// Runs a task until it ends. One that panics begins again, and is told so: a map that stands still
/// while the log goes on would show less danger than is known.
pub async fn for_ever<F>(what: &'static str, mut begin: impl FnMut(bool) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut anew = false;
    loop {
        match tokio::spawn(begin(anew)).await {
            Err(ended) if ended.is_panic() => {
                tracing::error!(what, "what follows the log broke off; it begins anew");
            }
            Ok(()) | Err(_) => return,
        }
        anew = true;
        tokio::time::sleep(REST).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_begins_anew_and_one_that_ends_has_ended() {
        let begun = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&begun);
        for_ever("a test", move |anew| {
            told.lock().unwrap().push(anew);
            async move { assert!(anew, "it breaks off the first time") }
        })
        .await;
        assert_eq!(*begun.lock().unwrap(), [false, true]);
    }
}
