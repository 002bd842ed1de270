//! The standing checks of the whole ledger as rows of the store: a follower grows them change by
//! change from the board, equal to [`all`] from nothing.
//!
//! A result does not depend on the day; a list asks which hold on one. So nothing is computed again
//! because a night has passed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use safelane_ledger::RecordId;
use safelane_model::Date;
use safelane_rules::checks::{self, Finding, Life, affected};
use safelane_store::{
    Change, CheckLife, CheckRow, Follower, Limit, Store, StoreError, StoreResult, Write, catch_up,
};
use serde::{Deserialize, Serialize};

use super::{Board, BoardData};

/// The follower's name, for ever.
pub const NAME: &str = "findings";
/// How long others may have to wait for the board while records are checked; one record is checked whole.
const HOLD: Duration = Duration::from_millis(20);

/// An answer as it is kept beside a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The answer's own record.
    pub record: RecordId,
    /// Who.
    pub by: safelane_ledger::PersonId,
    /// The reason, if it gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// All results that hold on a day, each once, from nothing.
pub fn all(board: &BoardData, today: Date) -> Vec<Finding> {
    let records = board.world.records();
    let findings = records.flat_map(|record| checks::run(record, &board.world, today));
    checks::each_once(findings)
}

/// The follower.
struct Findings {
    board: Arc<Board>,
    /// Up to this number every record has been checked; what changed before it needs nothing more.
    whole: AtomicU64,
}

#[async_trait]
impl Follower for Findings {
    fn name(&self) -> &'static str {
        NAME
    }

    fn version(&self) -> u32 {
        checks::VERSION
    }

    async fn apply(&self, _store: &dyn Store, changes: &[Change]) -> StoreResult<Vec<Write>> {
        let Some(last) = changes.last() else {
            return Ok(Vec::new());
        };
        self.board.reached(last.n).await;
        let whole = self.whole.load(Ordering::Relaxed);
        let fresh: Vec<&Change> = changes.iter().filter(|one| one.n > whole).collect();
        // Settings are distances and days: they change every result.
        let everything = fresh.iter().any(|one| one.kind == "programme");
        let touched: BTreeSet<RecordId> = self.board.read(|board| {
            if everything {
                self.whole.store(board.upto, Ordering::Relaxed);
                board.all().map(|known| known.summary.record).collect()
            } else {
                affected(fresh.iter().map(|one| one.record), &board.world)
            }
        });
        let mut writes = Vec::with_capacity(touched.len());
        let mut left: Vec<RecordId> = touched.into_iter().rev().collect();
        while !left.is_empty() {
            // Outlines of tens of thousands of vertices take their time: never on an async thread.
            let board = Arc::clone(&self.board);
            let some = tokio::task::spawn_blocking(move || some(&board, left)).await;
            let (put, rest) = some.map_err(|cause| StoreError::Database {
                doing: "checking records",
                source: Box::new(cause),
            })?;
            writes.extend(put);
            left = rest;
        }
        Ok(writes)
    }
}

/// Checks records from the end of the list until others must have their turn.
fn some(board: &Board, mut left: Vec<RecordId>) -> (Vec<Write>, Vec<RecordId>) {
    let start = Instant::now();
    let mut writes = Vec::new();
    board.read(|board| {
        while let Some(record) = left.pop() {
            writes.push(put(board, record));
            if start.elapsed() > HOLD {
                break;
            }
        }
    });
    (writes, left)
}

fn put(board: &BoardData, record: RecordId) -> Write {
    let checks = board.get(record).map_or_else(Vec::new, |known| {
        let found = checks::standing(&known.record, &board.world);
        found
            .iter()
            .map(|finding| row(finding, record, known.summary.last))
            .collect()
    });
    Write::PutChecks {
        checked: record,
        checks,
    }
}

fn row(finding: &Finding, checked: RecordId, since: u64) -> CheckRow {
    let answers: Vec<Answer> = (finding.answers.iter())
        .map(|one| Answer {
            record: one.record,
            by: one.by,
            reason: one.reason.clone(),
        })
        .collect();
    let json = |value: serde_json::Result<String>| value.unwrap_or_default();
    CheckRow {
        checked,
        code: finding.code.to_owned(),
        number: finding.number,
        severity: finding.severity.code().to_owned(),
        life: match finding.life {
            Life::Open => CheckLife::Open,
            Life::Explained => CheckLife::Explained,
            Life::Resolved => CheckLife::Resolved,
        },
        records: finding.records.clone(),
        at: finding.at,
        args: json(serde_json::to_string(&finding.args)),
        blocks: finding.blocks,
        from: finding.from,
        until: finding.until,
        answers: json(serde_json::to_string(&answers)),
        since,
    }
}

/// Brings the rows up to the log as it is.
pub async fn follow(store: &dyn Store, board: &Arc<Board>) -> StoreResult<u64> {
    let follower = Findings {
        board: Arc::clone(board),
        whole: AtomicU64::new(0),
    };
    catch_up(store, &follower, Limit::MAX).await
}

/// Keeps the rows up with the board for ever.
pub async fn keep_up(store: Arc<dyn Store>, board: Arc<Board>) {
    let follower = Findings {
        board: Arc::clone(&board),
        whole: AtomicU64::new(0),
    };
    loop {
        match catch_up(&*store, &follower, Limit::MAX).await {
            Ok(reached) => _ = board.after(reached).await,
            Err(StoreError::Closed) => return,
            Err(cause) => {
                tracing::error!(%cause, "the checks could not follow the log; they try again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}
