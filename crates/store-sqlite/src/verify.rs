//! Verification: everything that can be computed anew is, and held against what is stored.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::pin::Pin;

use futures_core::Stream;
use safelane_ledger::chain::{self, ChainProblem};
use safelane_ledger::{
    Digest, Head, HeldReason, Leaf, LogPoint, PublicKey, Revision, RevisionId, Role, Tier,
    VerifyError,
};
use safelane_store::{Flaw, StoreResult, VerifyReport};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, Row as _, SqliteConnection};
use uuid::Uuid;

use crate::error::failed;
use crate::log::{body_key, signed};
use crate::open::{Mode, connect, file};
use crate::rows::{get, hash, number, uuid};
use crate::{Identity, media, open, rebuild, seal, wal};

/// Revisions read at a time.
const CHUNK: i64 = 1_000;

pub async fn verify(data: &Path, identity: Identity) -> StoreResult<VerifyReport> {
    let mut conn = connect(&file(data), Mode::Read).await?;
    // One read transaction: what is added meanwhile is not looked at.
    let mut tx = conn.begin().await.map_err(failed("verifying"))?;
    let mut verifier = Verifier {
        report: VerifyReport::default(),
        keys: HashMap::new(),
        identity,
    };
    verifier.seal(data).await?;
    let scratch = Scratch::new()?;
    let mut empty = open::scratch(&scratch.0).await?;
    if !verifier.tables(&mut tx, &mut empty).await? {
        return Ok(verifier.report);
    }
    verifier.keys = keys(&mut tx).await?;
    verifier.pages(&mut tx).await?;
    verifier.held(&mut tx).await?;
    let known = verifier.revisions(&mut tx).await?;
    verifier.log(&mut tx, &known).await?;
    verifier.chains(known.values().map(|known| &known.revision));
    verifier.bodies_without_revision(&mut tx).await?;
    verifier.derived(&mut tx, empty).await?;
    verifier.photos(&mut tx, data).await?;
    tx.rollback().await.map_err(failed("verifying"))?;
    conn.close().await.map_err(failed("verifying"))?;
    Ok(verifier.report)
}

struct Verifier {
    report: VerifyReport,
    /// Every key that a statement in the ledger enrolled, whatever became of the device.
    keys: HashMap<Uuid, PublicKey>,
    identity: Identity,
}

/// Name and definition of every table, as bytes: damaged ones may be no text.
async fn tables(conn: &mut SqliteConnection) -> StoreResult<BTreeSet<(Vec<u8>, Vec<u8>)>> {
    let rows = sqlx::query(
        "select cast(name as blob) as name, cast(sql as blob) as sql from sqlite_schema
         where type = 'table' and sql is not null",
    )
    .fetch_all(&mut *conn)
    .await
    .map_err(failed("reading the definitions of the tables"))?;
    rows.iter()
        .map(|row| {
            Ok((
                get(row, "sqlite_schema", "name")?,
                get(row, "sqlite_schema", "sql")?,
            ))
        })
        .collect()
}

struct Known {
    revision: Revision,
}

impl Verifier {
    fn flaw(&mut self, place: &str, row: impl ToString, what: impl ToString) {
        self.report.flaws.push(Flaw {
            place: place.to_owned(),
            row: row.to_string(),
            what: what.to_string(),
        });
    }

    /// A folder at rest is byte for byte what it was when it was sealed.
    async fn seal(&mut self, data: &Path) -> StoreResult<()> {
        let folder = data.to_owned();
        for (file, what) in media::blocking(move || seal::broken(&folder)).await? {
            self.flaw("file", file, what);
        }
        let folder = data.to_owned();
        let behind = media::blocking(move || wal::behind_a_break(&folder)).await?;
        if behind.is_some() {
            self.flaw(
                "file",
                "safelane.db-wal",
                "it breaks off, and more follows that a start would drop: a byte of it changed, or the power was cut while it was written",
            );
        }
        Ok(())
    }

    /// Whether every table is defined as this version defines it. Under another name of a column nothing
    /// is found, and one that is no text at all would end the library that asks for it.
    async fn tables(
        &mut self,
        conn: &mut SqliteConnection,
        empty: &mut SqliteConnection,
    ) -> StoreResult<bool> {
        // What a later start will migrate has other tables by right.
        if open::version(conn).await? < open::version(empty).await? {
            return Ok(true);
        }
        let found = tables(conn).await?;
        let before = self.report.flaws.len();
        for table in tables(empty).await? {
            if !found.contains(&table) {
                let name = String::from_utf8_lossy(&table.0).into_owned();
                self.flaw("table", name, "it is not defined as this version defines it; nothing of this database was read");
            }
        }
        Ok(self.report.flaws.len() == before)
    }

