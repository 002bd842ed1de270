//! The board as it was known at an instant, and as it was true on a past day.
//!
//! Two clocks (design section 5): *known at* keeps what this hub had received by then, *true on*
//! reads the dates in bodies. Both are pictures like the board itself, made by the same functions:
//! the first from the log up to its last leaf of then, the second from records as they stood on that
//! day ([`safelane_rules::as_on`]). A picture of a whole programme takes seconds, so the last few are
//! kept; one is made at a time, and nobody who looks at the present waits for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use safelane_ledger::{ReceivedAt, RecordId};
use safelane_model::Date;
use safelane_rules::{Table, as_on};
use safelane_store::{Entry, Limit, Order, RecordFilter, Store, StoreError, derive};
use safelane_wire::problem::Code;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use super::{Board, BoardData, Known, PATIENCE, Settings};
use crate::problem::{ApiError, ApiResult};

/// Pictures that are kept: a day's picture needs the one of what was known.
const KEPT: usize = 4;
/// After so long without a look a picture goes.
const IDLE: Duration = Duration::from_mins(10);
/// Instants whose log number is remembered.
const INSTANTS: usize = 64;

/// Which picture an address asks for; nothing asks for the present.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// A day of the programme (its end), an instant, or a log number.
    pub known: Option<&'a str>,
    /// A day; today and later ask for the present.
    pub on: Option<&'a str>,
}

/// What was known: so many leaves of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownAt {
    /// Leaves.
    pub upto: u64,
    /// The instant that was asked for; of a log number, when its leaf was received.
    pub at: ReceivedAt,
}

/// A past picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What was known.
    pub known: KnownAt,
    /// The day on which it was true; none for all days up to then.
    pub on: Option<Date>,
}

impl Moment {
    /// What tells two pictures apart.
    const fn key(&self) -> (u64, Option<Date>) {
        (self.known.upto, self.on)
    }
}

/// A board of the past, with the settings of then.
pub struct PastBoard {
    /// The board.
    pub data: BoardData,
    /// The programme's settings as they were known then.
    pub settings: Arc<Settings>,
}

/// The present or the past, looked at alike.
#[derive(Clone)]
pub enum Picture {
    /// The board as it is.
    Now(Arc<Board>),
    /// As it was.
    Then(Arc<PastBoard>),
}

impl Picture {
    /// Looks at it; `look` must not wait for anything.
    pub fn read<T>(&self, look: impl FnOnce(&BoardData) -> T) -> T {
        match self {
            Self::Now(board) => board.read(look),
            Self::Then(past) => look(&past.data),
        }
    }

    /// The programme's settings.
    pub fn settings(&self) -> Arc<Settings> {
        match self {
            Self::Now(board) => board.settings(),
            Self::Then(past) => Arc::clone(&past.settings),
        }
    }
}

/// None while it is being made; an error was logged and is forgotten, so that the next look tries
/// again.
type Made = Option<Result<Arc<PastBoard>, ()>>;

struct Slot {
    key: (u64, Option<Date>),
    used: Instant,
    made: watch::Receiver<Made>,
}

/// The last few pictures of the past.
pub struct Past {
    store: Arc<dyn Store>,
    board: Arc<Board>,
    kept: Mutex<Vec<Slot>>,
    /// The log number of an instant, and the size of the log for which it holds.
    instants: Mutex<HashMap<i64, (u64, u64)>>,
    turn: Semaphore,
}

impl Past {
    /// Without a picture yet.
    pub fn new(store: Arc<dyn Store>, board: Arc<Board>) -> Self {
        Self {
            store,
            board,
            kept: Mutex::default(),
            instants: Mutex::default(),
            turn: Semaphore::new(1),
        }
    }

    /// The moment that is asked for; none for the present.
    pub async fn moment(&self, asked: Asked<'_>, today: Date) -> ApiResult<Option<Moment>> {
        let on = asked.on.map(|text| day("on", text)).transpose()?;
        let on = on.filter(|on| *on < today);
        let known = match asked.known {
            Some(text) => self.known(text).await?,
            None => None,
        };
        match (known, on) {
            (None, None) => Ok(None),
            (Some(known), on) => Ok(Some(Moment { known, on })),
            (None, on) => {
                let known = self.leaf(self.board.upto()).await?;
                Ok(Some(Moment { known, on }))
            }
        }
    }

