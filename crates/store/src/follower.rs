//! Running followers: the same code step by step and from nothing.

use async_trait::async_trait;

use crate::Store;
use crate::error::StoreResult;
use crate::page::Limit;
use crate::projections::{Change, Projection, Write};

/// Something that derives rows from the records that changed.
///
/// Its rows must be a function of the records as they stand, whatever the steps: a test compares
/// rows grown step by step with rows grown from nothing.
#[async_trait]
pub trait Follower: Send + Sync {
    /// Its name, for ever.
    fn name(&self) -> &'static str;

    /// Raised whenever its rows would come out otherwise: they are then grown anew.
    fn version(&self) -> u32;

    /// What to write for these records, which stand now as the store says.
    async fn apply(&self, store: &dyn Store, changes: &[Change]) -> StoreResult<Vec<Write>>;
}

/// Brings a follower up to the log as it is, in steps of at most `step` records, and gives the
/// number that it has reached.
///
/// A record may already stand further than the step's number; it then comes again and changes
/// nothing.
pub async fn catch_up(store: &dyn Store, follower: &dyn Follower, step: Limit) -> StoreResult<u64> {
    let mut reached = store
        .follow(follower.name(), follower.version())
        .await?
        .reached;
    loop {
        let (changes, upto) = store.changes(reached, step).await?;
        if upto == reached {
            return Ok(reached);
        }
        let writes = follower.apply(store, &changes).await?;
        let projection = Projection {
            follower: follower.name().to_owned(),
            version: follower.version(),
            from: reached,
            upto,
            writes,
        };
        store.project(projection).await?;
        reached = upto;
    }
}