    /// What stands beside a held revision can be read: by it a coordinator lets it in.
    async fn held(&mut self, conn: &mut SqliteConnection) -> StoreResult<()> {
        let rows = sqlx::query("select k, reason, roles from held")
            .fetch_all(&mut *conn)
            .await
            .map_err(failed("reading what is held"))?;
        for row in &rows {
            let k = number(row, "held", "k")?;
            let reason: String = get(row, "held", "reason")?;
            let roles: String = get(row, "held", "roles")?;
            let known = serde_json::from_value::<HeldReason>(reason.as_str().into()).is_ok()
                && serde_json::from_str::<BTreeSet<Role>>(&roles).is_ok();
            if !known {
                self.flaw("held", k, "its reason or roles are none");
            }
        }
        Ok(())
    }

    /// SQLite's own look at its pages, indexes and references.
    async fn pages(&mut self, conn: &mut SqliteConnection) -> StoreResult<()> {
        for sql in ["pragma integrity_check", "pragma foreign_key_check"] {
            let rows = match sqlx::query(sql).fetch_all(&mut *conn).await {
                Ok(rows) => rows,
                Err(error) => {
                    self.flaw("database", sql, error);
                    continue;
                }
            };
            for row in rows {
                let text = row.try_get::<String, _>(0).unwrap_or_default();
                if text != "ok" {
                    self.flaw("database", sql, text);
                }
            }
        }
        Ok(())
    }

    /// Ids, signatures and body digests of every revision, held ones included.
    async fn revisions(&mut self, conn: &mut SqliteConnection) -> StoreResult<HashMap<u64, Known>> {
        let erased = erased(conn).await?;
        let mut known = HashMap::new();
        let mut after = -1_i64;
        loop {
            let rows = sqlx::query(
                "select r.k, r.id, r.bytes, r.signature, r.device, r.seq, r.prev, r.submission,
                        b1.bytes as t1, b2.bytes as t2, b3.bytes as t3
                 from revision r
                 left join body b1 on b1.key = r.k * 4 + 1
                 left join body b2 on b2.key = r.k * 4 + 2
                 left join body b3 on b3.key = r.k * 4 + 3
                 where r.k > ?1 order by r.k limit ?2",
            )
            .bind(after)
            .bind(CHUNK)
            .fetch_all(&mut *conn)
            .await
            .map_err(failed("reading revisions"))?;
            let Some(last) = rows.last() else {
                return Ok(known);
            };
            after = get(last, "revision", "k")?;
            for row in &rows {
                let k = number(row, "revision", "k")?;
                if let Some(one) = self.revision(row, k, &erased)? {
                    known.insert(k, one);
                }
            }
        }
    }

    fn revision(
        &mut self,
        row: &SqliteRow,
        k: u64,
        erased: &BTreeSet<u64>,
    ) -> StoreResult<Option<Known>> {
        self.report.revisions += 1;
        let id = RevisionId::from_bytes(hash(row, "revision", "id")?);
        let signed = signed(row)?;
        self.report.bodies += signed.bodies.len() as u64;
        let read = match signed.read() {
            Ok(read) => read,
            Err(error) => {
                self.flaw("revision", id, error);
                return Ok(None);
            }
        };
        let revision = read.claim().clone();
        if revision.id() != id {
            let what = format!("its bytes have the id {}", revision.id());
            self.flaw("revision", id, what);
        }
        for tier in read.missing_bodies() {
            if erased.contains(&body_key(k, tier)) {
                self.report.erased += 1;
            } else if tier == Tier::T1 {
                self.flaw("body", id, "it is gone, and no recorded act erased it");
            } else {
                self.report.not_here += 1;
            }
        }
        self.columns(row, &revision)?;
        let keys = &self.keys;
        match read.verify_with(|device| {
            keys.get(&device.uuid()).copied().or_else(|| {
                let own = device == self.identity.hub.device();
                own.then_some(self.identity.key)
            })
        }) {
            Ok(_) => {}
            Err(VerifyError::UnknownDevice(device)) => {
                self.flaw(
                    "revision",
                    id,
                    format!("the ledger enrols no device {device}"),
                );
            }
            Err(error) => self.flaw("revision", id, error),
        }
        if revision.ledger() != self.identity.ledger {
            self.flaw("revision", id, "it belongs to another programme");
        }
        Ok(Some(Known { revision }))
    }

