//! The statement of account of one hazardous area: movement by movement, each with the record that moved it and who
//! signed it; what is worked and left to work; its releases, those of its history too; alarms that freeze one.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use safelane_ledger::RecordId;
use safelane_wire::desk::{Account, MovementRow, ReleaseRow};

use super::answer::answered;
use super::live::use_live;
use super::{api, words};
use crate::components::table::Column;
use crate::components::{Card, DateField, Fact, Facts, Notice, QuietButton, Table};
use crate::i18n::{format, label};

/// The account of one hazardous area, as known now or on a day.
#[component]
pub fn Statement(
    /// The hazardous area.
    record: RecordId,
    /// The day; empty for now.
    known: RwSignal<String>,
) -> impl IntoView {
    let live = use_live();
    let account = LocalResource::new(move || {
        let (n, known) = (live.number(), known.get());
        async move {
            let known = (!known.is_empty()).then_some(known);
            api::account(record, known.as_deref(), n).await
        }
    });
    let go = use_navigate();
    let open = Callback::new(move |record: RecordId| {
        let options = leptos_router::NavigateOptions::default();
        go(&format!("/desk/record/{record}"), options);
    });
    let back = move || {
        (!known.with(String::is_empty)).then(|| view! { <QuietButton label=t!("desk.past.present") on_press=move |()| known.set(String::new()) /> })
    };
    view! {
        <Card title=t!("desk.record.account")>
            <div class="statement" class:past-page=move || !known.with(String::is_empty)>
                <div class="field-row">
                    <DateField
                        id="known" label=t!("desk.totals.known") value=known
                        on_change=Callback::new(move |day| known.set(day))
                    />
                    {back}
                </div>
                {answered(account, move |account| sheet(&account, record, open))}
            </div>
        </Card>
    }
}

fn sheet(account: &Account, hazard: RecordId, open: Callback<RecordId>) -> impl IntoView + use<> {
    let past = account.known.as_ref().map(|known| {
        let title = t!("desk.past.known", day = format::date(&known.day), n = known.upto as usize);
        view! { <p class="past-strip" role="status"><b>{title}</b>" "{t!("desk.past.not_in_it")}</p> }
    });
    let alarms: Vec<_> = (account.alarms.iter())
        .map(|check| {
            let (title, text) = (words::check_title(check), words::check_text(check));
            view! { <Notice title alarm=true>{text}</Notice> }
        })
        .collect();
    let frozen = (account.releases.iter()).any(|release| release.state == "frozen");
    let frozen = frozen.then(|| view! { <p class="muted">{t!("desk.statement.frozen")}</p> });
    view! {
        {past}
        {alarms}
        {frozen}
        {figures(account)}
        {movements(account, hazard, open)}
        {releases(account, open)}
    }
}

fn figures(account: &Account) -> impl IntoView + use<> {
    let class = match account.class.as_str() {
        "" => t!("desk.statement.not_open").to_owned(),
        class => label(&format!("code.classification.{class}")),
    };
    let figures: Vec<_> = [
        (t!("desk.statement.outline"), account.outline),
        (t!("desk.record.remaining"), account.remaining),
        (t!("desk.totals.worked"), account.worked),
        (t!("desk.area.left_to_work"), account.left),
        (t!("desk.totals.outside"), account.outside),
    ]
    .into_iter()
    .map(|(name, dm2)| view! { <Fact name>{format::area_dm2(dm2)}</Fact> })
    .collect();
    view! {
        <Facts>
            <Fact name=t!("desk.totals.class")>{class}</Fact>
            {figures}
        </Facts>
        <p class="muted">{t!("desk.statement.beside")}</p>
    }
}

fn movements(
    account: &Account,
    hazard: RecordId,
    open: Callback<RecordId>,
) -> impl IntoView + use<> {
    let records: Vec<RecordId> = account.movements.iter().map(|one| one.record).collect();
    let on_row = Callback::new(move |index: usize| {
        // The area's own statements are in the history below.
        if let Some(record) = records.get(index).filter(|record| **record != hazard) {
            open.run(*record);
        }
    });
    let line = |one: &MovementRow| {
        vec![
            day(&one.on),
            label(&format!("desk.movement.{}", one.what.replace('-', "_"))),
            label(&format!("code.classification.{}", one.class)),
            format::area_dm2(one.area),
            format::area_dm2(one.remaining),
            by(one, hazard),
            one.author_name.clone(),
            one.approved_by.join(", "),
        ]
    };
    let mut rows: Vec<Vec<String>> = account.movements.iter().map(line).collect();
    let mut closing = vec![String::new(); 8];
    t!("desk.movement.closing").clone_into(&mut closing[1]);
    closing[4] = format::area_dm2(account.remaining);
    rows.push(closing);
    let columns = vec![
        Column::text(t!("desk.records.day")),
        Column::text(t!("desk.record.movement")),
        Column::text(t!("desk.totals.class")),
        Column::number(t!("desk.records.area")),
        Column::number(t!("desk.record.remaining")),
        Column::text(t!("desk.record.by")),
        Column::text(t!("desk.statement.signed")),
        Column::text(t!("desk.statement.approved")),
    ];
    view! {
        <Table caption=t!("desk.record.account") columns rows on_row sum=true />
        <p class="muted">{t!("desk.totals.dates")}</p>
    }
}

fn by(one: &MovementRow, hazard: RecordId) -> String {
    if one.record == hazard {
        t!("desk.statement.own").to_owned()
    } else {
        format!("{} · {}", label(&format!("kind.{}", one.kind)), one.name)
    }
}

/// A day, or that none is stated.
fn day(on: &str) -> String {
    if on.is_empty() {
        t!("desk.statement.no_day").to_owned()
    } else {
        format::date(on)
    }
}

fn releases(account: &Account, open: Callback<RecordId>) -> Option<impl IntoView + use<>> {
    if account.releases.is_empty() {
        return None;
    }
    let records: Vec<RecordId> = account.releases.iter().map(|one| one.record).collect();
    let on_row = Callback::new(move |index: usize| {
        if let Some(record) = records.get(index) {
            open.run(*record);
        }
    });
    let line = |one: &ReleaseRow| {
        vec![
            day(&one.on),
            one.name.clone(),
            label(&format!("desk.movement.{}", one.way)),
            format::area_dm2(one.area),
            one.depth.map(format::depth_mm).unwrap_or_default(),
            format::area_dm2(one.took),
            label(&format!("desk.release.{}", one.state)),
        ]
    };
    let rows: Vec<Vec<String>> = account.releases.iter().map(line).collect();
    let columns = vec![
        Column::text(t!("desk.records.day")),
        Column::text(t!("desk.records.record")),
        Column::text(t!("desk.statement.way")),
        Column::number(t!("desk.statement.ground")),
        Column::number(t!("desk.statement.depth")),
        Column::number(t!("desk.statement.took")),
        Column::text(t!("desk.records.standing")),
    ];
    Some(view! {
        <h2>{t!("desk.statement.releases")}</h2>
        <Table caption=t!("desk.statement.releases") columns rows on_row />
    })
}
