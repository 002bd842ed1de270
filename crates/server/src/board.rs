//! The board: every record as it stands, the accounts, and the shapes of the map, in memory.
//!
//! It is a projection like the others: a function of the store, thrown away at every stop and grown
//! again at every start. One task keeps it up with the log; answers say how far it is (`upto`), and
//! the desk waits for it after an approval.

pub mod findings;
mod known;
mod past;
mod settings;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use safelane_geometry::Bbox;
use safelane_ledger::{RecordId, RevisionId};
use safelane_model::Date;
use safelane_rules::accounts::Books;
use safelane_rules::{Memory, World as _};
use safelane_store::{Entry, Limit, Order, RecordFilter, Store, StoreError};
use safelane_wire::problem::Code;
use tokio::sync::watch;

use crate::app::{Clock, day};
use crate::problem::{ApiError, ApiResult};
use crate::tiles::alarms::{self, Alarm, alarm};
use crate::tiles::features::features;
use crate::tiles::index::MapIndex;

pub use known::{Known, Spot, standing_word};
pub use past::{Asked, KnownAt, Moment, Past, Picture};
pub use settings::Settings;

/// How long an answer waits for the board before it says "not yet".
const PATIENCE: Duration = Duration::from_secs(10);
/// Records in one step.
const STEP: Limit = Limit::new(500);

/// Everything on the board, as of one log number.
#[derive(Default)]
pub struct BoardData {
    /// The log number that it reflects.
    pub upto: u64,
    records: HashMap<RecordId, Arc<Known>>,
    kinds: BTreeMap<String, BTreeSet<RecordId>>,
    places: BTreeMap<String, RTree<Placed>>,
    statements: HashMap<RevisionId, RecordId>,
    /// All records as the rules look at them, with the accounts of land release.
    pub world: Memory,
    /// Shapes to draw.
    pub map: MapIndex,
    /// Items and accidents in released or worked ground (S5).
    pub alarms: BTreeMap<RecordId, Alarm>,
}

impl BoardData {
    /// A record.
    pub fn get(&self, record: RecordId) -> Option<&Arc<Known>> {
        self.records.get(&record)
    }