    /// The columns by which a revision is looked up say what its bytes say.
    fn columns(&mut self, row: &SqliteRow, revision: &Revision) -> StoreResult<()> {
        let device: Uuid = uuid(row, "revision", "device")?;
        let seq = number(row, "revision", "seq")?;
        let prev: Option<Vec<u8>> = get(row, "revision", "prev")?;
        let submission: Option<Vec<u8>> = get(row, "revision", "submission")?;
        let same = device == revision.device().uuid()
            && seq == revision.seq()
            && prev.as_deref() == revision.prev().as_ref().map(|id| id.as_bytes().as_slice())
            && submission
                == revision
                    .submission()
                    .map(|one| one.id.uuid().as_bytes().to_vec());
        if !same {
            self.flaw("revision", revision.id(), "a column differs from its bytes");
        }
        Ok(())
    }

    /// Leaves without a gap, each about the revision that it stands by, and the chain of heads.
    async fn log(
        &mut self,
        conn: &mut SqliteConnection,
        known: &HashMap<u64, Known>,
    ) -> StoreResult<()> {
        let mut point = LogPoint::START;
        let mut after = 0_i64;
        loop {
            let rows = sqlx::query(
                "select n, k, record, bytes, head, received, number from leaf
                 where n > ?1 order by n limit ?2",
            )
            .bind(after)
            .bind(CHUNK)
            .fetch_all(&mut *conn)
            .await
            .map_err(failed("reading the log"))?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after = get(last, "leaf", "n")?;
            for row in &rows {
                point = self.leaf(row, point, known)?;
            }
        }
    }

    fn leaf(
        &mut self,
        row: &SqliteRow,
        before: LogPoint,
        known: &HashMap<u64, Known>,
    ) -> StoreResult<LogPoint> {
        self.report.leaves += 1;
        let n = number(row, "leaf", "n")?;
        let bytes: Vec<u8> = get(row, "leaf", "bytes")?;
        let point = before.next(&bytes);
        if point.size != n {
            self.flaw("leaf", n, format!("leaf {} is not here", point.size));
        }
        let head = Head::from_digest(Digest::from_bytes(hash(row, "leaf", "head")?));
        if point.head != head {
            self.flaw("leaf", n, "its head is not that of the leaves up to it");
        }
        match Leaf::from_bytes(&bytes) {
            Err(error) => self.flaw("leaf", n, error),
            Ok(leaf) => self.leaf_says(row, n, &leaf, known)?,
        }
        // Each leaf is held against the stored head before it, so that one flaw is told once.
        Ok(LogPoint { size: n, head })
    }

    fn leaf_says(
        &mut self,
        row: &SqliteRow,
        n: u64,
        leaf: &Leaf,
        known: &HashMap<u64, Known>,
    ) -> StoreResult<()> {
        let k = number(row, "leaf", "k")?;
        let record: Uuid = uuid(row, "leaf", "record")?;
        let number: Option<i64> = get(row, "leaf", "number")?;
        let received: i64 = get(row, "leaf", "received")?;
        let said = leaf.reference.as_ref().and_then(|reference| {
            let (_, digits) = reference.as_str().rsplit_once('-')?;
            digits.parse::<i64>().ok()
        });
        let same = known.get(&k).is_some_and(|known| {
            known.revision.id() == leaf.id && known.revision.record().uuid() == record
        });
        if leaf.n != n || !same || said != number || received != leaf.received.unix() {
            self.flaw("leaf", n, "a column differs from its bytes");
        }
        Ok(())
    }

