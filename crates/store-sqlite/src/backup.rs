//! Backups: a consistent copy of the database, then of every other file, then a verification of the
//! copy as a store of its own. A backup is a data folder; `restore` is a verified copy back.

use std::fs::{self, File};
use std::path::Path;

use safelane_store::{BackupReport, Keeping as _, LedgerLog as _, StoreError, StoreResult};
use sqlx::Connection as _;

use crate::error::{corrupt, failed};
use crate::open::{Mode, connect, file, sync_folder};
use crate::{SqliteStore, media, open, seal};

/// The file that says which copy of the data this is.
const MARK: &str = "brought-back";

/// Names in a data folder that are no part of what is kept.
const LEFT_OUT: [&str; 5] = ["safelane.db", "lock", "media", ".probe", seal::NAME];

pub async fn backup(data: &Path, to: &Path) -> StoreResult<BackupReport> {
    let target = to.to_owned();
    media::blocking(move || empty_folder(&target)).await?;
    copy_database(data, to).await?;
    let (from, target) = (data.to_owned(), to.to_owned());
    // After the database, so that no photo that it names can be missing for that reason.
    let photos = media::blocking(move || copy_files(&from, &target)).await?;
    check(to, photos).await
}

/// Copies a backup into an empty or absent data folder, and verifies it there.
///
/// Nothing is named `safelane.db` in the folder until every byte has been copied. `mark` is drawn at
/// random: it tells devices that this is another copy, also when its log is as long as the one that
/// they saw. What is held and the photos are beside the log, and may be older.
pub async fn restore(from: &Path, data: &Path, mark: [u8; 16]) -> StoreResult<BackupReport> {
    if !file(from).is_file() {
        return Err(StoreError::NoDatabase {
            path: from.to_owned(),
        });
    }
    let source = SqliteStore::open_reading(from).await?;
    let report = source.verify().await?;
    source.close().await;
    if let Some(flaw) = report.flaws.first() {
        return Err(corrupt("backup", "data", &flaw.row, &flaw.what));
    }
    let (origin, target) = (from.to_owned(), data.to_owned());
    let photos = media::blocking(move || {
        empty_folder(&target)?;
        let photos = copy_files(&origin, &target)?;
        let path = target.join(MARK);
        std::fs::write(&path, hex::encode(mark)).map_err(failing("marking", &path))?;
        let written = File::open(&path).and_then(|file| file.sync_all());
        written.map_err(failing("syncing", &path))?;
        Ok(photos)
    })
    .await?;
    copy_database(from, data).await?;
    check(data, photos).await
}

/// The mark that a restore left in a data folder; none if its data never came from a backup.
pub fn mark_of(data: &Path) -> Option<String> {
    let text = fs::read_to_string(data.join(MARK)).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn failing(doing: &'static str, path: &Path) -> impl Fn(std::io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::File {
        doing,
        path: path.clone(),
        source,
    }
}

/// Makes a folder, or sees that it is empty but for a lock.
fn empty_folder(folder: &Path) -> StoreResult<()> {
    fs::create_dir_all(folder).map_err(|source| StoreError::NotWritable {
        path: folder.to_owned(),
        source,
    })?;
    for entry in fs::read_dir(folder).map_err(failing("listing", folder))? {
        let entry = entry.map_err(failing("listing", folder))?;
        if entry.file_name() != "lock" {
            return Err(StoreError::Taken {
                what: "the folder (it holds files; give one that is empty or absent)",
            });
        }
    }
    Ok(())
}

/// Copies a database that may be in use, as one moment has it.
async fn copy_database(from: &Path, to: &Path) -> StoreResult<()> {
    let target = file(to);
    let on_its_way = to.join("safelane.db.part");
    let mut conn = connect(&file(from), Mode::Read).await?;
    // The copy is written; the file that is read stays opened for reading alone.
    sqlx::query("pragma query_only = off")
        .execute(&mut conn)
        .await
        .map_err(failed("copying the database"))?;
    sqlx::query("vacuum into ?1")
        .bind(on_its_way.to_string_lossy().into_owned())
        .execute(&mut conn)
        .await
        .map_err(failed("copying the database"))?;
    conn.close().await.map_err(failed("copying the database"))?;
    let folder = to.to_owned();
    media::blocking(move || {
        let fail = failing("syncing", &on_its_way);
        let copy = File::open(&on_its_way).map_err(&fail)?;
        copy.sync_all().map_err(&fail)?;
        fs::rename(&on_its_way, &target).map_err(failing("naming", &target))?;
        sync_folder(&folder)
    })
    .await?;
    // The copy is in the journal mode of a fresh file: set the one that every store has.
    let conn = connect(&file(to), Mode::Write).await?;
    conn.close().await.map_err(failed("closing the copy"))
}

/// Copies photos and the other files of a data folder (the hub's key among them, with its
/// permissions); gives the number of photos.
fn copy_files(from: &Path, to: &Path) -> StoreResult<u64> {
    for entry in fs::read_dir(from).map_err(failing("listing", from))? {
        let entry = entry.map_err(failing("listing", from))?;
        let name = entry.file_name();
        let text = name.to_string_lossy();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if !is_file || LEFT_OUT.contains(&text.as_ref()) || text.starts_with("safelane.db") {
            continue;
        }
        let target = to.join(&name);
        fs::copy(entry.path(), &target).map_err(failing("copying", &entry.path()))?;
        let copied = File::open(&target).and_then(|file| file.sync_all());
        copied.map_err(failing("syncing", &target))?;
    }
    let photos = media::copy(from, to)?;
    sync_folder(to)?;
    Ok(photos)
}

/// Seals the copy, opens it as a store, and verifies it.
async fn check(folder: &Path, photos: u64) -> StoreResult<BackupReport> {
    let copy = folder.to_owned();
    media::blocking(move || seal::seal(&copy)).await?;
    let copy = SqliteStore::open_reading(folder).await?;
    let verified = copy.verify().await?;
    let point = copy.point().await?;
    copy.close().await;
    let path = open::file(folder);
    let bytes = fs::metadata(&path)
        .map_err(failing("reading", &path))?
        .len();
    Ok(BackupReport {
        point,
        media: photos,
        bytes,
        verified,
    })
}
