//! What is to be chosen or combined: the versions of a record side by side, with their figures. Pure.

use std::collections::{BTreeMap, BTreeSet};

use safelane_geometry::{MultiPolygon, Shape};
use safelane_ledger::{RecordId, RevisionId};
use safelane_model::body::Map;
use safelane_model::{FieldType, Ground, kinds};
use safelane_rules::Content;
use safelane_rules::effect::{Effect, effect_of};
use safelane_rules::merge::{self, Before, Change, Compared, Figures, Stated};
use safelane_wire::desk::{RecordDetail, StatementRow};
use serde_json::{Value, json};

use crate::desk::show::Names;

/// Marks a draft that combines versions: no other form finishes it.
pub const MARK: &str = "~combine";

/// Where a draft keeps what was chosen for an answer.
pub fn choice_key(key: &str) -> String {
    format!("~choose.{key}")
}

/// What a person takes for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// What this version says.
    Version(usize),
    /// All of them together.
    Together,
    /// An answer of one's own: drawn, typed, chosen anew.
    Own,
}

impl Choice {
    /// As a draft keeps it.
    pub fn code(self) -> String {
        match self {
            Self::Version(index) => index.to_string(),
            Self::Together => "together".to_owned(),
            Self::Own => "own".to_owned(),
        }
    }

    fn of(code: &str) -> Option<Self> {
        match code {
            "together" => Some(Self::Together),
            "own" => Some(Self::Own),
            index => index.parse().ok().map(Self::Version),
        }
    }
}

/// One version: a statement that stands or waits beside another one.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// The statement.
    pub revision: RevisionId,
    /// Who stated it.
    pub author: String,
    /// When the hub received it, RFC 3339 UTC.
    pub received: String,
    /// `official`, `open` or `disputed`.
    pub status: String,
    /// What it says; none where it ends the record, or its body is not held here.
    pub body: Option<Map>,
    /// Whether it ends the record.
    pub ends: bool,
    /// The figures of its outline.
    pub figures: Option<Figures>,
}

/// Everything that the page needs about the versions of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// Names of records that the versions refer to.
    pub names: Names,
    /// All that the new statement replaces.
    pub heads: Vec<RevisionId>,
    /// Those of them that can be combined, the oldest first.
    pub versions: Vec<Version>,
    /// Those that end the record, or whose body is not held here.
    pub others: Vec<Version>,
    /// Answer by answer.
    pub compared: Vec<Compared>,
    /// The kind's outline, if it has one.
    pub outline: Option<&'static str>,
    /// The outline that stands; empty when none does.
    pub stands: MultiPolygon,
    /// Figures of the outlines together.
    pub together: Option<Figures>,
    replaced: Vec<Content>,
}

fn stated(statement: &StatementRow) -> Stated<'_> {
    Stated {
        id: statement.revision,
        parents: &statement.parents,
        current: matches!(statement.status.as_str(), "official" | "open" | "disputed"),
        puts: matches!(statement.act.as_str(), "put" | "import"),
        body: statement.body.as_ref(),
    }
}

/// The statements that one must replace to end the versions of a record; less than two are no versions.
pub fn heads(statements: &[StatementRow]) -> Vec<RevisionId> {
    let all: Vec<Stated<'_>> = statements.iter().map(stated).collect();
    merge::heads(&all)
}

/// The outline in an answer's value.
pub fn shape(value: Option<&Value>) -> Option<MultiPolygon> {
    let ground: Ground = serde_json::from_value(value?.clone()).ok()?;
    match ground.shape {
        Shape::Polygons { polygons } => Some(polygons),
        Shape::Point { .. } | Shape::Line { .. } => None,
    }
}

impl Plan {
    /// What a record's versions come to.
    pub fn of(detail: &RecordDetail) -> Self {
        let (kind, statements) = (detail.row.kind.clone(), &detail.statements);
        let heads = heads(statements);
        let outline = kinds::find(&kind).and_then(|kind| {
            let mut fields = kind.fields.iter();
            fields.find(|field| matches!(field.ty, FieldType::Ground))
        });
        let outline = outline.map(|field| field.key);
        let outline_of = |row: &StatementRow| shape(row.body.as_ref()?.get(outline?));
        let officials: Vec<MultiPolygon> = (statements.iter())
            .filter(|row| detail.officials.contains(&row.revision))
            .filter_map(outline_of)
            .collect();
        let stands = merge::outline_of_several(&kind, &officials);
        let mut rows: Vec<&StatementRow> = (statements.iter())
            .filter(|row| heads.contains(&row.revision))
            .collect();
        rows.sort_by_key(|row| row.n);
        let (sides, rest): (Vec<&StatementRow>, Vec<&StatementRow>) = rows
            .into_iter()
            .partition(|row| stated(row).puts && row.body.is_some());
        let version = |row: &&StatementRow| Version {
            revision: row.revision,
            author: row.author_name.clone(),
            received: row.received.clone(),
            status: row.status.clone(),
            body: row.body.clone(),
            ends: !stated(row).puts,
            figures: outline_of(row).map(|shape| merge::figures(&shape, &stands)),
        };
        let versions: Vec<Version> = sides.iter().map(version).collect();
        let ids: Vec<RevisionId> = sides.iter().map(|row| row.revision).collect();
        let bodies: Vec<&Map> = sides.iter().filter_map(|row| row.body.as_ref()).collect();
        let all: Vec<Stated<'_>> = statements.iter().map(stated).collect();
        // One version alone came from itself: nothing of it is open.
        let before = if ids.len() < 2 {
            Before::Nothing
        } else {
            merge::before(&all, &ids)
        };
        let compared = merge::combine(&kind, &before, &bodies);
        let together = (compared.iter())
            .find(|one| Some(one.key.as_str()) == outline)
            .and_then(|one| shape(one.together.as_ref()));
        Self {
            record: detail.row.record,
            names: detail.names.clone(),
            others: rest.iter().map(version).collect(),
            together: together.map(|shape| merge::figures(&shape, &stands)),
            replaced: replaced(&kind, statements, &heads),
            kind,
            heads,
            versions,
            compared,
            outline,
            stands,
        }
    }

