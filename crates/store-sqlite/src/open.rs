//! Opening: the lock on the folder, the settings that durability needs, migrations.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use safelane_ledger::{HubId, LedgerId, PublicKey};
use safelane_store::{StoreError, StoreResult};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Connection as _, Row as _, SqliteConnection};
use tokio::sync::watch;
use uuid::Uuid;

use crate::disk::Disk;
use crate::error::{cannot_open, corrupt, failed};
use crate::rows::{get, hash, uuid};
use crate::{Hub, Identity, Inner, SqliteStore, media, seal, writer};

/// Each brings the database from the version before its place to its place, from 1.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/sqlite/0001_ledger.sql"),
    include_str!("../../../migrations/sqlite/0002_findings.sql"),
];

/// `PRAGMA application_id`: "SafL".
const APPLICATION: i64 = 0x5361_664c;

/// The first SQLite without the WAL-reset bug.
const NEEDED: (&str, i64) = ("3.51.3", 3_051_003);

/// Connections that read at the same time.
const READERS: u32 = 8;

impl SqliteStore {
    /// Opens the store in a data folder for serving, and makes what is missing.
    ///
    /// Takes the lock on the folder: [`StoreError::InUse`] while another process has it.
    pub async fn open(data: &Path, hub: Hub) -> StoreResult<Self> {
        let lock = lock(data)?;
        check_engine().await?;
        let file = file(data);
        seal::unseal(data)?;
        let mut conn = connect(&file, Mode::Write).await?;
        migrate(&mut conn).await?;
        own(&mut conn, hub.identity()).await?;
        sync_folder(data)?;
        let media = media::Locks::open(data)?;
        let disk = Disk::default();
        let (writer, size) = writer::start(file.clone(), conn, hub.clone(), disk.clone()).await?;
        let readers = readers(&file).await?;
        let reached = progress(&readers).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                data: data.to_owned(),
                mark: crate::backup::mark_of(data),
                identity: hub.identity(),
                readers,
                writer: Some(writer),
                size,
                reached: watch::Sender::new(reached),
                media,
                disk,
                lock: Mutex::new(Some(lock)),
            }),
        })
    }

    /// Opens a store to read, also beside the server that serves it; whatever would write answers
    /// [`StoreError::Closed`].
    pub async fn open_reading(data: &Path) -> StoreResult<Self> {
        check_engine().await?;
        let identity = identity(data)
            .await?
            .ok_or_else(|| StoreError::NoDatabase {
                path: data.to_owned(),
            })?;
        let readers = readers(&file(data)).await?;
        let size: i64 = sqlx::query_scalar("select coalesce(max(n), 0) from leaf")
            .fetch_one(&readers)
            .await
            .map_err(failed("reading the log's size"))?;
        let reached = progress(&readers).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                data: data.to_owned(),
                mark: crate::backup::mark_of(data),
                identity,
                readers,
                writer: None,
                size: watch::channel(size.unsigned_abs()).1,
                reached: watch::Sender::new(reached),
                media: media::Locks::default(),
                disk: Disk::default(),
                lock: Mutex::default(),
            }),
        })
    }

    /// The folder that it keeps its files in.
    pub fn data(&self) -> &Path {
        &self.inner.data
    }
}

/// Whose data lie in a folder; none if there is no database.
pub async fn identity(data: &Path) -> StoreResult<Option<Identity>> {
    let file = file(data);
    if !file.is_file() {
        return Ok(None);
    }
    let mut conn = connect(&file, Mode::Read).await?;
    check_version(&mut conn).await?;
    let found = read_identity(&mut conn).await;
    conn.close().await.map_err(failed("closing"))?;
    found
}

async fn read_identity(conn: &mut SqliteConnection) -> StoreResult<Option<Identity>> {
    let row = sqlx::query("select ledger, hub, hub_key from identity")
        .fetch_optional(&mut *conn)
        .await
        .map_err(failed("reading whose store it is"))?;
    row.as_ref().map(identity_of).transpose()
}

fn identity_of(row: &SqliteRow) -> StoreResult<Identity> {
    let key = PublicKey::from_bytes(&hash(row, "identity", "hub_key")?);
    Ok(Identity {
        ledger: uuid::<LedgerId>(row, "identity", "ledger")?,
        hub: uuid::<HubId>(row, "identity", "hub")?,
        key: key.map_err(|error| corrupt("identity", "hub_key", 1, error))?,
    })
}

/// The database in a data folder.
pub fn file(data: &Path) -> PathBuf {
    data.join("safelane.db")
}

