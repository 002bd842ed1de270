//! Totals: the identity of every district and class closes, or it is not shown.

use leptos::prelude::*;
use safelane_wire::desk::{Totals, TotalsRow};

use super::answer::answered;
use super::live::use_live;
use super::{api, shell};
use crate::components::table::Column;
use crate::components::{DateField, DeskShell, Notice, Table};
use crate::i18n::{format, label};
use crate::platform::clock;

/// Opening, movements and closing between two days, by district and class.
#[component]
pub fn TotalsPage() -> impl IntoView {
    let live = use_live();
    let from = RwSignal::new(clock::local_day(-365));
    let to = RwSignal::new(clock::today_local());
    let totals = LocalResource::new(move || {
        let (n, from, to) = (live.number(), from.get(), to.get());
        async move { api::totals(&from, &to, n).await }
    });
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page">
                <h1>{t!("desk.totals.title")}</h1>
                <div class="field-row">
                    <DateField id="from" label=t!("desk.totals.from") value=from on_change=Callback::new(move |day| from.set(day)) />
                    <DateField id="to" label=t!("desk.totals.to") value=to on_change=Callback::new(move |day| to.set(day)) />
                </div>
                {answered(totals, page)}
            </div>
        </DeskShell>
    }
}

fn page(totals: Totals) -> impl IntoView {
    let one_person = totals
        .one_person_release
        .then(|| view! { <Notice title=t!("desk.totals.one_person") /> });
    let waiting: Vec<String> = totals
        .waiting
        .iter()
        .filter(|(_, area)| **area != 0)
        .map(|(what, area)| {
            format!(
                "{} {}",
                label(&format!("desk.area.{what}")),
                format::area_dm2(*area)
            )
        })
        .collect();
    let waiting = (!waiting.is_empty()).then(
        || view! { <p>{t!("desk.totals.waiting")}" "<b class="num">{waiting.join(" · ")}</b></p> },
    );
    let claimed = (totals.claimed != 0).then(
        || view! { <p>{t!("desk.totals.claimed", area = format::area_dm2(totals.claimed))}" "<a class="link" href="/desk/claims">{t!("desk.claims.go")}</a></p> },
    );
    let rows: Vec<Vec<String>> = totals.rows.iter().map(cells).collect();
    view! {
        {one_person}
        <Table caption=t!("desk.totals.title") columns=columns() rows=rows />
        <p class="muted">{t!("desk.totals.identity")}</p>
        {waiting}
        {claimed}
    }
}

fn columns() -> Vec<Column> {
    let mut columns = vec![
        Column::text(t!("desk.totals.district")),
        Column::text(t!("desk.totals.class")),
    ];
    for head in [
        t!("desk.totals.opening"),
        t!("desk.totals.new"),
        t!("desk.totals.enlarged"),
        t!("desk.totals.re_opened"),
        t!("desk.totals.cancelled"),
        t!("desk.totals.reduced"),
        t!("desk.totals.cleared"),
        t!("desk.totals.reclassified"),
        t!("desk.totals.corrected"),
        t!("desk.totals.closing"),
        t!("desk.totals.worked"),
        t!("desk.totals.outside"),
        t!("desk.totals.areas"),
    ] {
        columns.push(Column::number(head));
    }
    columns
}

/// m², whole; what takes away is shown with its minus.
fn cells(row: &TotalsRow) -> Vec<String> {
    let whole = |dm2: i64| format::number((dm2 + 50 * dm2.signum()) / 100);
    let name = if row.class == "all" && row.district.is_none() {
        t!("desk.totals.all").to_owned()
    } else {
        row.name.clone()
    };
    let class = match row.class.as_str() {
        "all" => String::new(),
        class => label(&format!("code.classification.{class}")),
    };
    let mut cells = vec![name, class];
    cells.extend(
        [
            row.opening,
            row.new,
            row.enlarged,
            row.re_opened,
            -row.cancelled,
            -row.reduced,
            -row.cleared,
            row.reclassified,
            row.corrected,
            row.closing,
            row.worked,
            row.outside,
        ]
        .map(whole),
    );
    cells.push(format::number(i64::from(row.areas)));
    cells
}
