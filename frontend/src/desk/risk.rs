//! Civilian-risk zones in the order in which they want looking at.

mod card;
mod method;
mod words;

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use safelane_ledger::RecordId;
use safelane_wire::risk::{ZoneRisk, Zones};

use super::answer::answered;
use super::live::use_live;
use super::{api, form, shell};
use crate::components::table::Column;
use crate::components::{DeskShell, EmptyState, Notice, Table};
use crate::desk::words as desk_words;
use crate::i18n::format;

pub use card::RiskView;
pub use method::MethodPage;

/// All zones, ranked.
#[component]
pub fn RiskPage() -> impl IntoView {
    let live = use_live();
    let zones = LocalResource::new(move || api::risk(live.number()));
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page">
                <div class="desk-head">
                    <h1>{t!("desk.risk.title")}</h1>
                    {form::new_button("civilian-risk-zone")}
                </div>
                <Notice title=t!("desk.risk.ranks")>
                    {t!("desk.risk.order")}" "<a href="/desk/risk/method">{t!("desk.risk.how")}</a>
                </Notice>
                {answered(zones, list)}
            </div>
        </DeskShell>
    }
}

fn list(zones: Zones) -> AnyView {
    if zones.zones.is_empty() {
        return view! { <EmptyState title=t!("desk.risk.empty") how=t!("desk.risk.empty_how") /> }
            .into_any();
    }
    let go = use_navigate();
    let ids: Vec<RecordId> = zones.zones.iter().map(|one| one.row.record).collect();
    let on_row = Callback::new(move |index: usize| {
        if let Some(id) = ids.get(index) {
            go(
                &format!("/desk/record/{id}"),
                leptos_router::NavigateOptions::default(),
            );
        }
    });
    let columns = vec![
        Column::number("#"),
        Column::text(t!("desk.risk.zone")),
        Column::text(t!("desk.risk.band")),
        Column::number(t!("desk.risk.index")),
        Column::number(t!("desk.risk.current")),
        Column::text(t!("desk.risk.why")),
        Column::text(t!("desk.records.standing")),
        Column::text(t!("desk.risk.visited")),
        Column::text(t!("desk.risk.due")),
    ];
    let rows: Vec<Vec<String>> = (zones.zones.iter().enumerate())
        .map(|(index, zone)| cells(index, zone))
        .collect();
    let policy = zones.policy;
    view! {
        <Table caption=t!("desk.risk.title") columns rows on_row />
        <p class="muted">{t!("desk.risk.policy", policy = policy)}</p>
    }
    .into_any()
}

fn cells(index: usize, zone: &ZoneRisk) -> Vec<String> {
    let (row, risk) = (&zone.row, &zone.risk);
    let why: Vec<String> = (risk.overrides.iter().filter(|one| one.changes))
        .map(|one| words::overriding(one, risk))
        .collect();
    vec![
        format::number(index as i64 + 1),
        desk_words::row_title(row),
        words::bands(&risk.band),
        words::span(risk.index, 1),
        words::span(risk.current, 1),
        why.join(" "),
        desk_words::standing(row.standing),
        row.day.as_deref().map(format::date).unwrap_or_default(),
        words::due(&risk.due),
    ]
}