    /// Numbers of devices: a fork is known and held; a gap may still come in.
    fn chains<'a>(&mut self, revisions: impl Iterator<Item = &'a Revision>) {
        for problem in chain::problems(revisions) {
            match problem {
                ChainProblem::Gap { from, to, .. } => self.report.gaps += to - from + 1,
                // Both sides of a fork are kept on purpose; the log shows which was held.
                ChainProblem::Fork { .. } | ChainProblem::WrongPrev { .. } => {}
            }
        }
    }

    async fn bodies_without_revision(&mut self, conn: &mut SqliteConnection) -> StoreResult<()> {
        let rows = sqlx::query(
            "select b.key from body b left join revision r on r.k = b.key / 4 where r.k is null",
        )
        .fetch_all(&mut *conn)
        .await
        .map_err(failed("reading bodies"))?;
        for row in &rows {
            let key = number(row, "body", "key")?;
            self.flaw("body", key, "it belongs to no revision");
        }
        Ok(())
    }

    /// The rows derived in the push transaction equal those that the ledger gives anew.
    ///
    /// They are grown in a database of their own, by the code of a rebuild, and the two are read
    /// side by side in the order of their keys.
    async fn derived(
        &mut self,
        conn: &mut SqliteConnection,
        mut target: SqliteConnection,
    ) -> StoreResult<()> {
        if let Err(error) = rebuild::grow_into(&mut target, conn).await {
            self.flaw("derived rows", "all", error);
        } else {
            for (table, sql) in rebuild::DERIVED {
                self.compare(table, sql, conn, &mut target).await?;
            }
        }
        target.close().await.map_err(failed("verifying"))
    }

    async fn compare(
        &mut self,
        table: &'static str,
        sql: &'static str,
        stored: &mut SqliteConnection,
        grown: &mut SqliteConnection,
    ) -> StoreResult<()> {
        let mut stored = sqlx::query(sql).fetch(stored);
        let mut grown = sqlx::query(sql).fetch(grown);
        loop {
            let here = next(&mut stored).await?;
            let anew = next(&mut grown).await?;
            if table == "record" && anew.is_some() {
                self.report.records += 1;
            }
            match (here, anew) {
                (None, None) => return Ok(()),
                (here, anew) if here == anew => {}
                (here, anew) => {
                    let what = format!("it is {here:?}, and the ledger gives {anew:?}");
                    self.flaw("derived rows", table, what);
                    // The rows after it are out of step; one is enough to call for a rebuild.
                    return Ok(());
                }
            }
        }
    }

    async fn photos(&mut self, conn: &mut SqliteConnection, data: &Path) -> StoreResult<()> {
        let folder = data.to_owned();
        let found = media::blocking(move || {
            let mut found = BTreeMap::new();
            for (named, path) in media::files(&folder)? {
                let bytes = std::fs::read(&path).unwrap_or_default();
                found.insert(path, (named, Digest::of(&bytes)));
            }
            Ok(found)
        })
        .await?;
        let mut held = BTreeSet::new();
        for (path, (named, digest)) in found {
            self.report.media += 1;
            if named == Some(digest) {
                held.insert(digest);
            } else {
                self.flaw(
                    "media",
                    path.display(),
                    "its bytes do not have its name as their SHA-256",
                );
            }
        }
        let rows = sqlx::query("select distinct sha256 from media")
            .fetch_all(&mut *conn)
            .await
            .map_err(failed("listing photos"))?;
        for row in &rows {
            let digest = Digest::from_bytes(hash(row, "media", "sha256")?);
            self.report.media_missing += u64::from(!held.contains(&digest));
        }
        Ok(())
    }
}

async fn keys(conn: &mut SqliteConnection) -> StoreResult<HashMap<Uuid, PublicKey>> {
    let rows = sqlx::query("select id, key from device")
        .fetch_all(&mut *conn)
        .await
        .map_err(failed("reading devices"))?;
    let mut keys = HashMap::new();
    for row in &rows {
        // A key that is none is told where the derived rows are compared.
        if let Ok(key) = PublicKey::from_bytes(&hash(row, "device", "key")?) {
            keys.insert(uuid(row, "device", "id")?, key);
        }
    }
    Ok(keys)
}

async fn erased(conn: &mut SqliteConnection) -> StoreResult<BTreeSet<u64>> {
    let rows = sqlx::query("select key from erased")
        .fetch_all(&mut *conn)
        .await
        .map_err(failed("reading erasures"))?;
    rows.iter()
        .map(|row| number(row, "erased", "key"))
        .collect()
}

type Rows<'c> = Pin<Box<dyn Stream<Item = sqlx::Result<SqliteRow>> + Send + 'c>>;

async fn next(rows: &mut Rows<'_>) -> StoreResult<Option<String>> {
    let next = std::future::poll_fn(|context| rows.as_mut().poll_next(context)).await;
    let row = next.transpose().map_err(failed("reading derived rows"))?;
    Ok(row.as_ref().map(rebuild::text))
}

/// A file for one verification, which goes with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> StoreResult<Self> {
        let folder = crate::testing::new_folder()?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays behind in the system's temporary place harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
