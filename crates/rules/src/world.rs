//! All that is known near a change: what checks, review and the danger map look at.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use safelane_geometry::Bbox;
use safelane_ledger::RecordId;
use safelane_model::body::Map;
use safelane_model::kinds::programme::Programme;

use crate::accounts::{Books, Changed};
use crate::record::Record;

/// Access to records, by place and by what names them. A store answers from its index; [`Memory`]
/// holds all at hand.
pub trait World {
    /// A record.
    fn record(&self, id: RecordId) -> Option<Arc<Record>>;
    /// Records whose box meets this one, in the order of their ids.
    fn near(&self, place: Bbox) -> Vec<Arc<Record>>;
    /// Records that name this one, in the order of their ids.
    fn naming(&self, id: RecordId) -> Vec<Arc<Record>>;
    /// Records that bear this number ([`folded`]) or bore it when they ended, in the order of their
    /// ids.
    fn numbered(&self, number: &str) -> Vec<Arc<Record>>;
    /// The accounts.
    fn books(&self) -> &Books;
    /// The programme's settings.
    fn settings(&self) -> &Settings;
}

/// The programme's settings that rules use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Distance around an item or accident that counts as danger, mm (S5).
    pub danger_distance_mm: i64,
    /// Radius around a hazardous area without a usable outline, mm (S4).
    pub uncertainty_radius_mm: i64,
    /// m² per deminer and day above which a reason is asked, dm².
    pub rate_limit: i64,
    /// How far around a submunition the ground must be searched, mm.
    pub fade_out_distance_mm: i64,
    /// After how many months marking is to be inspected again.
    pub marking_inspection_months: i64,
    /// After how many years an open hazardous area is to be visited again.
    pub visit_years: i64,
    /// After how many days an item found must be dealt with.
    pub item_days: i64,
    /// How near to a settlement overdue marking is asked about, mm.
    pub settlement_distance_mm: i64,
    /// One person may release (S9).
    pub one_person_release: bool,
}

impl Default for Settings {
    /// 50 m around an item, 100 m around a hazard without outline, 150 m² a day (`domain.md` 1.7).
    /// The defaults of the standing checks are ours, not a standard's: fade-out 50 m, marking
    /// inspected every 12 months, open areas visited every 3 years, items dealt with in 14 days,
    /// marking asked about within 500 m of a settlement.
    fn default() -> Self {
        Self {
            danger_distance_mm: 50_000,
            uncertainty_radius_mm: 100_000,
            rate_limit: 15_000,
            fade_out_distance_mm: 50_000,
            marking_inspection_months: 12,
            visit_years: 3,
            item_days: 14,
            settlement_distance_mm: 500_000,
            one_person_release: false,
        }
    }
}

impl Settings {
    /// The settings in the body of the programme's record.
    pub fn of(programme: &Map) -> Self {
        let (view, default) = (Programme::of(programme), Self::default());
        Self {
            danger_distance_mm: view.danger_distance().unwrap_or(default.danger_distance_mm),
            uncertainty_radius_mm: (view.uncertainty_radius())
                .unwrap_or(default.uncertainty_radius_mm),
            rate_limit: view.rate_limit().unwrap_or(default.rate_limit),
            fade_out_distance_mm: (view.fade_out_distance())
                .unwrap_or(default.fade_out_distance_mm),
            marking_inspection_months: (view.marking_inspection_months())
                .unwrap_or(default.marking_inspection_months),
            visit_years: view.visit_years().unwrap_or(default.visit_years),
            item_days: view.item_days().unwrap_or(default.item_days),
            settlement_distance_mm: (view.settlement_distance())
                .unwrap_or(default.settlement_distance_mm),
            one_person_release: view.one_person_release() == Some("yes"),
        }
    }
}

/// A number as it is compared: without spaces around it, case folded.
pub fn folded(number: &str) -> String {
    number.trim().to_lowercase()
}

/// Side of a cell of the index, 1e-7 degree: about 2 km.
const CELL: i32 = 200_000;
/// A box over more cells than this is kept apart.
const MANY_CELLS: i64 = 256;

