//! Records by kind, and one record with its history.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use safelane_ledger::RecordId;
use safelane_model::paper::SECTION;
use safelane_wire::desk::{RecordDetail, RecordRow, StatementRow};

use super::answer::{answered, answered_with_names};
use super::ending::Ending;
use super::live::use_live;
use super::risk::RiskView;
use super::statement::Statement;
use super::{api, area, check, combine, form, paper, shell, show, words};
use crate::components::table::Column;
use crate::components::{
    Card, ChipChoice, Choice, DeskShell, EmptyState, Fact, Facts, Notice, Table, TextField,
};
use crate::field::engine::engine;
use crate::i18n::{format, label};
use crate::platform::clock;

/// Kinds that the desk lists, the most asked for first.
const KINDS: [&str; 13] = [
    "hazardous-area",
    "clearance",
    "non-technical-survey",
    "explosive-ordnance",
    "accident",
    "civilian-risk-zone",
    "civilian-report",
    "task",
    "organisation",
    "team",
    "accreditation",
    "settlement",
    "admin-area",
];

/// All records of a kind, found by number or name.
#[component]
pub fn RecordsPage() -> impl IntoView {
    let live = use_live();
    let go = use_navigate();
    let kind = RwSignal::new("hazardous-area".to_owned());
    let query = RwSignal::new(String::new());
    let records = LocalResource::new(move || {
        let (n, kind, query) = (live.number(), kind.get(), query.get());
        async move {
            api::records(&kind, &query, None, n)
                .await
                .map(|page| page.items)
        }
    });
    let kinds: Vec<Choice> = KINDS
        .iter()
        .map(|kind| Choice::new(*kind, label(&format!("kind.{kind}"))))
        .collect();
    let open = Callback::new(move |record: RecordId| {
        go(
            &format!("/desk/record/{record}"),
            leptos_router::NavigateOptions::default(),
        );
    });
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page">
                <div class="desk-head"><h1>{t!("desk.nav.records")}</h1>{move || form::new_button(&kind.get())}{paper::enter_button()}
                    {move || (kind.get() == "clearance").then(|| view! { <a class="link" href="/desk/claims">{t!("desk.claims.go")}</a> })}</div>
                <ChipChoice
                    label=t!("desk.records.kind") hide_label=true choices=kinds chosen=Signal::derive(move || Some(kind.get()))
                    on_choose=Callback::new(move |chosen: Option<String>| if let Some(chosen) = chosen { kind.set(chosen) })
                />
                <TextField id="search" label=t!("desk.records.search") value=query on_change=Callback::new(move |text| query.set(text)) />
                {answered(records, move |rows| list(rows, open))}
            </div>
        </DeskShell>
    }
}

fn list(rows: Vec<RecordRow>, open: Callback<RecordId>) -> impl IntoView {
    if rows.is_empty() {
        return view! { <EmptyState title=t!("desk.records.empty") how=t!("desk.records.empty_how") /> }.into_any();
    }
    let ids: Vec<RecordId> = rows.iter().map(|row| row.record).collect();
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let class = row
                .codes
                .get("classification")
                .map(|code| label(&format!("code.classification.{code}")))
                .unwrap_or_default();
            vec![
                words::row_title(row),
                class,
                words::standing(row.standing),
                words::area(row.area),
                row.day.as_deref().map(format::date).unwrap_or_default(),
                format::date(&clock::day_of(&row.received)),
            ]
        })
        .collect();
    let columns = vec![
        Column::text(t!("desk.records.record")),
        Column::text(t!("desk.totals.class")),
        Column::text(t!("desk.records.standing")),
        Column::number(t!("desk.records.area")),
        Column::text(t!("desk.records.day")),
        Column::text(t!("desk.records.received")),
    ];
    let on_row = Callback::new(move |index: usize| {
        if let Some(id) = ids.get(index) {
            open.run(*id);
        }
    });
    view! { <Table caption=t!("desk.nav.records") columns rows=cells on_row /> }.into_any()
}

/// One record: what stands, its account, its history, its checks.
#[component]
pub fn RecordPage() -> impl IntoView {
    let live = use_live();
    let record = shell::record_of_address();
    let detail = LocalResource::new(move || {
        let n = live.number();
        let record = record.get();
        async move {
            match record {
                // A log number alone is nothing new to read.
                Some(record) => api::record(record, n)
                    .await
                    .map(|detail| Some(RecordDetail { upto: 0, ..detail })),
                None => Ok(None),
            }
        }
    });
    let known = RwSignal::new(String::new());
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page">{answered_with_names(detail, move |detail| detail.map(|detail| page(detail, known)))}</div>
        </DeskShell>
    }
}