    /// The log number of what is asked for; none when that is all that the board shows now.
    async fn known(&self, text: &str) -> ApiResult<Option<KnownAt>> {
        let wrong = || {
            ApiError::parameter(
                "known",
                "is no day like 2026-03-01, no instant like 2026-03-01T08:30:00Z and no log number",
            )
        };
        let known = if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
            self.leaf(text.parse().map_err(|_| wrong())?).await?
        } else {
            let at = match text.parse::<Date>() {
                Ok(day) => self.board.settings().end_of(day).ok_or_else(wrong)?,
                Err(_) => text.parse::<ReceivedAt>().map_err(|_| wrong())?,
            };
            let upto = self.size_at(at).await?;
            KnownAt { upto, at }
        };
        Ok((known.upto < self.board.upto()).then_some(known))
    }

    /// A log number with the moment of its leaf.
    async fn leaf(&self, upto: u64) -> ApiResult<KnownAt> {
        let upto = upto.min(self.board.upto());
        let entries = self.store.entries_of(&[upto]).await?;
        let at = entries.first().map(|entry| entry.leaf.received);
        let at = at.or_else(|| ReceivedAt::from_unix(0).ok());
        let at = at.ok_or_else(|| ApiError::internal("the calendar has no beginning"))?;
        Ok(KnownAt { upto, at })
    }

    async fn size_at(&self, at: ReceivedAt) -> ApiResult<u64> {
        let size = self.board.upto();
        let known = lock(&self.instants).get(&at.unix()).copied();
        if let Some((upto, valid)) = known
            && valid == size
        {
            return Ok(upto);
        }
        let upto = self.store.size_at(at).await?;
        let mut instants = lock(&self.instants);
        if instants.len() >= INSTANTS {
            instants.clear();
        }
        instants.insert(at.unix(), (upto, size));
        Ok(upto)
    }

    /// The picture of a moment, or "not yet" while it is being made.
    pub async fn picture(
        self: &Arc<Self>,
        moment: Option<Moment>,
        today: Date,
    ) -> ApiResult<Picture> {
        let Some(moment) = moment else {
            return Ok(Picture::Now(Arc::clone(&self.board)));
        };
        let mut made = self.slot(moment, today);
        let here = made.wait_for(Option::is_some);
        let found = match tokio::time::timeout(PATIENCE, here).await {
            Ok(Ok(made)) => made.clone(),
            Ok(Err(_)) => Some(Err(())),
            Err(_) => None,
        };
        match found {
            Some(Ok(past)) => Ok(Picture::Then(past)),
            Some(Err(())) => Err(ApiError::internal("a picture of the past was not made")),
            None => Err(ApiError::new(
                Code::NotYet,
                "The picture of that moment is still being made from the log. Nothing is lost; \
                 ask again in a moment.",
            )),
        }
    }

    /// The place of a picture, made if need be.
    fn slot(self: &Arc<Self>, moment: Moment, today: Date) -> watch::Receiver<Made> {
        let key = moment.key();
        let mut kept = lock(&self.kept);
        let now = Instant::now();
        if let Some(slot) = kept.iter_mut().find(|slot| slot.key == key) {
            slot.used = now;
            return slot.made.clone();
        }
        if kept.len() >= KEPT
            && let Some(oldest) = (0..kept.len()).min_by_key(|at| kept[*at].used)
        {
            kept.swap_remove(oldest);
        }
        let (send, made) = watch::channel(None);
        kept.push(Slot {
            key,
            used: now,
            made: made.clone(),
        });
        let past = Arc::clone(self);
        // A task of its own: it goes on when whoever asked has gone.
        tokio::spawn(async move {
            // Whoever asks for many moments and goes away makes no work: nobody waits for them.
            let wanted = || !send.is_closed();
            match past.make(moment, today, &wanted).await {
                Ok(board) => _ = send.send(Some(Ok(Arc::new(board)))),
                Err(Failed::Unwanted) => return,
                Err(cause) => {
                    tracing::error!(%cause, "a picture of the past could not be made");
                    past.forget(key);
                    _ = send.send(Some(Err(())));
                    return;
                }
            }
            past.forget_when_idle(key).await;
        });
        made
    }

    fn forget(&self, key: (u64, Option<Date>)) {
        lock(&self.kept).retain(|slot| slot.key != key);
    }

    async fn forget_when_idle(&self, key: (u64, Option<Date>)) {
        loop {
            let used = (lock(&self.kept).iter())
                .find(|slot| slot.key == key)
                .map(|slot| slot.used);
            let Some(used) = used else { return };
            if used.elapsed() >= IDLE {
                return self.forget(key);
            }
            tokio::time::sleep_until(used + IDLE).await;
        }
    }

    async fn make(
        self: &Arc<Self>,
        moment: Moment,
        today: Date,
        wanted: &(dyn Fn() -> bool + Send + Sync),
    ) -> Result<PastBoard, Failed> {
        let base = match moment.on {
            Some(day) => Some((day, self.records(moment, today).await?)),
            None => None,
        };
        let _turn = self.turn.acquire().await?;
        if !wanted() {
            return Err(Failed::Unwanted);
        }
        let Some((day, (records, settings))) = base else {
            return read(&*self.store, moment.known.upto, today).await;
        };
        let upto = moment.known.upto;
        Ok(tokio::task::spawn_blocking(move || on_day(upto, records, settings, day)).await?)
    }

    /// The records that a day's picture is made of.
    async fn records(
        self: &Arc<Self>,
        moment: Moment,
        today: Date,
    ) -> Result<(Vec<Arc<Known>>, Arc<Settings>), Failed> {
        let upto = moment.known.upto;
        let settings = self.board.settings();
        let present = self
            .board
            .read(|data| (data.upto == upto).then(|| data.all().cloned().collect::<Vec<_>>()));
        if let Some(records) = present {
            return Ok((records, settings));
        }
        let known = Moment { on: None, ..moment };
        let mut made = self.slot(known, today);
        let past = made.wait_for(Option::is_some).await?.clone();
        let past = past.and_then(Result::ok).ok_or(Failed::Base)?;
        Ok((
            past.data.all().cloned().collect(),
            Arc::clone(&past.settings),
        ))
    }
}

