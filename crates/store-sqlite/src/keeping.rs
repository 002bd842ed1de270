//! Looking after a store.

use std::path::Path;
use std::sync::PoisonError;

use async_trait::async_trait;
use safelane_store::{BackupReport, Info, Keeping, LedgerLog as _, StoreResult, VerifyReport};

use crate::error::failed;
use crate::{SqliteStore, backup, open, rebuild, verify};

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

    async fn close(&self) {
        // The writer last: the last connection to close moves the write-ahead log into the one file, and one that may
        // only read cannot.
        self.inner.readers.close().await;
        if let Some(writer) = &self.inner.writer {
            writer.close().await;
        }
        // The folder is free for the next one, also while somebody still holds a clone.
        drop(
            self.inner
                .lock
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }
}