    /// Every record.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Known>> {
        self.records.values()
    }

    /// Every record of a kind, in the order of the ids.
    pub fn of_kind<'a>(&'a self, kind: &str) -> impl Iterator<Item = &'a Arc<Known>> {
        let ids = self.ids_of_kind(kind);
        ids.filter_map(|record| self.records.get(&record))
    }

    /// The ids of the records of a kind, in order.
    pub fn ids_of_kind(&self, kind: &str) -> impl Iterator<Item = RecordId> {
        self.kinds.get(kind).into_iter().flatten().copied()
    }

    /// The ids of the records of a kind whose boxes meet a box, in no order.
    pub fn ids_in(&self, kind: &str, bbox: Bbox) -> Vec<RecordId> {
        let Some(places) = self.places.get(kind) else {
            return Vec::new();
        };
        let found = places.locate_in_envelope_intersecting(&envelope(bbox));
        found.map(|placed| placed.data).collect()
    }

    /// The record of a statement.
    pub fn record_of(&self, statement: RevisionId) -> Option<&Arc<Known>> {
        self.get(*self.statements.get(&statement)?)
    }

    /// What a record is called: its name, its number, else the start of its id.
    pub fn name_of(&self, record: RecordId) -> String {
        let short = || record.to_string().chars().take(8).collect();
        self.get(record).map_or_else(short, |known| {
            let row = &known.row;
            row.name
                .clone()
                .or_else(|| row.reference.as_ref().map(ToString::to_string))
                .unwrap_or_else(short)
        })
    }

    fn put_all(&mut self, known: impl IntoIterator<Item = Arc<Known>>) {
        known.into_iter().for_each(|known| self.put(known));
    }

    fn put(&mut self, known: Arc<Known>) {
        let record = known.summary.record;
        self.kinds
            .entry(known.summary.kind.clone())
            .or_default()
            .insert(record);
        for version in &known.record.versions {
            self.statements.insert(version.id, record);
        }
        if let Some(before) = self.records.get(&record)
            && let Some(placed) = placed(before)
            && let Some(places) = self.places.get_mut(&before.summary.kind)
        {
            places.remove(&placed);
        }
        if let Some(placed) = placed(&known) {
            let kind = known.summary.kind.clone();
            self.places.entry(kind).or_default().insert(placed);
        }
        self.records.insert(record, known);
    }

    /// The accounts of land release.
    pub fn books(&self) -> &Books {
        self.world.books()
    }

    /// Reads the whole log once, page by page: a record is made as soon as its last entry is here,
    /// so that no more of the log is held than what still waits for a later entry.
    async fn read_all(&mut self, store: &dyn Store, settings: &Settings) -> Result<(), StoreError> {
        let mut summaries = HashMap::new();
        let mut after = None;
        loop {
            let filter = RecordFilter {
                order: Order::Oldest,
                ..RecordFilter::default()
            };
            let page = store.records(&filter, after, Limit::MAX).await?;
            summaries.extend(page.items.into_iter().map(|one| (one.record, one)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut waiting: HashMap<RecordId, Vec<Entry>> = HashMap::new();
        loop {
            let entries = store.entries(self.upto, Limit::MAX).await?;
            let Some(last) = entries.last() else {
                // What was received while this read comes again as a change.
                return Ok(());
            };
            self.upto = last.leaf.n;
            for entry in entries {
                let (record, n) = (entry.revision.record(), entry.leaf.n);
                waiting.entry(record).or_default().push(entry);
                if summaries.get(&record).is_some_and(|one| one.last == n)
                    && let (Some(summary), Some(entries)) =
                        (summaries.remove(&record), waiting.remove(&record))
                {
                    let known = Known::of(summary, &entries, &settings.table())?;
                    self.put_all(known.map(Arc::new));
                }
            }
        }
    }

    /// Computes the accounts once, not once for each record, and draws everything.
    fn complete(&mut self, settings: &Settings, today: Date) {
        let records = self.records.values().map(|known| Arc::clone(&known.record));
        self.world = Memory::of(records, settings.rules);
        let all = self.records.keys().copied().collect();
        self.draw(&all, settings, today);
    }

    /// Draws some records anew with what they may change, and the alarms that they may raise or
    /// settle.
    fn draw(&mut self, touched: &BTreeSet<RecordId>, settings: &Settings, today: Date) {
        for record in touched {
            let Some(known) = self.records.get(record) else {
                continue;
            };
            self.map
                .set(*record, features(known, &self.world, settings), self.upto);
            let raised = Some(known)
                .filter(|known| alarms::KINDS.contains(&known.summary.kind.as_str()))
                .and_then(|known| alarm(&known.record, &self.world, today));
            match raised {
                Some(alarm) => self.alarms.insert(*record, alarm),
                None => self.alarms.remove(record),
            };
        }
        let drawn = alarms::features(self.alarms.values(), settings);
        self.map.set_alarms(drawn, self.upto);
    }

    /// The records near some others, and the hazardous areas that those near name: an item freezes
    /// the release around it, and that gives its hazardous areas their ground back.
    fn around(&self, touched: &BTreeSet<RecordId>) -> BTreeSet<RecordId> {
        let mut found = BTreeSet::new();
        for known in touched.iter().filter_map(|record| self.records.get(record)) {
            let kind = known.summary.kind.as_str();
            // What is said beside an alarm.
            if kind == "check-answer" {
                let versions = known.record.versions.iter();
                found.extend(versions.flat_map(|version| version.content.names()));
            }
            let matters = alarms::KINDS.contains(&kind)
                || matches!(
                    kind,
                    "clearance" | "non-technical-survey" | "hazardous-area"
                );
            let Some(bbox) = known.summary.bbox.filter(|_| matters) else {
                continue;
            };
            for near in self.world.near(bbox) {
                let named = near.current().flat_map(|version| version.content.names());
                found.extend(named);
                found.insert(near.id);
            }
        }
        found
    }
}

/// A record's box in the index of its kind.
type Placed = GeomWithData<Rectangle<[f64; 2]>, RecordId>;

fn placed(known: &Known) -> Option<Placed> {
    let bbox = known.summary.bbox?;
    let [low, high] = corners(bbox);
    let rectangle = Rectangle::from_corners(low, high);
    Some(GeomWithData::new(rectangle, known.summary.record))
}

fn envelope(bbox: Bbox) -> AABB<[f64; 2]> {
    let [low, high] = corners(bbox);
    AABB::from_corners(low, high)
}

/// Every whole number of 1e-7 degree is a float; the tree multiplies them, which whole numbers
/// would not hold.
fn corners(bbox: Bbox) -> [[f64; 2]; 2] {
    [[bbox.west, bbox.south], [bbox.east, bbox.north]].map(|corner| corner.map(f64::from))
}

/// The board, shared.
pub struct Board {
    data: RwLock<BoardData>,
    settings: RwLock<Arc<Settings>>,
    upto: watch::Sender<u64>,
}

impl Board {
    /// Grows the board from the store.
    pub async fn load(store: &dyn Store, today: Date) -> Result<Self, StoreError> {
        let settings = Settings::read(store).await?;
        let mut data = BoardData::default();
        data.read_all(store, &settings).await?;
        data.complete(&settings, today);
        let upto = data.upto;
        Ok(Self {
            data: RwLock::new(data),
            settings: RwLock::new(Arc::new(settings)),
            upto: watch::Sender::new(upto),
        })
    }

    /// Grows it again from the store: what broke off in the middle of a change may have left half of
    /// it here.
    async fn begin_anew(&self, store: &dyn Store, today: Date) -> Result<(), StoreError> {
        let fresh = Self::load(store, today).await?;
        let data = fresh
            .data
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let settings = fresh
            .settings
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let upto = data.upto;
        *self.data.write().unwrap_or_else(PoisonError::into_inner) = data;
        *self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner) = settings;
        self.upto.send_replace(upto);
        Ok(())
    }

    /// Looks at the board; nothing changes meanwhile, so `look` must not wait for anything.
    pub fn read<T>(&self, look: impl FnOnce(&BoardData) -> T) -> T {
        look(&self.data.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The programme's settings.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The log number that the board reflects.
    pub fn upto(&self) -> u64 {
        *self.upto.borrow()
    }

    /// Waits until the board reflects a log number, or says "not yet".
    pub async fn wait(&self, n: u64) -> ApiResult<()> {
        let mut upto = self.upto.subscribe();
        let reached = upto.wait_for(|upto| *upto >= n);
        match tokio::time::timeout(PATIENCE, reached).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(ApiError::new(
                Code::NotYet,
                "The answer does not yet show what was asked for. Everything received is kept; \
                 ask again in a moment.",
            )),
        }
    }

    /// Waits until the board reflects a log number, however long that takes.
    pub async fn reached(&self, n: u64) {
        let mut upto = self.upto.subscribe();
        // The sender lives as long as the board.
        let _ = upto.wait_for(|upto| *upto >= n).await;
    }

    /// Waits until the board reflects more than a log number, and says how much.
    pub async fn after(&self, n: u64) -> u64 {
        let mut upto = self.upto.subscribe();
        let reached = upto.wait_for(|upto| *upto > n).await;
        reached.map_or(n, |upto| *upto)
    }

    /// Brings the board up to the log as it is.
    async fn catch_up(&self, store: &dyn Store, today: Date) -> Result<(), StoreError> {
        loop {
            let reached = self.upto();
            let (changes, upto) = store.changes(reached, STEP).await?;
            if upto == reached {
                return Ok(());
            }
            if changes.iter().any(|change| change.kind == "programme") {
                let fresh = Arc::new(Settings::read(store).await?);
                *self
                    .settings
                    .write()
                    .unwrap_or_else(PoisonError::into_inner) = fresh;
            }
            let settings = self.settings();
            let ids: Vec<RecordId> = changes.iter().map(|change| change.record).collect();
            let fresh = Known::read(store, &ids, &settings.table()).await?;
            self.apply(fresh, upto, &settings, today);
            self.upto.send_replace(upto);
        }
    }

    fn apply(&self, fresh: Vec<Known>, upto: u64, settings: &Settings, today: Date) {
        let mut data = self.data.write().unwrap_or_else(PoisonError::into_inner);
        data.upto = upto;
        data.world.set_settings(settings.rules);
        let own: BTreeSet<RecordId> = fresh.iter().map(|known| known.summary.record).collect();
        // Where a record was counts as much as where it is now.
        let mut touched = data.around(&own);
        for known in fresh {
            let changed = data.world.set(Arc::clone(&known.record));
            touched.extend(changed.into_keys());
            data.put_all([Arc::new(known)]);
        }
        touched.extend(data.around(&own));
        touched.extend(own);
        data.draw(&touched, settings, today);
    }
}

/// Keeps the board up with the log for ever; `anew` grows it from the store first.
pub async fn keep_up(store: Arc<dyn Store>, board: Arc<Board>, clock: Clock, anew: bool) {
    let mut whole = !anew;
    loop {
        let today = day(clock());
        let followed = if whole {
            store.wait(board.upto()).await;
            board.catch_up(&*store, today).await
        } else {
            board.begin_anew(&*store, today).await
        };
        whole |= followed.is_ok();
        if let Err(cause) = followed {
            if matches!(cause, StoreError::Closed) {
                return;
            }
            tracing::error!(%cause, "the board could not follow the log; it tries again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}