/// Why a picture was not made.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the work was broken off: {0}")]
    Broken(#[from] tokio::task::JoinError),
    #[error("the hub is stopping")]
    Closed(#[from] tokio::sync::AcquireError),
    #[error("the hub is stopping")]
    Gone(#[from] watch::error::RecvError),
    #[error("what was known then could not be read")]
    Base,
    #[error("nobody waits for it any more")]
    Unwanted,
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn day(name: &str, text: &str) -> ApiResult<Date> {
    text.parse()
        .map_err(|_| ApiError::parameter(name, "is no day like 2026-03-01"))
}

/// The board from the log up to a number, page by page: a record is made as soon as its last entry
/// of then is here.
async fn read(store: &dyn Store, upto: u64, today: Date) -> Result<PastBoard, Failed> {
    let settings = Arc::new(Settings::read_at(store, upto).await?);
    let table = settings.table();
    let last = last_numbers(store).await?;
    let mut waiting: HashMap<RecordId, Vec<Entry>> = HashMap::new();
    let mut data = BoardData {
        upto,
        ..BoardData::default()
    };
    let mut after = 0;
    while after < upto {
        let mut entries = store.entries(after, Limit::MAX).await?;
        let Some(newest) = entries.last() else { break };
        after = newest.leaf.n;
        entries.retain(|entry| entry.leaf.n <= upto);
        let mut whole = Vec::new();
        for entry in entries {
            let (record, n) = (entry.revision.record(), entry.leaf.n);
            waiting.entry(record).or_default().push(entry);
            if last.get(&record) == Some(&n) {
                whole.extend(waiting.remove(&record));
            }
        }
        data.put_all(known(whole, table).await?);
    }
    data.put_all(known(waiting.into_values().collect(), table).await?);
    let then = Arc::clone(&settings);
    let data = tokio::task::spawn_blocking(move || {
        data.complete(&then, today);
        data
    });
    Ok(PastBoard {
        data: data.await?,
        settings,
    })
}

/// The log number of the newest entry of every record, as the log is now.
async fn last_numbers(store: &dyn Store) -> Result<HashMap<RecordId, u64>, StoreError> {
    let filter = RecordFilter {
        order: Order::Oldest,
        ..RecordFilter::default()
    };
    let mut last = HashMap::new();
    let mut after = None;
    loop {
        let page = store.records(&filter, after, Limit::MAX).await?;
        last.extend(page.items.into_iter().map(|one| (one.record, one.last)));
        after = page.next;
        if after.is_none() {
            return Ok(last);
        }
    }
}

/// Records from all their entries of then.
async fn known(records: Vec<Vec<Entry>>, table: Table) -> Result<Vec<Arc<Known>>, Failed> {
    let work = move || -> Result<Vec<Arc<Known>>, StoreError> {
        let mut all = Vec::with_capacity(records.len());
        for entries in records {
            if let Some(then) = derive::record(&entries, &table)? {
                all.extend(Known::of(then.summary, &entries, &table)?.map(Arc::new));
            }
        }
        Ok(all)
    };
    Ok(tokio::task::spawn_blocking(work).await??)
}

/// The board of records as they stood at the end of a day.
fn on_day(upto: u64, records: Vec<Arc<Known>>, settings: Arc<Settings>, day: Date) -> PastBoard {
    let mut data = BoardData {
        upto,
        ..BoardData::default()
    };
    for known in records {
        match as_on(&known.record, day) {
            None => {}
            Some(then) if then == *known.record => data.put(known),
            Some(then) => data.put(Arc::new(known.standing_as(then))),
        }
    }
    data.complete(&settings, day);
    PastBoard { data, settings }
}
