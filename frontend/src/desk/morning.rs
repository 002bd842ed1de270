//! The morning page: what needs somebody today, the most pressing first.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use safelane_wire::desk::{CheckRow, DeviceRow, ExpiringRow, Morning, RecordRow, ReviewItem};

use super::answer::answered;
use super::live::use_live;
use super::{api, review, shell, words};
use crate::components::{Card, DeskShell, QueueEntry};
use crate::i18n::{format, label};
use crate::platform::clock;

/// Alarms, accidents, items in the ground, returned without answer, oldest waiting, not heard from, what ends this month.
#[component]
pub fn MorningPage() -> impl IntoView {
    let live = use_live();
    let morning = LocalResource::new(move || api::morning(live.number()));
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page">
                <h1>{t!("desk.morning.title")}</h1>
                {answered(morning, page)}
            </div>
        </DeskShell>
    }
}

fn page(morning: Morning) -> impl IntoView {
    view! {
        <div class="cards">
            {card(t!("desk.morning.alarms"), t!("desk.morning.no_alarms"), morning.alarms, alarm)}
            {card(t!("desk.morning.waiting"), t!("desk.morning.no_waiting"), morning.waiting, waiting)}
            {card(t!("desk.morning.returned"), t!("desk.morning.no_returned"), morning.returned, waiting)}
            {card(t!("desk.morning.items"), t!("desk.morning.no_items"), morning.items, record)}
            {card(t!("desk.morning.accidents"), t!("desk.morning.no_accidents"), morning.accidents, record)}
            {card(t!("desk.morning.silent"), t!("desk.morning.no_silent"), morning.silent, device)}
            {card(t!("desk.morning.expiring"), t!("desk.morning.no_expiring"), morning.expiring, expiring)}
        </div>
    }
}

fn card<T, V: IntoView + Send + 'static>(
    title: &'static str,
    none: &'static str,
    entries: Vec<T>,
    entry: fn(T) -> V,
) -> impl IntoView {
    let empty = entries
        .is_empty()
        .then(|| view! { <p class="muted">{none}</p> });
    let count = entries.len();
    let lines = entries.into_iter().take(8).map(entry).collect_view();
    view! {
        <Card title=title aside=move || (count > 0).then(|| view! { <span class="tag num">{count}</span> })>
            {empty}
            {lines}
        </Card>
    }
}

fn alarm(check: CheckRow) -> impl IntoView {
    let go = use_navigate();
    let record = check.records.first().copied();
    let open = move |()| {
        if let Some(record) = record {
            go(
                &format!("/desk/record/{record}"),
                leptos_router::NavigateOptions::default(),
            );
        }
    };
    let seen = (check.answers.iter())
        .map(|answer| t!("desk.check.acknowledged_by", name = answer.by_name.clone()))
        .collect::<Vec<_>>();
    view! { <QueueEntry title=words::check_title(&check) about=words::check_text(&check) tags=seen alarm=true on_press=Callback::new(open) /> }
}

fn waiting(item: ReviewItem) -> impl IntoView {
    let go = use_navigate();
    let address = format!("/desk/review/{}", item.revision);
    let open = move |()| go(&address, leptos_router::NavigateOptions::default());
    view! {
        <QueueEntry title=review::title(&item) time=review::time(&item.received) about=review::about(&item) on_press=Callback::new(open) />
    }
}

fn record(row: RecordRow) -> impl IntoView {
    let go = use_navigate();
    let address = format!("/desk/record/{}", row.record);
    let open = move |()| go(&address, leptos_router::NavigateOptions::default());
    let day = row
        .day
        .as_deref()
        .map(format::day_month)
        .unwrap_or_default();
    view! { <QueueEntry title=words::row_title(&row) time=day about=words::standing(row.standing) on_press=Callback::new(open) /> }
}

fn device(device: DeviceRow) -> impl IntoView {
    let heard = device.heard.as_deref().map_or_else(
        || t!("desk.device.never").to_owned(),
        |at| format::date(&clock::day_of(at)),
    );
    view! { <p><b>{device.label}</b>" · "{device.person_name}" · "<span class="muted num">{heard}</span></p> }
}

fn expiring(ends: ExpiringRow) -> impl IntoView {
    let go = use_navigate();
    let address = format!("/desk/record/{}", ends.row.record);
    let open = move |()| go(&address, leptos_router::NavigateOptions::default());
    let what = label(&format!("desk.morning.ends.{}", ends.row.kind));
    let day = format::date(&ends.last);
    let when = if ends.passed {
        t!("desk.morning.ended_on", what = what, day = day)
    } else {
        t!("desk.morning.ends_on", what = what, day = day)
    };
    let title = match ends.of {
        // An accreditation has no name of its own.
        Some(of) if ends.row.name.is_none() => of,
        _ => words::row_title(&ends.row),
    };
    view! { <QueueEntry title=title about=when on_press=Callback::new(open) /> }
}