/// The lock on a data folder, made if it is missing.
pub fn lock(data: &Path) -> StoreResult<File> {
    let cannot = |source| StoreError::NotWritable {
        path: data.to_owned(),
        source,
    };
    std::fs::create_dir_all(data).map_err(cannot)?;
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(data.join("lock"))
        .map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(StoreError::InUse {
                path: data.to_owned(),
            });
        }
        Err(TryLockError::Error(source)) => return Err(cannot(source)),
    }
    // A file that exists can be opened in a folder that takes no new one.
    let probe = data.join(".probe");
    File::create(&probe).map_err(cannot)?;
    std::fs::remove_file(&probe).map_err(cannot)?;
    Ok(file)
}

/// Makes new names in a folder survive a power cut.
pub fn sync_folder(folder: &Path) -> StoreResult<()> {
    let done = File::open(folder).and_then(|folder| folder.sync_all());
    done.map_err(|error| StoreError::Disk {
        doing: "syncing a folder",
        reason: format!("{}: {error}", folder.display()),
    })
}

/// What a connection may do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The one writer; makes the file.
    Write,
    /// One of the readers.
    Read,
    /// Read where nothing can be written, not even the files that readers of a database share: a
    /// backup on a disk that is read-only.
    Frozen,
}

/// The settings of every connection.
pub fn options(file: &Path, mode: Mode) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(mode == Mode::Write)
        .read_only(mode != Mode::Write)
        .immutable(mode == Mode::Frozen)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .synchronous(SqliteSynchronous::Full)
        .statement_cache_capacity(256)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("mmap_size", "0")
        .pragma("temp_store", "MEMORY");
    match mode {
        Mode::Write => options
            .journal_mode(SqliteJournalMode::Wal)
            .pragma("wal_autocheckpoint", "4000")
            .pragma("journal_size_limit", "67108864")
            .pragma("secure_delete", "FAST")
            .pragma("cache_size", "-32000"),
        Mode::Read | Mode::Frozen => options
            .pragma("query_only", "ON")
            .pragma("cache_size", "-8000"),
    }
}

/// A connection whose settings have been asked for and seen.
pub async fn connect(file: &Path, mode: Mode) -> StoreResult<SqliteConnection> {
    let opened = SqliteConnection::connect_with(&options(file, mode)).await;
    let mut conn = match opened {
        Err(error) if mode == Mode::Read && cannot_open(&error) && is_closed(file) => {
            return SqliteConnection::connect_with(&options(file, Mode::Frozen))
                .await
                .map_err(failed("opening the database"));
        }
        opened => opened.map_err(failed("opening the database"))?,
    };
    check_settings(&mut conn).await?;
    Ok(conn)
}

/// Whether a database was closed in order, so that the one file is all of it.
fn is_closed(file: &Path) -> bool {
    let log = file.with_extension("db-wal");
    file.is_file() && !std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

/// A database with the tables and nothing in them, in a folder that will be dropped.
pub async fn scratch(folder: &Path) -> StoreResult<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("scratch.db"))
        .create_if_missing(true)
        .pragma("journal_mode", "OFF")
        .pragma("synchronous", "OFF");
    let mut conn = SqliteConnection::connect_with(&options)
        .await
        .map_err(failed("opening a scratch database"))?;
    migrate(&mut conn).await?;
    Ok(conn)
}

async fn readers(file: &Path) -> StoreResult<sqlx::SqlitePool> {
    match pool(file, Mode::Read).await {
        Err(error) if cannot_open(&error) && is_closed(file) => pool(file, Mode::Frozen).await,
        opened => opened,
    }
    .map_err(failed("opening the database to read"))
}

async fn pool(file: &Path, mode: Mode) -> sqlx::Result<sqlx::SqlitePool> {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .after_connect(move |conn, _| {
            Box::pin(async move {
                // What cannot be written has no journal, and promises no durability.
                if mode == Mode::Frozen {
                    return Ok(());
                }
                check_settings(conn)
                    .await
                    .map_err(|error| sqlx::Error::Configuration(Box::new(error)))
            })
        })
        .connect_with(options(file, mode))
        .await
}

