//! The one task that writes. It drains its queue and commits the batches of several callers in one
//! transaction, so that a sync of the disk is shared; each caller is answered after the commit.

mod caches;
mod derived;
mod group;

use std::collections::VecDeque;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use safelane_ledger::{PersonId, ReceivedAt, RevisionId};
use safelane_store::{Answered, Appended, Batch, StoreError, StoreResult};
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot, watch};

use crate::Hub;
use crate::disk::Disk;
use crate::error::failed;
use crate::open::{self, Mode};
use caches::Caches;
use group::Group;

pub use caches::Device as CachedDevice;
pub use derived::{flag, insert_derived, insert_people};

/// Callers that may wait in the queue; further ones wait before it.
const QUEUE: usize = 4_096;

/// Items after which a transaction takes no further batch.
const MAX_ITEMS: usize = 2_000;

/// A transaction's work that is no append.
pub type JobFuture<'c> = Pin<Box<dyn Future<Output = StoreResult<()>> + Send + 'c>>;
/// See [`JobFuture`].
pub type Job = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> JobFuture<'c> + Send>;

enum Command {
    Append(Append),
    Admit {
        id: RevisionId,
        by: PersonId,
        at: ReceivedAt,
        done: oneshot::Sender<StoreResult<Answered>>,
    },
    Job {
        job: Job,
        done: oneshot::Sender<StoreResult<()>>,
    },
    /// Both in one transaction.
    AppendWith {
        batch: Batch,
        job: Job,
        done: oneshot::Sender<StoreResult<Appended>>,
    },
    Rebuild(oneshot::Sender<StoreResult<()>>),
    Close(oneshot::Sender<()>),
}

struct Append {
    batch: Batch,
    done: oneshot::Sender<StoreResult<Appended>>,
}

/// The way to the writer.
#[derive(Clone, Debug)]
pub struct Handle {
    queue: mpsc::Sender<Command>,
}

impl Handle {
    pub async fn append(&self, batch: Batch) -> StoreResult<Appended> {
        let (done, answer) = oneshot::channel();
        self.send(Command::Append(Append { batch, done })).await?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Appends, and does something beside the ledger in the same transaction, all or nothing.
    pub async fn append_with(&self, batch: Batch, job: Job) -> StoreResult<Appended> {
        let (done, answer) = oneshot::channel();
        self.send(Command::AppendWith { batch, job, done }).await?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    pub async fn admit(
        &self,
        id: RevisionId,
        by: PersonId,
        at: ReceivedAt,
    ) -> StoreResult<Answered> {
        let (done, answer) = oneshot::channel();
        self.send(Command::Admit { id, by, at, done }).await?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    pub async fn rebuild(&self) -> StoreResult<()> {
        let (done, answer) = oneshot::channel();
        self.send(Command::Rebuild(done)).await?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs something in a transaction of its own and gives what it gave, after the commit.
    pub async fn run<T, F>(&self, job: F) -> StoreResult<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(
                &'c mut SqliteConnection,
            ) -> Pin<Box<dyn Future<Output = StoreResult<T>> + Send + 'c>>
            + Send
            + 'static,
    {
        let given = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&given);
        let job: Job = Box::new(move |conn| {
            Box::pin(async move {
                let value = job(conn).await?;
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
                Ok(())
            })
        });
        let (done, answer) = oneshot::channel();
        self.send(Command::Job { job, done }).await?;
        answer.await.map_err(|_| StoreError::Closed)??;
        let value = given.lock().unwrap_or_else(PoisonError::into_inner).take();
        value.ok_or(StoreError::Closed)
    }

    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.send(Command::Close(done)).await.is_ok() {
            // An error means that the task has gone already.
            let _ = closed.await;
        }
    }

    async fn send(&self, command: Command) -> StoreResult<()> {
        self.queue
            .send(command)
            .await
            .map_err(|_| StoreError::Closed)
    }
}

/// Starts the task over the one connection that writes.
pub async fn start(
    file: PathBuf,
    mut conn: SqliteConnection,
    hub: Hub,
    disk: Disk,
) -> StoreResult<(Handle, watch::Receiver<u64>)> {
    let caches = Caches::load(&mut conn, hub.hub).await?;
    let (queue, commands) = mpsc::channel(QUEUE);
    let (size, sizes) = watch::channel(caches.point.size);
    let writer = Writer {
        conn: Some(conn),
        file,
        hub,
        caches,
        size,
        disk,
    };
    tokio::spawn(writer.work(commands));
    Ok((Handle { queue }, sizes))
}

struct Writer {
    /// None when the last one could not be trusted with another transaction.
    conn: Option<SqliteConnection>,
    file: PathBuf,
    hub: Hub,
    caches: Caches,
    size: watch::Sender<u64>,
    disk: Disk,
}

impl Writer {
    async fn work(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut waiting: VecDeque<Command> = VecDeque::new();
        loop {
            let next = match waiting.pop_front() {
                Some(command) => Some(command),
                None => commands.recv().await,
            };
            let Some(command) = next else { break };
            match command {
                Command::Append(first) => {
                    while let Ok(command) = commands.try_recv() {
                        waiting.push_back(command);
                    }
                    self.append(gather(first, &mut waiting)).await;
                }
                Command::Admit { id, by, at, done } => {
                    let answer = self.admit(id, by, at).await;
                    self.answer(done, answer);
                }
                Command::Job { job, done } => {
                    let answer = self.job(job).await;
                    self.answer(done, answer);
                }
                Command::AppendWith { batch, job, done } => {
                    let answer = self.append_with(&batch, job).await;
                    self.answer(done, answer);
                }
                Command::Rebuild(done) => {
                    let answer = self.rebuild().await;
                    self.answer(done, answer);
                }
                Command::Close(done) => {
                    // What is left unanswered is told that the store is closing.
                    drop((waiting, commands));
                    self.close().await;
                    let _ = done.send(());
                    return;
                }
            }
        }
        self.close().await;
    }

    /// A caller that has gone away wants no answer; its work stands.
    fn answer<T>(&self, done: oneshot::Sender<T>, answer: T) {
        // Without a connection the caches may hold what was not committed.
        if self.conn.is_some() {
            self.size.send_replace(self.caches.point.size);
        }
        let _ = done.send(answer);
    }

    async fn append(&mut self, appends: Vec<Append>) {
        let batches: Vec<&Batch> = appends.iter().map(|append| &append.batch).collect();
        match self.commit(&batches).await {
            Ok(answers) => {
                for (append, answer) in appends.into_iter().zip(answers) {
                    self.answer(append.done, Ok(answer));
                }
            }
            Err(error) if appends.len() == 1 => {
                if let Some(append) = appends.into_iter().next() {
                    self.answer(append.done, Err(error));
                }
            }
            // One batch must not fail for another's fault.
            Err(StoreError::HubDraft(_) | StoreError::Corrupt { .. }) => {
                for append in appends {
                    let answer = self.commit(&[&append.batch]).await;
                    let one = answer.map(|mut answers| answers.remove(0));
                    self.answer(append.done, one);
                }
            }
            // The disk or the database failed: trying the same again could hide it.
            Err(error) => {
                for append in appends {
                    self.answer(append.done, Err(told_again(&error)));
                }
            }
        }
    }

    /// All batches or none.
    async fn commit(&mut self, batches: &[&Batch]) -> StoreResult<Vec<Appended>> {
        self.transaction(async |conn, hub, caches| {
            let mut group = Group::load(conn, hub, caches, batches).await?;
            let mut answers = Vec::with_capacity(batches.len());
            for batch in batches {
                answers.push(group.append(batch).await?);
            }
            group.finish().await?;
            Ok(answers)
        })
        .await
    }

    async fn append_with(&mut self, batch: &Batch, job: Job) -> StoreResult<Appended> {
        self.transaction(async |conn, hub, caches| {
            job(&mut *conn).await?;
            let mut group = Group::load(conn, hub, caches, &[batch]).await?;
            let answer = group.append(batch).await?;
            group.finish().await?;
            Ok(answer)
        })
        .await
    }

    async fn admit(
        &mut self,
        id: RevisionId,
        by: PersonId,
        at: ReceivedAt,
    ) -> StoreResult<Answered> {
        self.transaction(async |conn, hub, caches| {
            let mut group = Group::load(conn, hub, caches, &[]).await?;
            let answer = group.admit(id, by, at).await?;
            group.finish().await?;
            Ok(answer)
        })
        .await
    }

    async fn rebuild(&mut self) -> StoreResult<()> {
        let hub = self.hub.hub;
        self.transaction(async |conn, _, caches| {
            crate::rebuild::all(conn).await?;
            *caches = Caches::load(conn, hub).await?;
            Ok(())
        })
        .await
    }

    async fn job(&mut self, job: Job) -> StoreResult<()> {
        self.transaction(async |conn, _, _| job(conn).await).await
    }

    /// Commits what `work` did, or undoes all of it, in the database and in memory.
    async fn transaction<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut SqliteConnection, &Hub, &mut Caches) -> StoreResult<T>,
    ) -> StoreResult<T> {
        self.disk.check()?;
        let done = self.attempt(work).await;
        self.disk.learn(&done);
        done
    }

