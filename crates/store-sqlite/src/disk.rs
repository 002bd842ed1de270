//! Whether the disk can still be believed.
//!
//! After a failed sync the system may say that all is well although what was written is gone: a
//! second try would succeed and prove nothing. So the first failure is the last thing that is asked
//! of the disk: whatever would write is refused, the server ends, and the next start reads what is
//! really there.

use std::sync::Arc;

use safelane_store::{StoreError, StoreResult};
use tokio::sync::watch;

/// Shared by all that writes to one data folder.
#[derive(Clone, Debug)]
pub struct Disk(Arc<watch::Sender<Option<(&'static str, String)>>>);

impl Default for Disk {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }
}

impl Disk {
    /// An error once the disk has failed.
    pub fn check(&self) -> StoreResult<()> {
        match &*self.0.borrow() {
            None => Ok(()),
            Some((doing, reason)) => Err(StoreError::Disk {
                doing,
                reason: reason.clone(),
            }),
        }
    }

    /// Remembers a failure of the disk, or what it made of the file; any other error is none.
    pub fn learn<T>(&self, done: &StoreResult<T>) {
        if let Err(StoreError::Disk { doing, reason } | StoreError::Damaged { doing, reason }) =
            done
        {
            tracing::error!(doing, %reason, "the disk failed: nothing is written any more");
            self.0.send_if_modified(|known| {
                let first = known.is_none();
                known.get_or_insert_with(|| (doing, reason.clone()));
                first
            });
        }
    }

    /// Returns when the disk has failed.
    pub async fn failed(&self) -> StoreError {
        let mut known = self.0.subscribe();
        loop {
            if let Err(error) = self.check() {
                return error;
            }
            if known.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_failure_of_the_disk_is_the_last_thing_asked_of_it() {
        let disk = Disk::default();
        disk.learn::<()>(&Err(StoreError::Full));
        assert!(disk.check().is_ok(), "a full disk may have room again");
        let failed = |reason: &str| -> StoreResult<()> {
            Err(StoreError::Disk {
                doing: "committing",
                reason: reason.into(),
            })
        };
        let waiting = tokio::spawn({
            let disk = disk.clone();
            async move { disk.failed().await.to_string() }
        });
        disk.learn(&failed("first"));
        disk.learn(&failed("second"));
        let told = waiting.await.expect("the task ends");
        assert!(told.contains("committing (first)"), "{told}");
        assert!(disk.check().is_err());
    }
}
