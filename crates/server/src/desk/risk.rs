//! `GET /api/risk`: zones in the order in which they want looking at. The score is that of
//! [`safelane_rules::risk`], computed against the board at every question: it changes with every
//! accident and with every day.

use std::collections::BTreeMap;

use axum::extract::State;
use safelane_ledger::{PersonId, RecordId, RevisionId};
use safelane_model::Date;
use safelane_rules::risk::{self, Bands, Interval, Part, Risk, rounded};
use safelane_wire::risk as wire;

use super::AtLeast;
use super::detail::Names;
use crate::app::App;
use crate::board::{BoardData, Known};
use crate::extract::{Actor, Json, Query, Reader};
use crate::problem::ApiResult;
use crate::sync::reader_scope;

/// All zones that the reader may read.
pub async fn zones(
    State(app): State<App>,
    actor: Actor,
    Query(at_least): Query<AtLeast>,
) -> ApiResult<Json<wire::Zones>> {
    at_least.wait(&app).await?;
    let today = app.today();
    let (upto, scored) = app.board().read(|board| {
        let scope = reader_scope(board, &Reader::from(&actor));
        let zones = board
            .of_kind("civilian-risk-zone")
            .filter(|known| !known.record.is_ended() && scope.holds(known))
            .filter(|known| scope.shows_bodies(known));
        let scored = zones.filter_map(|known| Some((known.row.clone(), of(board, known, today)?)));
        (board.upto, scored.collect::<Vec<_>>())
    });
    let mut people = Names::default();
    let mut zones = Vec::with_capacity(scored.len());
    for (row, scored) in scored {
        let risk = scored.named(&app, &mut people).await?;
        zones.push(wire::ZoneRisk { row, risk });
    }
    zones.sort_by_key(|one| std::cmp::Reverse(urgency(&one.risk)));
    Ok(Json(wire::Zones {
        upto,
        policy: risk::POLICY.to_owned(),
        zones,
    }))
}

/// What is overdue comes first, then what may be gravest: a gap in knowledge is no reason to wait.
fn urgency(risk: &wire::Risk) -> (bool, risk::Band, i64, i64) {
    let band = risk::Band::of_code(&risk.band.greatest);
    (
        risk.due.overdue,
        band,
        risk.index.greatest,
        risk.index.least,
    )
}

/// A score before its author has a name.
pub struct Scored {
    risk: wire::Risk,
    author: PersonId,
}

impl Scored {
    /// With the name of the person who set a band, if one did.
    pub async fn named(mut self, app: &App, people: &mut Names) -> ApiResult<wire::Risk> {
        for one in &mut self.risk.overrides {
            if one.code == "person" {
                let name = people.of(app, self.author).await?;
                one.args.insert("by".to_owned(), name);
            }
        }
        Ok(self.risk)
    }
}

/// The risk of a zone as what stands describes it, else as the newest report does.
pub fn of(board: &BoardData, known: &Known, today: Date) -> Option<Scored> {
    score(board, risk::ranked(&known.record)?, today)
}

/// The risk of a zone as one of its statements describes it.
pub fn of_statement(
    board: &BoardData,
    known: &Known,
    statement: RevisionId,
    today: Date,
) -> Option<Scored> {
    score(board, known.record.version(statement)?, today)
}

fn score(board: &BoardData, version: &safelane_rules::Version, today: Date) -> Option<Scored> {
    let risk = risk::risk(version, &board.world, today)?;
    Some(Scored {
        risk: row(&risk, |record| board.name_of(record)),
        author: version.author,
    })
}

fn row(risk: &Risk, name_of: impl Fn(RecordId) -> String) -> wire::Risk {
    let parts = [
        &risk.hazard,
        &risk.exposure,
        &risk.vulnerability,
        &risk.measures,
    ];
    let of_parts = parts.into_iter().flat_map(|part| &part.inputs);
    let named = (of_parts.flat_map(|one| &one.records))
        .chain(risk.overrides.iter().flat_map(|one| &one.records))
        .chain(risk.missing.iter().flat_map(|one| &one.records))
        .chain(&risk.due.accidents);
    wire::Risk {
        policy: risk.policy.to_owned(),
        index: span(risk.index, 1),
        current: span(risk.current, 1),
        hazard: part(&risk.hazard),
        exposure: part(&risk.exposure),
        vulnerability: part(&risk.vulnerability),
        measures: part(&risk.measures),
        computed: bands(risk.computed),
        band: bands(risk.band),
        overrides: risk.overrides.iter().map(overriding).collect(),
        missing: risk.missing.iter().map(ask).collect(),
        due: wire::Due {
            on: risk.due.on.map(|on| on.to_string()),
            overdue: risk.due.overdue,
            accidents: risk.due.accidents.clone(),
        },
        names: named.map(|record| (*record, name_of(*record))).collect(),
    }
}

fn span(interval: Interval, places: u8) -> wire::Span {
    wire::Span {
        least: rounded(interval.least, places),
        greatest: rounded(interval.greatest, places),
    }
}

fn bands(bands: Bands) -> wire::BandSpan {
    wire::BandSpan {
        least: bands.least.code().to_owned(),
        greatest: bands.greatest.code().to_owned(),
    }
}

fn args(args: &[(&'static str, String)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, String)| ((*name).to_owned(), value.clone());
    args.iter().map(owned).collect()
}

fn part(part: &Part) -> wire::Part {
    wire::Part {
        value: span(part.value, 2),
        inputs: part
            .inputs
            .iter()
            .map(|one| wire::Input {
                code: one.code.to_owned(),
                value: span(one.value, 2),
                decides: one.decides,
                records: one.records.clone(),
                args: args(&one.args),
            })
            .collect(),
    }
}

fn overriding(one: &risk::Override) -> wire::Override {
    wire::Override {
        code: one.code.to_owned(),
        band: one.band.code().to_owned(),
        changes: one.changes,
        records: one.records.clone(),
        args: args(&one.args),
    }
}

fn ask(one: &risk::Ask) -> wire::Ask {
    wire::Ask {
        code: one.code.to_owned(),
        field: one.field.map(str::to_owned),
        records: one.records.clone(),
        narrows: rounded(one.narrows, 1),
    }
}
