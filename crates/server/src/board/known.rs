//! One record on the board.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use litemap::LiteMap;
use safelane_geometry::{Bbox, measure};
use safelane_ledger::{Act, PersonId, Received, RecordId, RevisionId};
use safelane_model::body::{self, Map};
use safelane_model::{Field, FieldType, kinds};
use safelane_rules::{Content, Record, Table, Version};
use safelane_store::{Entry, RecordSummary, Standing, Store, StoreError, derive};
use safelane_wire::desk::{self, RecordRow};
use serde_json::Value;

/// Keys of the codes that lists show.
const CODES: [&str; 9] = [
    "classification",
    "status",
    "report",
    "category",
    "event",
    "about",
    "activity",
    "claimed",
    "paper",
];
/// Keys of the day that a list shows, the first that the body has.
const DAYS: [&str; 10] = [
    "day",
    "completed_on",
    "found_on",
    "on",
    "visited_on",
    "reported_on",
    "issued_on",
    "opened_on",
    "starts_on",
    "as_of",
];

/// Where one statement puts its record: what it draws, and the tasks that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Box around what it draws.
    pub bbox: Option<Bbox>,
    /// Its tasks.
    pub tasks: Vec<RecordId>,
}

/// A record with everything that lists, accounts, checks and the map ask of it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Where it stands, as the store says.
    pub summary: RecordSummary,
    /// Where it stands and what its statements say, as the rules see it.
    pub record: Arc<Record>,
    /// Its line in a list.
    pub row: RecordRow,
    /// See [`Known::body`], as text: a tree of it weighs five times as much.
    body: Box<str>,
    /// Where its statements have been, in the order of the log, each place once; absent when all
    /// are where the record is now.
    pub moved: Option<Box<[Spot]>>,
    /// A judgement of it was received before its first statement: until then nobody could tell
    /// whom it was for.
    pub judged_first: bool,
    /// Who said the first thing of it.
    pub first_author: PersonId,
    /// Who stated or judged something of it, each once.
    pub authors: Box<[PersonId]>,
}

impl Known {
    /// Reads at most 1,000 records; none of those of which only judgements are here.
    pub async fn read(
        store: &dyn Store,
        records: &[RecordId],
        table: &Table,
    ) -> Result<Vec<Self>, StoreError> {
        // The summaries first: what is received between the two comes again as a change.
        let summaries = store.summaries(records).await?;
        let mut entries: HashMap<RecordId, Vec<Entry>> = HashMap::new();
        for entry in store.histories(records).await? {
            let record = entry.revision.record();
            entries.entry(record).or_default().push(entry);
        }
        let known = summaries.into_iter().map(|summary| {
            let entries = entries.remove(&summary.record).unwrap_or_default();
            Self::of(summary, &entries, table)
        });
        known.filter_map(Result::transpose).collect()
    }

    /// A record from all its entries.
    pub fn of(
        summary: RecordSummary,
        entries: &[Entry],
        table: &Table,
    ) -> Result<Option<Self>, StoreError> {
        let received = entries
            .iter()
            .map(Entry::received)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self::of_received(summary, entries, &received, table))
    }

    fn of_received(
        summary: RecordSummary,
        entries: &[Entry],
        received: &[Received],
        table: &Table,
    ) -> Option<Self> {
        let record = Record::of(received, table)?;
        let (shown_id, shown) = shown_body(&summary, received).unzip();
        let shown: Map = shown.unwrap_or_default();
        let kind = kinds::find(&summary.kind);
        let mut links = BTreeMap::new();
        if let Some(kind) = kind {
            collect_links(kind.fields, &shown, &mut links);
        }
        let codes = (CODES.iter())
            .filter_map(|key| Some(((*key).to_owned(), body::text(&shown, key)?.to_owned())));
        let codes: BTreeMap<String, String> = codes.collect();
        let row = RecordRow {
            record: summary.record,
            kind: summary.kind.clone(),
            reference: summary.reference.clone(),
            name: body::text(&shown, "name").map(str::to_owned),
            standing: standing(summary.standing),
            codes: compact(codes),
            day: DAYS
                .iter()
                .find_map(|key| body::text(&shown, key))
                .map(str::to_owned),
            area: area(
                &summary.kind,
                &shown,
                shown_id.and_then(|id| record.version(id)),
            ),
            bbox: summary.bbox.map(Bbox::degrees),
            links: compact(links),
            received: summary.received.to_string(),
        };
        let moved = moved(received, &summary, &row, shown_id.zip(Some(&shown)));
        // Outlines are in the record already, and as JSON they weigh more than all the rest.
        let mut shown = shown;
        if let Some(kind) = kind {
            let heavy = |ty: FieldType| matches!(ty, FieldType::Ground | FieldType::Group(_));
            for field in kind.fields.iter().filter(|field| heavy(field.ty)) {
                shown.remove(field.key);
            }
        }
        Some(Self {
            authors: authors(entries),
            summary,
            record: Arc::new(record),
            row,
            body: Value::Object(shown).to_string().into_boxed_str(),
            moved,
            judged_first: received
                .first()
                .is_some_and(|one| !one.revision.act().is_statement()),
            first_author: received.first()?.revision.author(),
        })
    }

    /// The same record as it stood at another time.
    #[must_use]
    pub fn standing_as(&self, record: Record) -> Self {
        Self {
            record: Arc::new(record),
            ..self.clone()
        }
    }

    /// The body to show, without its outlines and groups: the first official's, else the newest
    /// that waits.
    pub fn body(&self) -> Map {
        serde_json::from_str(&self.body).expect("what was written as an object reads as one")
    }

    /// The places of its statements, in the order of the log; what a person may read depends on
    /// them, so none is ever taken off the list.
    pub fn spots(&self) -> Cow<'_, [Spot]> {
        match &self.moved {
            Some(spots) => Cow::Borrowed(spots),
            None => Cow::Owned(vec![spot_now(&self.summary, &self.row)]),
        }
    }

    /// Whether a body holds the exact place of an item not yet destroyed, of an accident, or of
    /// what somebody reported.
    pub fn has_exact_danger(&self) -> bool {
        matches!(self.summary.kind.as_str(), "accident" | "civilian-report")
            || self.record.current().any(|version| match &version.content {
                Content::Item(item) => !item.destroyed,
                Content::NotHere => self.summary.kind == "explosive-ordnance",
                _ => false,
            })
    }
}