/// Reads the settings back: a build flag or a later default must not change what was promised.
pub async fn check_settings(conn: &mut SqliteConnection) -> StoreResult<()> {
    let settings: [(&'static str, &'static str, &'static str); 4] = [
        ("journal_mode", "wal", "pragma journal_mode"),
        ("synchronous", "2", "pragma synchronous"),
        ("foreign_keys", "1", "pragma foreign_keys"),
        ("trusted_schema", "0", "pragma trusted_schema"),
    ];
    for (setting, wanted, pragma) in settings {
        let row = sqlx::query(pragma)
            .fetch_one(&mut *conn)
            .await
            .map_err(failed("reading settings"))?;
        let text = row.try_get::<String, _>(0);
        let found = text.or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string()));
        let found = found.map_err(failed("reading settings"))?;
        if found != wanted {
            return Err(StoreError::Setting {
                setting,
                wanted,
                found,
            });
        }
    }
    Ok(())
}

async fn check_engine() -> StoreResult<()> {
    let found = engine().await?;
    check_engine_version(found)
}

/// The SQLite that is linked in.
pub async fn engine() -> StoreResult<String> {
    let mut conn = SqliteConnection::connect("sqlite::memory:")
        .await
        .map_err(failed("asking for SQLite's version"))?;
    sqlx::query_scalar("select sqlite_version()")
        .fetch_one(&mut conn)
        .await
        .map_err(failed("asking for SQLite's version"))
}

fn check_engine_version(found: String) -> StoreResult<()> {
    let mut parts = found
        .split('.')
        .map(|part| part.parse::<i64>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let number = next() * 1_000_000 + next() * 1_000 + next();
    if number >= NEEDED.1 {
        Ok(())
    } else {
        Err(StoreError::OldEngine {
            found,
            needed: NEEDED.0,
        })
    }
}

/// How far the database has been migrated.
pub async fn version(conn: &mut SqliteConnection) -> StoreResult<i64> {
    sqlx::query_scalar("pragma user_version")
        .fetch_one(&mut *conn)
        .await
        .map_err(failed("reading the database's version"))
}

async fn check_version(conn: &mut SqliteConnection) -> StoreResult<i64> {
    let found = version(conn).await?;
    let known = MIGRATIONS.len() as i64;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    Ok(found)
}

async fn migrate(conn: &mut SqliteConnection) -> StoreResult<()> {
    let found = check_version(conn).await?;
    for (number, sql) in (1_i64..).zip(MIGRATIONS).skip(found as usize) {
        let mut tx = conn
            .begin_with("begin immediate")
            .await
            .map_err(failed("migrating"))?;
        sqlx::raw_sql(*sql)
            .execute(&mut *tx)
            .await
            .map_err(failed("migrating"))?;
        // A pragma takes no parameters; both values are ours.
        let mark =
            format!("pragma user_version = {number}; pragma application_id = {APPLICATION};");
        sqlx::raw_sql(sqlx::AssertSqlSafe(mark))
            .execute(&mut *tx)
            .await
            .map_err(failed("migrating"))?;
        tx.commit().await.map_err(failed("migrating"))?;
        tracing::info!(version = number, "database migrated");
    }
    Ok(())
}

/// Writes whose store it is, or checks that it is so.
async fn own(conn: &mut SqliteConnection, wanted: Identity) -> StoreResult<()> {
    let Some(found) = read_identity(conn).await? else {
        sqlx::query("insert into identity (one, ledger, hub, hub_key) values (1, ?1, ?2, ?3)")
            .bind(uuid_bytes(wanted.ledger.uuid()))
            .bind(uuid_bytes(wanted.hub.uuid()))
            .bind(wanted.key.to_bytes().to_vec())
            .execute(&mut *conn)
            .await
            .map_err(failed("writing whose store it is"))?;
        return Ok(());
    };
    if found == wanted {
        return Ok(());
    }
    let text =
        |one: Identity| format!("programme {}, hub {}, key {}", one.ledger, one.hub, one.key);
    Err(StoreError::Foreign {
        found: text(found),
        wanted: text(wanted),
    })
}

fn uuid_bytes(uuid: Uuid) -> Vec<u8> {
    uuid.as_bytes().to_vec()
}

async fn progress(readers: &sqlx::SqlitePool) -> StoreResult<BTreeMap<String, u64>> {
    let rows = sqlx::query("select name, reached from follower")
        .fetch_all(readers)
        .await
        .map_err(failed("reading the followers"))?;
    rows.iter()
        .map(|row| {
            let name: String = get(row, "follower", "name")?;
            Ok((name, crate::rows::number(row, "follower", "reached")?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_below_the_fix_is_refused() {
        assert!(check_engine_version("3.51.2".into()).is_err());
        assert!(check_engine_version("3.51.3".into()).is_ok());
        assert!(check_engine_version("4.0.0".into()).is_ok());
    }
}