/// Records held in memory with their accounts.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    records: BTreeMap<RecordId, Arc<Record>>,
    cells: HashMap<(i32, i32), BTreeSet<RecordId>>,
    /// Records with a box too large for cells.
    wide: BTreeSet<RecordId>,
    naming: BTreeMap<RecordId, BTreeSet<RecordId>>,
    numbers: BTreeMap<String, BTreeSet<RecordId>>,
    books: Books,
    settings: Settings,
}

impl Memory {
    /// All these records, the accounts computed once.
    pub fn of<R: Into<Arc<Record>>>(
        records: impl IntoIterator<Item = R>,
        settings: Settings,
    ) -> Self {
        let mut memory = Self {
            settings,
            ..Self::default()
        };
        for record in records {
            memory.index(record.into());
        }
        memory.books = Books::of(memory.records.values().map(Arc::as_ref));
        memory
    }

    /// Takes a record as it stands now; answers the accounts that changed, as they were before.
    pub fn set(&mut self, record: impl Into<Arc<Record>>) -> Changed {
        let record = record.into();
        let changed = self.books.set(&record);
        self.index(record);
        changed
    }

    /// Takes the programme's settings.
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// All records, in the order of their ids.
    pub fn records(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.records.values()
    }

    fn index(&mut self, record: Arc<Record>) {
        if let Some(old) = self.records.remove(&record.id) {
            self.unindex(&old);
        }
        match record.bbox().map(cells_of) {
            Some(Some(cells)) => {
                for cell in cells {
                    self.cells.entry(cell).or_default().insert(record.id);
                }
            }
            Some(None) => _ = self.wide.insert(record.id),
            None => {}
        }
        for version in record.current() {
            for named in version.content.names() {
                self.naming.entry(named).or_default().insert(record.id);
            }
        }
        for number in record.numbers() {
            let records = self.numbers.entry(folded(number)).or_default();
            records.insert(record.id);
        }
        self.records.insert(record.id, record);
    }

    fn unindex(&mut self, old: &Record) {
        self.wide.remove(&old.id);
        for cell in old.bbox().and_then(cells_of).into_iter().flatten() {
            if let Some(cell) = self.cells.get_mut(&cell) {
                cell.remove(&old.id);
            }
        }
        for version in old.current() {
            for named in version.content.names() {
                if let Some(records) = self.naming.get_mut(&named) {
                    records.remove(&old.id);
                }
            }
        }
        for number in old.numbers() {
            if let Some(records) = self.numbers.get_mut(&folded(number)) {
                records.remove(&old.id);
            }
        }
    }

    fn all(&self, ids: impl IntoIterator<Item = RecordId>) -> Vec<Arc<Record>> {
        let ids: BTreeSet<RecordId> = ids.into_iter().collect();
        ids.iter()
            .filter_map(|id| self.records.get(id).cloned())
            .collect()
    }
}

impl World for Memory {
    fn record(&self, id: RecordId) -> Option<Arc<Record>> {
        self.records.get(&id).cloned()
    }

    fn near(&self, place: Bbox) -> Vec<Arc<Record>> {
        let mut found = match cells_of(place) {
            Some(cells) => {
                let ids = cells
                    .into_iter()
                    .filter_map(|cell| self.cells.get(&cell))
                    .flatten();
                self.all(ids.chain(&self.wide).copied())
            }
            None => self.records.values().cloned().collect(),
        };
        found.retain(|record| record.bbox().is_some_and(|bbox| bbox.intersects(place)));
        found
    }

    fn naming(&self, id: RecordId) -> Vec<Arc<Record>> {
        self.all(self.naming.get(&id).into_iter().flatten().copied())
    }

    fn numbered(&self, number: &str) -> Vec<Arc<Record>> {
        self.all(self.numbers.get(number).into_iter().flatten().copied())
    }

    fn books(&self) -> &Books {
        &self.books
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }
}

/// The cells that a box meets; none when there are too many.
fn cells_of(bbox: Bbox) -> Option<Vec<(i32, i32)>> {
    let cell = |value: i32| value.div_euclid(CELL);
    let (west, east) = (cell(bbox.west), cell(bbox.east));
    let (south, north) = (cell(bbox.south), cell(bbox.north));
    let count = i64::from(east - west + 1) * i64::from(north - south + 1);
    (count <= MANY_CELLS).then(|| {
        (west..=east)
            .flat_map(|x| (south..=north).map(move |y| (x, y)))
            .collect()
    })
}
