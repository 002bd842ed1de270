//! "Explain this number": the movements that a figure is the sum of, each with the record that moved it. And what a late
//! or changed report moved in past days since a date.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use safelane_ledger::RecordId;
use safelane_wire::desk::{Cell, CellRow, Restated as List, RestatedRow, TotalsRow};

use crate::components::table::Column;
use crate::components::{Card, DateField, GhostButton, QuietButton, Table};
use crate::desk::answer::answered;
use crate::desk::api::{self, Question};
use crate::desk::live::use_live;
use crate::i18n::{format, label};
use crate::platform::{clock, dom};

/// The figure that is to be explained.
#[derive(Clone, PartialEq)]
pub struct Sought {
    /// Its line and column in words.
    pub title: String,
    /// The hub's code of the column.
    pub column: String,
    /// Its line; none for the sum of all and for what stands beside.
    pub row: Option<TotalsRow>,
    /// Where it stands in the table.
    pub place: Option<(usize, usize)>,
    /// Whether it is an area, or a count of areas.
    pub is_area: bool,
}

/// What a figure is made of.
#[component]
pub fn Explained(
    /// What the table was asked for.
    question: Memo<Question>,
    /// The figure.
    sought: RwSignal<Option<Sought>>,
) -> impl IntoView {
    let live = use_live();
    let cell = LocalResource::new(move || {
        let (n, question, sought) = (live.number(), question.get(), sought.get());
        async move {
            let Some(sought) = sought else {
                return Ok(None);
            };
            let cell = api::cell(&question, &sought.column, sought.row.as_ref(), n).await?;
            Ok(Some((sought, cell)))
        }
    });
    let open = opener();
    let close = move |()| sought.set(None);
    // Below the table, so it is brought into view, and screen readers go there.
    Effect::new(move || {
        if sought.with(Option::is_some) {
            set_timeout(
                || dom::focus("explained"),
                std::time::Duration::from_millis(50),
            );
        }
    });
    view! {
        <div id="explained" tabindex="-1">
            {move || sought.with(Option::is_some).then(|| view! {
                <Card strong=true>
                    {answered(cell, move |found| found.map(|(sought, cell)| parts(&sought, &cell, open)))}
                    <QuietButton label=t!("action.close") on_press=close />
                </Card>
            })}
        </div>
    }
}

/// Opens a record's page.
fn opener() -> Callback<RecordId> {
    let go = use_navigate();
    Callback::new(move |record: RecordId| {
        let options = leptos_router::NavigateOptions::default();
        go(&format!("/desk/record/{record}"), options);
    })
}

fn parts(sought: &Sought, cell: &Cell, open: Callback<RecordId>) -> impl IntoView + use<> {
    let figure = |value: i64| {
        if sought.is_area {
            format::area_dm2(value)
        } else {
            format::number(value)
        }
    };
    let title = format!("{}: {}", sought.title, figure(cell.sum));
    if cell.rows.is_empty() {
        return view! { <h2>{title}</h2><p class="muted">{t!("desk.explain.nothing")}</p> }
            .into_any();
    }
    let records: Vec<RecordId> = cell.rows.iter().map(|row| row.record).collect();
    let on_row = Callback::new(move |index: usize| {
        if let Some(record) = records.get(index) {
            open.run(*record);
        }
    });
    let columns = vec![
        Column::text(label("kind.hazardous-area")),
        Column::text(t!("desk.totals.class")),
        Column::text(t!("desk.records.day")),
        Column::number(if sought.is_area {
            t!("desk.records.area")
        } else {
            t!("desk.totals.areas")
        }),
        Column::text(t!("desk.record.by")),
        Column::text(t!("desk.totals.organisation")),
    ];
    let rows: Vec<Vec<String>> = cell.rows.iter().map(|row| part(row, &figure)).collect();
    view! {
        <h2>{title.clone()}</h2>
        <p class="muted">{t!("desk.explain.how")}</p>
        <Table caption=title columns rows on_row />
    }
    .into_any()
}

fn part(row: &CellRow, figure: &impl Fn(i64) -> String) -> Vec<String> {
    let class = match row.class.as_str() {
        "" => String::new(),
        class => label(&format!("code.classification.{class}")),
    };
    // What stands at the end of a day was moved by nothing but the area itself.
    let by = if row.record == row.hazard {
        String::new()
    } else {
        format!("{} · {}", label(&format!("kind.{}", row.kind)), row.name)
    };
    vec![
        row.hazard_name.clone(),
        class,
        format::date(&row.on),
        figure(row.area),
        by,
        row.organisation.clone(),
    ]
}

/// What was restated since a day: with a past picture since then, else since a day that is asked for.
#[component]
pub fn Restated(
    /// The day of the past picture; empty for the present.
    since: Signal<String>,
    /// The group of contamination that the page is about.
    contamination: Signal<Option<String>>,
) -> impl IntoView {
    let live = use_live();
    let day = RwSignal::new(clock::local_day(-30));
    let asked = RwSignal::new(false);
    let wanted = Memo::new(move |_| {
        let since = since.get();
        if since.is_empty() {
            asked.get().then(|| day.get())
        } else {
            Some(since)
        }
    });
    let list = LocalResource::new(move || {
        let (n, wanted, contamination) = (live.number(), wanted.get(), contamination.get());
        async move {
            match wanted {
                Some(day) => api::restated(&day, contamination.as_deref(), n)
                    .await
                    .map(Some),
                None => Ok(None),
            }
        }
    });
    let open = opener();
    let ask = move || {
        since.with(String::is_empty).then(|| view! {
            <div class="field-row">
                <DateField
                    id="restated-since" label=t!("desk.restated.since") value=day
                    on_change=Callback::new(move |text| { asked.set(false); day.set(text); })
                />
            </div>
            {move || (!asked.get()).then(|| view! { <GhostButton label=t!("desk.restated.show") on_press=move |()| asked.set(true) /> })}
        })
    };
    view! {
        <Card title=t!("desk.restated.title")>
            <p class="muted">{t!("desk.restated.how")}</p>
            {ask}
            {answered(list, move |list| list.map(|list| restated(&list, open)))}
        </Card>
    }
}

fn restated(list: &List, open: Callback<RecordId>) -> impl IntoView + use<> {
    let head = t!(
        "desk.restated.head",
        day = format::date(&list.since.day),
        through = format::date(&list.through)
    );
    if list.rows.is_empty() {
        return view! { <p>{head}" "{t!("desk.restated.nothing")}</p> }.into_any();
    }
    let records: Vec<RecordId> = list.rows.iter().map(|row| row.record).collect();
    let on_row = Callback::new(move |index: usize| {
        if let Some(record) = records.get(index) {
            open.run(*record);
        }
    });
    let columns = vec![
        Column::text(label("kind.hazardous-area")),
        Column::text(t!("desk.records.day")),
        Column::text(t!("desk.record.movement")),
        Column::text(t!("desk.totals.class")),
        Column::text(t!("desk.record.by")),
        Column::number(t!("desk.restated.before")),
        Column::number(t!("desk.restated.after")),
    ];
    let line = |row: &RestatedRow| {
        vec![
            row.hazard_name.clone(),
            format::date(&row.on),
            label(&format!("desk.movement.{}", row.what.replace('-', "_"))),
            label(&format!("code.classification.{}", row.class)),
            row.name.clone(),
            format::area_dm2(row.before),
            format::area_dm2(row.after),
        ]
    };
    let rows: Vec<Vec<String>> = list.rows.iter().map(line).collect();
    view! { <p>{head}</p><Table caption=t!("desk.restated.title") columns rows on_row /> }
        .into_any()
}
