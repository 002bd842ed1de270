//! Photos as files: `media/ab/cdef…`, complete and checked; `media/partial/…`, on their way.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use safelane_ledger::{Digest, RecordId};
use safelane_store::{Media, MediaRef, StoreError, StoreResult, Upload};
use sqlx::sqlite::SqliteRow;
use tokio::sync::Mutex;

use crate::SqliteStore;
use crate::error::{failed, failing};
use crate::open::sync_folder;
use crate::rows::{get, hash, number, uuid};

/// One piece of one file at a time; files whose names begin differently do not wait for each other.
#[derive(Debug)]
pub struct Locks(Vec<Arc<Mutex<()>>>);

impl Default for Locks {
    fn default() -> Self {
        Self((0..16).map(|_| Arc::default()).collect())
    }
}

impl Locks {
    /// Makes the folders.
    pub fn open(data: &Path) -> StoreResult<Self> {
        let partial = folder(data).join("partial");
        fs::create_dir_all(&partial).map_err(|source| StoreError::NotWritable {
            path: partial,
            source,
        })?;
        sync_folder(data)?;
        Ok(Self::default())
    }

    fn of(&self, sha256: Digest) -> Arc<Mutex<()>> {
        let first = usize::from(sha256.as_bytes()[0]);
        Arc::clone(&self.0[first % self.0.len()])
    }
}

/// The folder of photos in a data folder.
pub fn folder(data: &Path) -> PathBuf {
    data.join("media")
}

/// Where a complete file lies.
pub fn complete(data: &Path, sha256: Digest) -> PathBuf {
    let name = sha256.to_string();
    folder(data).join(&name[..2]).join(&name[2..])
}

fn partial(data: &Path, sha256: Digest) -> PathBuf {
    folder(data).join("partial").join(sha256.to_string())
}

/// The length of a file; none if there is none.
fn length(path: &Path) -> StoreResult<Option<u64>> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some(found.len())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failing("reading", path)(error)),
    }
}

/// How much of a file is here.
pub fn state(data: &Path, sha256: Digest) -> StoreResult<Upload> {
    if let Some(bytes) = length(&complete(data, sha256))? {
        return Ok(Upload::Complete { bytes });
    }
    Ok(match length(&partial(data, sha256))? {
        Some(offset) => Upload::Partial { offset },
        None => Upload::Absent,
    })
}

/// The same, after giving a file its name that has all its bytes and not its name yet: the process
/// ended, or the disk refused, between the last piece and the name.
fn settled(data: &Path, sha256: Digest) -> StoreResult<Upload> {
    let found = state(data, sha256)?;
    if !matches!(found, Upload::Partial { .. }) {
        return Ok(found);
    }
    let path = partial(data, sha256);
    let bytes = fs::read(&path).map_err(failing("reading", &path))?;
    if Digest::of(&bytes) != sha256 {
        return Ok(found);
    }
    // Nobody knows whether it was synced: written again it surely is.
    let fail = failing("writing", &path);
    let mut file = File::create(&path).map_err(&fail)?;
    file.write_all(&bytes).map_err(&fail)?;
    sync(&file, &path)?;
    name(data, sha256, &path)?;
    Ok(Upload::Complete {
        bytes: bytes.len() as u64,
    })
}

fn put(data: &Path, sha256: Digest, offset: u64, total: u64, piece: &[u8]) -> StoreResult<Upload> {
    let here = match settled(data, sha256)? {
        done @ Upload::Complete { .. } => return Ok(done),
        // All bytes and another hash: a power cut came between writing and syncing. It begins again.
        Upload::Partial { offset } if offset >= total => {
            let path = partial(data, sha256);
            fs::remove_file(&path).map_err(failing("dropping", &path))?;
            0
        }
        Upload::Partial { offset } => offset,
        Upload::Absent => 0,
    };
    if here != offset {
        return Err(StoreError::WrongOffset { offset: here });
    }
    let path = partial(data, sha256);
    let upto = append(&path, piece)?;
    if upto < total {
        return Ok(Upload::Partial { offset: upto });
    }
    finish(data, sha256, &path)
}

/// Appends durably and gives the new length.
fn append(path: &Path, piece: &[u8]) -> StoreResult<u64> {
    let fail = failing("writing", path);
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(&fail)?;
    file.write_all(piece).map_err(&fail)?;
    sync(&file, path)?;
    Ok(file.metadata().map_err(&fail)?.len())
}

/// Syncs a file. One that cannot be synced is dropped: a second sync would succeed and prove nothing.
fn sync(file: &File, path: &Path) -> StoreResult<()> {
    file.sync_all().map_err(|error| {
        // What stays behind is written anew before it counts.
        let _ = fs::remove_file(path);
        StoreError::Disk {
            doing: "syncing a photo",
            reason: error.to_string(),
        }
    })
}

/// Checks the hash and gives the file its name, or drops it.
fn finish(data: &Path, sha256: Digest, path: &Path) -> StoreResult<Upload> {
    let bytes = fs::read(path).map_err(failing("reading", path))?;
    let found = Digest::of(&bytes);
    if found != sha256 {
        fs::remove_file(path).map_err(failing("dropping", path))?;
        return Err(StoreError::WrongHash {
            wanted: sha256,
            found,
        });
    }
    name(data, sha256, path)?;
    Ok(Upload::Complete {
        bytes: bytes.len() as u64,
    })
}