    async fn attempt<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut SqliteConnection, &Hub, &mut Caches) -> StoreResult<T>,
    ) -> StoreResult<T> {
        let Self { hub, caches, .. } = self;
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => {
                let mut conn = open::connect(&self.file, Mode::Write).await?;
                *caches = Caches::load(&mut conn, hub.hub).await?;
                conn
            }
        };
        let mut tx = conn
            .begin_with("begin immediate")
            .await
            .map_err(failed("beginning to write"))?;
        let (done, undone) = match work(&mut tx, hub, caches).await {
            Ok(value) => {
                let done = tx.commit().await.map_err(failed("committing"));
                let undone = done.is_ok();
                (done.map(|()| value), undone)
            }
            Err(error) => (Err(error), tx.rollback().await.is_ok()),
        };
        // A full disk makes SQLite roll back by itself, and the library above it still counts a
        // transaction. Such a connection is left: the next work opens another, and reads anew.
        if undone {
            if done.is_err() {
                *caches = Caches::load(&mut conn, hub.hub).await?;
            }
            self.conn = Some(conn);
        }
        done
    }

    async fn close(self) {
        if let Some(conn) = self.conn
            && let Err(error) = conn.close().await
        {
            tracing::warn!(%error, "the database did not close in order");
        }
    }
}

/// The first append and those right behind it, up to the next other command.
fn gather(first: Append, waiting: &mut VecDeque<Command>) -> Vec<Append> {
    let mut items = first.batch.items.len();
    let mut appends = vec![first];
    while items < MAX_ITEMS {
        match waiting.pop_front() {
            Some(Command::Append(append)) => {
                items += append.batch.items.len();
                appends.push(append);
            }
            Some(other) => {
                waiting.push_front(other);
                break;
            }
            None => break,
        }
    }
    appends
}

/// The failure of a shared commit, for each of those who shared it.
fn told_again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Full => StoreError::Full,
        StoreError::Disk { doing, reason } | StoreError::Damaged { doing, reason } => {
            StoreError::Disk {
                doing,
                reason: reason.clone(),
            }
        }
        other => StoreError::Database {
            doing: "committing this with other pushes",
            source: other.to_string().into(),
        },
    }
}
