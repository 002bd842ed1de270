//! One record with its statements, judgements and checks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use safelane_ledger::{Act, PersonId, RecordId, RevisionId};
use safelane_model::{FieldType, body, kinds};
use safelane_rules::checks;
use safelane_store::{Entry, StatementRow as Stated};
use safelane_wire::desk::{JudgementRow, RecordDetail, StatementRow};
use serde_json::Value;

use super::checks::{name_answers, row as check_row};
use super::risk;
use crate::app::App;
use crate::board::Known;
use crate::extract::{Actor, Reader};
use crate::problem::{ApiError, ApiResult};
use crate::sync::{reader_scope, to_map};

/// Everything about a record, for somebody who may read it.
pub async fn detail(app: &App, actor: &Actor, record: RecordId) -> ApiResult<RecordDetail> {
    let reader = Reader::from(actor);
    let seen = app.board().read(|board| {
        let known = board.get(record)?;
        let scope = reader_scope(board, &reader);
        scope
            .holds(known)
            .then(|| (known.clone(), scope.shows_bodies(known), board.upto))
    });
    let (known, with_bodies, upto) = seen.ok_or_else(ApiError::not_found)?;
    let entries = app.store().history(record).await?;
    let stated = app.store().statements_of(record).await?;
    let mut people = Names::default();
    let mut statements = Vec::new();
    for entry in entries.iter().rev() {
        if let Some(stated) = stated.iter().find(|one| one.revision == entry.leaf.id) {
            let mut one = statement(app, entry, stated, &entries, &mut people).await?;
            if !with_bodies {
                one.body = None;
            }
            statements.push(one);
        }
    }
    let today = app.today();
    let (mut checks, mut names, scored) = app.board().read(|board| {
        let found = checks::run(&known.record, &board.world, today);
        (
            (found.iter())
                .map(|finding| check_row(finding, board))
                .collect::<Vec<_>>(),
            names_in(&known, &statements, |id| board.name_of(id)),
            risk::of(board, &known, today).filter(|_| with_bodies),
        )
    });
    for person in people_in(&known.summary.kind, &statements) {
        names.insert(RecordId::new(person.uuid()), people.of(app, person).await?);
    }
    name_answers(app, checks.iter_mut(), &mut people).await?;
    let risk = match scored {
        Some(scored) => Some(scored.named(app, &mut people).await?),
        None => None,
    };
    let mut row = known.row.clone();
    if !with_bodies {
        row.bbox = None;
    }
    Ok(RecordDetail {
        upto,
        row,
        statements,
        officials: known.summary.officials.clone(),
        two_versions: known.summary.two_versions,
        checks,
        names,
        risk,
    })
}

async fn statement(
    app: &App,
    entry: &Entry,
    stated: &Stated,
    all: &[Entry],
    people: &mut Names,
) -> ApiResult<StatementRow> {
    let revision = &entry.revision;
    let mut judgements = Vec::new();
    for one in all.iter().filter(|one| judges(one, entry.leaf.id)) {
        judgements.push(judgement(app, one, people).await?);
    }
    let device_label = match app.store().device(revision.device()).await? {
        Some(device) => device.label,
        None => String::new(),
    };
    Ok(StatementRow {
        revision: entry.leaf.id,
        act: act(revision.act()),
        parents: revision.parents().to_vec(),
        status: match stated.needs {
            // Until its parents are here nobody can tell what it would change.
            None => "waiting".to_owned(),
            Some(_) => stated.status.as_str().to_owned(),
        },
        author: revision.author(),
        author_name: people.of(app, revision.author()).await?,
        device: revision.device(),
        device_label,
        at: revision.at().to_string(),
        received: entry.leaf.received.to_string(),
        n: entry.leaf.n,
        submission: revision.submission().map(|one| (one.id, one.count)),
        body: entry.body()?.as_ref().map(to_map).transpose()?,
        judgements,
    })
}

fn judges(one: &Entry, statement: RevisionId) -> bool {
    !one.revision.act().is_statement() && one.revision.parents() == [statement]
}

async fn judgement(app: &App, entry: &Entry, people: &mut Names) -> ApiResult<JudgementRow> {
    let by_hub = entry.revision.device() == app.hub().device();
    Ok(JudgementRow {
        revision: entry.leaf.id,
        act: act(entry.revision.act()),
        author: entry.revision.author(),
        author_name: people.of(app, entry.revision.author()).await?,
        by_hub,
        received: entry.leaf.received.to_string(),
        body: entry
            .body()?
            .as_ref()
            .map(to_map)
            .transpose()?
            .unwrap_or_default(),
    })
}

fn act(act: Act) -> String {
    match serde_json::to_value(act) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// What the records that a body names are called.
fn names_in(
    known: &Known,
    statements: &[StatementRow],
    name_of: impl Fn(RecordId) -> String,
) -> BTreeMap<RecordId, String> {
    let mut names: BTreeMap<RecordId, String> = known
        .row
        .links
        .values()
        .flatten()
        .map(|id| (*id, name_of(*id)))
        .collect();
    let texts = statements.iter().filter_map(|one| one.body.as_ref());
    for value in texts.flat_map(serde_json::Map::values) {
        collect(value, &mut |id| {
            names.entry(id).or_insert_with(|| name_of(id));
        });
    }
    names
}

/// The people whom bodies of this kind name.
fn people_in(kind: &str, statements: &[StatementRow]) -> BTreeSet<PersonId> {
    let fields = kinds::find(kind).map_or(&[][..], |kind| kind.fields);
    let of_person = fields
        .iter()
        .filter(|field| matches!(field.ty, FieldType::Person));
    let bodies = statements.iter().filter_map(|one| one.body.as_ref());
    of_person
        .flat_map(|field| bodies.clone().filter_map(|map| body::uuid(map, field.key)))
        .map(PersonId::new)
        .collect()
}

fn collect(value: &Value, found: &mut impl FnMut(RecordId)) {
    match value {
        Value::String(text) if text.len() == 36 => {
            if let Ok(id) = text.parse() {
                found(id);
            }
        }
        Value::Array(list) => list.iter().for_each(|one| collect(one, found)),
        Value::Object(map) => map.values().for_each(|one| collect(one, found)),
        _ => {}
    }
}

/// Names of people, each asked for once.
#[derive(Debug, Default)]
pub struct Names(HashMap<PersonId, String>);

impl Names {
    /// The name that the hub shows for a person.
    pub async fn of(&mut self, app: &App, person: PersonId) -> ApiResult<String> {
        if let Some(name) = self.0.get(&person) {
            return Ok(name.clone());
        }
        let name = app.display_name(person).await?;
        self.0.insert(person, name.clone());
        Ok(name)
    }
}