/// `known`: as of which day the account is read; it outlives a fresh answer.
fn page(detail: RecordDetail, known: RwSignal<String>) -> impl IntoView {
    let (kind, record) = (detail.row.kind.clone(), detail.row.record);
    let account = (kind == "hazardous-area").then(|| view! { <Statement record known /> });
    let parted = combine::plan::heads(&detail.statements).len() > 1;
    let two = (parted || detail.two_versions).then(|| view! {
        <Notice title=t!("desk.review.two_versions")>
            {t!("desk.record.two_versions")}" "
            {parted.then(|| view! { <a href=combine::address(record)>{t!("desk.combine.title")}</a> })}
        </Notice>
    });
    let from_paper = shown_statement(&detail).and_then(|one| paper::Shown::of(&detail, one));
    let is_claim = detail.row.codes.get("claimed").map(String::as_str) == Some("yes");
    let on_paper = from_paper.is_some();
    let from_paper = from_paper.map(|shown| shown.view(None));
    let risk = detail
        .risk
        .clone()
        .map(|risk| view! { <Card title=t!("desk.risk.card")><RiskView risk /></Card> });
    let (checks, stands) = (checks(&detail), what_stands(&detail));
    let history = detail
        .statements
        .iter()
        .cloned()
        .map(statement)
        .collect_view();
    view! {
        <div class="desk-head">
            <div>
                <p class="muted">{label(&format!("kind.{kind}"))}" · "{words::standing(detail.row.standing)}</p>
                <h1>{words::row_title(&detail.row)}</h1>
            </div>
            {area::menu(&detail)}
            {form::change_button(&kind, record, on_paper)}
            {is_claim.then(|| view! { <a class="button button-ghost" href=format!("/desk/claims/{record}")>{t!("desk.claims.link_this")}</a> })}
        </div>
        {two}
        {checks}
        {account}
        <div class="cards wide">
            <Card title=t!("desk.record.stands")>{from_paper}{stands}</Card>
            {risk}
            <Card title=t!("desk.record.history")>{history}</Card>
        </div>
        <Ending detail />
    }
}

/// The record's checks; those about hazard alone are red.
pub fn checks(detail: &RecordDetail) -> impl IntoView + use<> {
    let open = detail
        .checks
        .iter()
        .filter(|check| check.life != "resolved");
    open.cloned().map(check::notice).collect_view()
}

/// What stands, or the newest statement when nothing does.
fn shown_statement(detail: &RecordDetail) -> Option<&StatementRow> {
    let official = detail
        .statements
        .iter()
        .find(|statement| detail.officials.contains(&statement.revision));
    let shown = official.or(detail.statements.first());
    shown
        .filter(|statement| statement.body.is_some())
        .or_else(|| {
            detail
                .statements
                .iter()
                .find(|statement| statement.body.is_some())
        })
}

/// The fields of what stands, or of the newest statement when nothing does.
pub fn what_stands(detail: &RecordDetail) -> impl IntoView + use<> {
    let facts = shown_statement(detail)
        .and_then(|statement| statement.body.clone())
        .map(|body| facts(&detail.row.kind, &body, &detail.names));
    view! { <Facts>{facts}</Facts> }
}

fn facts(
    kind: &str,
    body: &serde_json::Map<String, serde_json::Value>,
    names: &show::Names,
) -> impl IntoView + use<> {
    let fields = safelane_model::kinds::find(kind).map_or(&[][..], |kind| kind.fields);
    fields
        .iter()
        .filter(|field| field.section != SECTION)
        .filter_map(|field| Some((field, body.get(field.key)?)))
        .map(|(field, value)| {
            let shown = show::value(kind, field, value, names);
            view! { <Fact name=label(&field.label_key(kind))>{shown}</Fact> }
        })
        .collect_view()
}

fn statement(one: StatementRow) -> impl IntoView {
    let judgements = one
        .judgements
        .iter()
        .map(|judgement| {
            let who = if judgement.by_hub { t!("desk.record.office_server").to_owned() } else { judgement.author_name.clone() };
            let texts: Vec<String> = judgement
                .body
                .get("comments")
                .and_then(serde_json::Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|comment| comment.get("text")?.as_str().map(str::to_owned))
                .collect();
            let act = label(&format!("desk.act.{}", judgement.act));
            view! { <p class="muted">{act}" · "{who}" · "{format::date(&clock::day_of(&judgement.received))}" "{texts.join(" ")}</p> }
        })
        .collect_view();
    let address = format!("/desk/review/{}", one.revision);
    let open = one.status == "open";
    // The hub vouches for its own pages; what this device found by its own check stands beside it.
    let unknown_key = engine()
        .world
        .with_untracked(|world| world.is_unknown_key(one.revision));
    view! {
        <div class="history-line">
            <p>
                <b>{label(&format!("desk.act.{}", one.act.replace('-', "_")))}</b>" · "{label(&format!("desk.status.{}", one.status))}" · "
                {one.author_name}" · "{one.device_label}
            </p>
            <p class="muted num">{t!("desk.record.received", n = one.n as usize, day = format::date(&clock::day_of(&one.received)), time = clock::time_of(&one.received))}</p>
            {unknown_key.then(|| view! { <p><span class="tag">{t!("field.record.unknown_key")}</span></p> })}
            {judgements}
            {open.then(|| view! { <a href=address>{t!("desk.record.review")}</a> })}
        </div>
    }
}