/// Each once.
fn authors(entries: &[Entry]) -> Box<[PersonId]> {
    let authors: BTreeSet<PersonId> = (entries.iter())
        .map(|entry| entry.revision.author())
        .collect();
    authors.into_iter().collect()
}

/// A list with no room to grow: there are as many as records.
fn compact<V>(map: BTreeMap<String, V>) -> LiteMap<String, V> {
    let mut sorted: Vec<(String, V)> = map.into_iter().collect();
    sorted.shrink_to_fit();
    LiteMap::from_sorted_store_unchecked(sorted)
}

fn spot_now(summary: &RecordSummary, row: &RecordRow) -> Spot {
    Spot {
        bbox: summary.bbox,
        tasks: row.links.get("task").cloned().unwrap_or_default(),
    }
}

/// Its spots, where they are not all here; `shown` is a body that was read before.
fn moved(
    received: &[Received],
    summary: &RecordSummary,
    row: &RecordRow,
    shown: Option<(RevisionId, &Map)>,
) -> Option<Box<[Spot]>> {
    let kind = kinds::find(&summary.kind);
    let mut spots: Vec<Spot> = Vec::new();
    for one in received {
        let says = matches!(one.revision.act(), Act::Put | Act::Import);
        let Some(body) = one.body.as_ref().filter(|_| says) else {
            continue;
        };
        let map = match shown {
            Some((id, map)) if id == one.id() => Cow::Borrowed(map),
            _ => match crate::sync::to_map(body) {
                Ok(map) => Cow::Owned(map),
                Err(_) => continue,
            },
        };
        let mut links = BTreeMap::new();
        if let Some(kind) = kind {
            collect_links(kind.fields, &map, &mut links);
        }
        let spot = Spot {
            bbox: derive::bbox_of(&map),
            tasks: links.remove("task").unwrap_or_default(),
        };
        if !spots.contains(&spot) {
            spots.push(spot);
        }
    }
    // Almost all: they are not kept twice.
    let is_here = spots.is_empty() || spots == [spot_now(summary, row)];
    (!is_here).then(|| spots.into_boxed_slice())
}

/// The body to show for a record, and the statement that says it.
fn shown_body(summary: &RecordSummary, received: &[Received]) -> Option<(RevisionId, Map)> {
    let body_of = |id| {
        let one = received.iter().find(|one| one.id() == id)?;
        // A removal says nothing about the world; the statement before it did.
        let says = one.revision.act().is_statement()
            && !matches!(one.revision.act(), Act::Remove | Act::SetAside);
        let body = one.body.as_ref().filter(|_| says)?;
        Some((id, crate::sync::to_map(body).ok()?))
    };
    let newest = || received.iter().rev().map(Received::id).find_map(body_of);
    (summary.officials.iter())
        .find_map(|id| body_of(*id))
        .or_else(newest)
}

/// Every record that the body names, by the field's key; those in groups too.
fn collect_links(fields: &[Field], map: &Map, links: &mut BTreeMap<String, Vec<RecordId>>) {
    for field in fields {
        let found: Vec<uuid::Uuid> = match field.ty {
            FieldType::Reference(_) => body::uuid(map, field.key).into_iter().collect(),
            FieldType::References(_) => body::uuids(map, field.key),
            FieldType::Group(inner) => {
                for entry in body::entries(map, field.key) {
                    collect_links(inner, entry, links);
                }
                continue;
            }
            _ => continue,
        };
        let named = links.entry(field.key.to_owned()).or_default();
        for id in found.into_iter().map(RecordId::new) {
            if !named.contains(&id) {
                named.push(id);
            }
        }
        if named.is_empty() {
            links.remove(field.key);
        }
    }
}

/// The area that a list shows, dm²: what was worked, else what the outlines of the statement measure.
fn area(kind: &str, map: &Map, statement: Option<&Version>) -> Option<i64> {
    if kind == "clearance"
        && let Some(worked) = body::integer(map, "worked_area")
    {
        return Some(worked);
    }
    let shapes = statement?.content.shapes();
    (!shapes.is_empty()).then(|| {
        let sum: u64 = shapes.iter().map(|shape| measure::area_dm2(shape)).sum();
        sum as i64
    })
}

/// The store's word in the API's.
pub fn standing(standing: Standing) -> desk::Standing {
    match standing {
        Standing::Official => desk::Standing::Official,
        Standing::Imported => desk::Standing::Imported,
        // Nothing of it can be judged yet: to a reader that is no more than reported.
        Standing::Reported | Standing::Waiting => desk::Standing::Reported,
        Standing::Changing => desk::Standing::Changing,
        Standing::WaitsForApprover => desk::Standing::WaitsForApprover,
        Standing::Returned => desk::Standing::Returned,
        Standing::TwoVersions => desk::Standing::TwoVersions,
        Standing::Removed => desk::Standing::Removed,
        Standing::SetAside => desk::Standing::SetAside,
    }
}

/// The word of a standing.
pub fn standing_word(standing: desk::Standing) -> String {
    match serde_json::to_value(standing) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}