/// Gives a checked and synced file its name, durably.
fn name(data: &Path, sha256: Digest, path: &Path) -> StoreResult<()> {
    let target = complete(data, sha256);
    let parent = target.parent().unwrap_or(data);
    fs::create_dir_all(parent).map_err(failing("making", parent))?;
    fs::rename(path, &target).map_err(failing("naming", &target))?;
    sync_folder(parent)?;
    sync_folder(&folder(data))
}

/// Every complete file of a data folder, with the name that its path gives it.
pub fn files(data: &Path) -> StoreResult<Vec<(Option<Digest>, PathBuf)>> {
    let root = folder(data);
    let mut files = Vec::new();
    for folder in entries(&root)? {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name == "partial" || !folder.is_dir() {
            continue;
        }
        for file in entries(&folder)? {
            let rest = file.file_name().unwrap_or_default().to_string_lossy();
            let digest = format!("{name}{rest}").parse().ok();
            files.push((digest, file.clone()));
        }
    }
    files.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(files)
}

fn entries(folder: &Path) -> StoreResult<Vec<PathBuf>> {
    let fail = failing("listing", folder);
    match fs::read_dir(folder) {
        Ok(found) => found
            .map(|entry| entry.map(|entry| entry.path()).map_err(&fail))
            .collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(fail(error)),
    }
}

/// Copies every complete file that is not there yet; gives how many there are.
pub fn copy(from: &Path, to: &Path) -> StoreResult<u64> {
    let mut count = 0;
    for (digest, file) in files(from)? {
        let Some(digest) = digest else { continue };
        let target = complete(to, digest);
        let parent = target.parent().unwrap_or(to);
        fs::create_dir_all(parent).map_err(failing("making", parent))?;
        fs::copy(&file, &target).map_err(failing("copying", &file))?;
        let synced = File::open(&target).and_then(|file| file.sync_all());
        synced.map_err(failing("syncing", &target))?;
        sync_folder(parent)?;
        count += 1;
    }
    Ok(count)
}

/// Runs something that waits for the disk beside the tasks.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> StoreResult<T> + Send + 'static,
) -> StoreResult<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => Err(StoreError::Closed),
    }
}

fn media_ref(data: &Path, row: &SqliteRow) -> StoreResult<MediaRef> {
    let sha256 = Digest::from_bytes(hash(row, "media", "sha256")?);
    Ok(MediaRef {
        sha256,
        bytes: number(row, "media", "bytes")?,
        media_type: get(row, "media", "type")?,
        record: uuid::<RecordId>(row, "record", "id")?,
        held: length(&complete(data, sha256))?.is_some(),
    })
}

#[async_trait]
impl Media for SqliteStore {
    async fn media_state(&self, sha256: Digest) -> StoreResult<Upload> {
        let data = self.inner.data.clone();
        if self.inner.writer.is_none() {
            return blocking(move || state(&data, sha256)).await;
        }
        self.inner.disk.check()?;
        let turn = self.inner.media.of(sha256).lock_owned().await;
        let found = blocking(move || {
            let _turn = turn;
            settled(&data, sha256)
        })
        .await;
        self.inner.disk.learn(&found);
        found
    }

    async fn put_media(
        &self,
        sha256: Digest,
        offset: u64,
        total: u64,
        piece: &[u8],
    ) -> StoreResult<Upload> {
        self.writer()?;
        self.inner.disk.check()?;
        let turn = self.inner.media.of(sha256).lock_owned().await;
        let data = self.inner.data.clone();
        let piece = piece.to_vec();
        let put = blocking(move || {
            // Kept until the disk is done, also when the caller goes away.
            let _turn = turn;
            put(&data, sha256, offset, total, &piece)
        })
        .await;
        self.inner.disk.learn(&put);
        put
    }

    async fn media(&self, sha256: Digest) -> StoreResult<Option<Vec<u8>>> {
        let path = complete(&self.inner.data, sha256);
        blocking(move || match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failing("reading", &path)(error)),
        })
        .await
    }

    async fn media_of(&self, record: RecordId) -> StoreResult<Vec<MediaRef>> {
        let rows = sqlx::query(
            "select m.sha256, m.bytes, m.type, r.id
             from record r join media m on m.first = r.first
             where r.id = ?1 order by m.sha256",
        )
        .bind(record.uuid().as_bytes().to_vec())
        .fetch_all(&self.inner.readers)
        .await
        .map_err(failed("listing a record's photos"))?;
        rows.iter()
            .map(|row| media_ref(&self.inner.data, row))
            .collect()
    }

    async fn media_records(&self, sha256: Digest) -> StoreResult<Vec<MediaRef>> {
        let rows = sqlx::query(
            "select m.sha256, m.bytes, m.type, r.id
             from media m join record r on r.first = m.first
             where m.sha256 = ?1 order by r.first",
        )
        .bind(sha256.as_bytes().to_vec())
        .fetch_all(&self.inner.readers)
        .await
        .map_err(failed("listing a photo's records"))?;
        rows.iter()
            .map(|row| media_ref(&self.inner.data, row))
            .collect()
    }
}