    /// Whether there is anything to choose.
    pub fn is_parted(&self) -> bool {
        self.heads.len() > 1 && !self.versions.is_empty()
    }

    /// The draft to begin with: what is offered, marked as a combination.
    pub fn draft(&self) -> Map {
        let mut draft = merge::body(&self.compared);
        draft.insert(MARK.to_owned(), true.into());
        draft
    }

    /// What the person has chosen for an answer, else what is offered; none where they must choose.
    pub fn chosen(compared: &Compared, draft: &Map) -> Option<Choice> {
        let stored = draft.get(&choice_key(&compared.key));
        let stored = stored.and_then(Value::as_str).and_then(Choice::of);
        stored.or(match &compared.change {
            Change::Only(by) => by.first().copied().map(Choice::Version),
            Change::Same | Change::Differ => None,
        })
    }

    /// Takes a choice into the draft.
    pub fn choose(compared: &Compared, choice: Choice, draft: &mut Map) {
        let value = match choice {
            Choice::Version(index) => compared.values.get(index).cloned().flatten(),
            Choice::Together => compared.together.clone(),
            Choice::Own => draft.get(&compared.key).cloned(),
        };
        match value {
            Some(value) => drop(draft.insert(compared.key.clone(), value)),
            None => drop(draft.remove(&compared.key)),
        }
        draft.insert(choice_key(&compared.key), choice.code().into());
    }

    /// How many answers still wait for a choice.
    pub fn undecided(&self, draft: &Map) -> usize {
        let differ = self
            .compared
            .iter()
            .filter(|one| one.change == Change::Differ);
        differ
            .filter(|one| Self::chosen(one, draft).is_none())
            .count()
    }

    /// What the statement would do to the ground that is shown as hazardous, against all that it replaces.
    pub fn effect(&self, body: &Map) -> Effect {
        effect_of(&Content::of_map(&self.kind, body), &self.replaced)
    }

    /// The versions as GeoJSON for the map: the first as `this`, the others as `before`, and what is taken as `result`.
    pub fn ground(&self, result: Option<&MultiPolygon>) -> Value {
        let of = |version: &Version| shape(version.body.as_ref()?.get(self.outline?));
        let mut features: Vec<Value> = (self.versions.iter().enumerate())
            .filter_map(|(index, version)| {
                let role = if index == 0 { "this" } else { "before" };
                Some(feature(role, &of(version)?))
            })
            .collect();
        features.extend(result.map(|shape| feature("result", shape)));
        json!({ "type": "FeatureCollection", "features": features })
    }
}

fn feature(role: &str, shape: &MultiPolygon) -> Value {
    let polygons: Vec<Vec<Vec<[f64; 2]>>> = (shape.polygons().iter())
        .map(|polygon| polygon.rings().map(line).collect())
        .collect();
    json!({
        "type": "Feature",
        "properties": { "role": role },
        "geometry": { "type": "MultiPolygon", "coordinates": polygons },
    })
}

fn line(ring: &safelane_geometry::Ring) -> Vec<[f64; 2]> {
    let mut line: Vec<[f64; 2]> = (ring.positions().iter())
        .map(|at| [at.lon_degrees(), at.lat_degrees()])
        .collect();
    line.extend(line.first().copied());
    line
}

/// All that approval would replace: the heads and, through those that do not stand, what came before them, as
/// `ledger::resolve` has it.
fn replaced(kind: &str, statements: &[StatementRow], heads: &[RevisionId]) -> Vec<Content> {
    let by_id: BTreeMap<RevisionId, &StatementRow> =
        statements.iter().map(|row| (row.revision, row)).collect();
    let stands = |row: &StatementRow| {
        let judged = |act: &str| row.judgements.iter().any(|one| one.act == act);
        row.status == "official"
            || (row.status == "superseded"
                && (row.act == "import" || (judged("approve") && !judged("return"))))
    };
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    let mut next = heads.to_vec();
    while let Some(id) = next.pop() {
        let Some(row) = by_id.get(&id).filter(|_| seen.insert(id)) else {
            continue;
        };
        if stated(row).puts {
            let read = |body: &Map| Content::of_map(kind, body);
            found.push(row.body.as_ref().map_or(Content::NotHere, read));
        }
        if !stands(row) {
            next.extend(&row.parents);
        }
    }
    found
}

#[cfg(test)]
mod tests;
