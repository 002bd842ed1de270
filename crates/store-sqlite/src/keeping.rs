//! Looking after a store.

use std::path::Path;
use std::sync::PoisonError;

use async_trait::async_trait;
use safelane_store::{
    BackupReport, Info, Keeping, LedgerLog as _, StoreError, StoreResult, VerifyReport,
};

use crate::error::failed;
use crate::{SqliteStore, backup, media, open, rebuild, seal, verify};

#[async_trait]
impl Keeping for SqliteStore {
    async fn info(&self) -> StoreResult<Info> {
        let (held, records): (i64, i64) = sqlx::query_as(
            "select (select count(*) from held h left join leaf l on l.k = h.k where l.n is null),
                    (select count(*) from record)",
        )
        .fetch_one(&self.inner.readers)
        .await
        .map_err(failed("counting"))?;
        let identity = self.inner.identity;
        Ok(Info {
            ledger: identity.ledger,
            hub: identity.hub,
            hub_key: identity.key,
            point: self.point().await?,
            held: held.unsigned_abs(),
            records: records.unsigned_abs(),
            engine: format!("SQLite {}", open::engine().await?),
        })
    }

    fn copy(&self) -> Option<String> {
        self.inner.mark.clone()
    }

    async fn verify(&self) -> StoreResult<VerifyReport> {
        verify::verify(&self.inner.data, self.inner.identity).await
    }

    async fn rebuild(&self) -> StoreResult<()> {
        self.writer()?.rebuild().await?;
        self.inner
            .reached
            .send_modify(|all| all.values_mut().for_each(|reached| *reached = 0));
        Ok(())
    }

    async fn derived(&self) -> StoreResult<Vec<String>> {
        let mut tx = self
            .inner
            .readers
            .begin()
            .await
            .map_err(failed("listing derived rows"))?;
        rebuild::listed(&mut tx).await
    }

    async fn backup(&self, to: &Path) -> StoreResult<BackupReport> {
        backup::backup(&self.inner.data, to).await
    }

    async fn ready(&self) -> StoreResult<()> {
        self.writer()?
            .run(|conn| {
                Box::pin(async move {
                    // Takes the write lock and a turn in the queue, and changes nothing.
                    sqlx::query("select 1")
                        .execute(conn)
                        .await
                        .map(|_| ())
                        .map_err(failed("asking whether the store is ready"))
                })
            })
            .await
    }

    async fn disk_failed(&self) -> StoreError {
        self.inner.disk.failed().await
    }

    async fn close(&self) {
        // The writer last: the last connection to close moves the write-ahead log into the one file, and one that may
        // only read cannot.
        self.inner.readers.close().await;
        let locked = || {
            self.inner
                .lock
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(writer) = &self.inner.writer {
            writer.close().await;
            // Once: who closes a second time has the folder no more.
            if locked().is_some() && self.inner.disk.check().is_ok() {
                let data = self.inner.data.clone();
                if let Err(error) = media::blocking(move || seal::seal(&data)).await {
                    tracing::warn!(%error, "the folder at rest was not sealed");
                }
            }
        }
        // The folder is free for the next one, also while somebody still holds a clone.
        drop(locked().take());
    }
}
