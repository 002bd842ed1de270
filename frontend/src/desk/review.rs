//! The review queue: what came in against what is known, one line after the other.

mod judge;
mod panel;
mod versions;

pub use panel::area;

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use safelane_ledger::{RecordId, RevisionId};
use safelane_wire::desk::ReviewItem;

use super::answer::answered;
use super::live::use_live;
use super::map::GroundMap;
use super::paper::SheetBeside;
use super::{api, shell, words};
use crate::components::{DeskShell, EmptyState, Pill, QueueEntry};
use crate::i18n::{format, label};
use crate::platform::{clock, dom};

/// Queue at the left, map in the middle, the chosen report at the right.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let live = use_live();
    let params = use_params_map();
    let chosen = Memo::new(move |_| {
        params
            .read()
            .get("revision")
            .and_then(|id| id.parse::<RevisionId>().ok())
    });
    let queue = LocalResource::new(move || api::review(live.number()));
    let items = Memo::new(move |_| {
        queue
            .get()
            .and_then(Result::ok)
            .map(|page| page.items)
            .unwrap_or_default()
    });
    let go = use_navigate();
    let open = Callback::new(move |revision: RevisionId| {
        go(
            &format!("/desk/review/{revision}"),
            leptos_router::NavigateOptions {
                scroll: false,
                ..Default::default()
            },
        );
    });
    // A link may name the record: what waits of it is opened when the queue is here.
    let wanted = use_query_map();
    let look = use_navigate();
    Effect::new(move |_| {
        let record = wanted.with(|query| query.get("record")?.parse::<RecordId>().ok());
        let waits = record.and_then(|record| {
            items.with(|items| {
                let line = items.iter().find(|item| item.row.record == record)?;
                Some(line.revision)
            })
        });
        if let Some(revision) = waits {
            look(
                &format!("/desk/review/{revision}"),
                leptos_router::NavigateOptions {
                    replace: true,
                    ..Default::default()
                },
            );
        }
    });
    // By keys and after a judgement the focus goes along, and stays on the line when the queue is read anew.
    let walked = StoredValue::new(false);
    let walk = Callback::new(move |revision: RevisionId| {
        walked.set_value(true);
        open.run(revision);
        dom::focus_line(&line_id(revision));
    });
    Effect::new(move |_| {
        items.track();
        set_timeout(
            move || {
                let line = chosen.try_get_untracked().flatten().map(line_id);
                if let Some(line) = line.filter(|_| walked.get_value() && dom::has_lost_focus()) {
                    dom::focus_line(&line);
                }
            },
            std::time::Duration::from_millis(50),
        );
    });
    arrows(items, chosen, walk);
    let reading = panel::Reading::of(chosen);
    let list = move || view! { <QueueList queue items chosen open /> };
    let panel = move || view! { <panel::ReviewPanel reading items open=walk /> };
    view! {
        <DeskShell rail=shell::rail list=ViewFn::from(list) panel=ViewFn::from(panel)>
            <GroundMap ground=reading.ground() />
            {move || reading.sheet.get().map(|address| view! { <SheetBeside address on_close=move |()| reading.sheet.set(None) /> })}
        </DeskShell>
    }
}

#[component]
fn QueueList(
    queue: LocalResource<crate::platform::http::Answer<safelane_wire::desk::Page<ReviewItem>>>,
    items: Memo<Vec<ReviewItem>>,
    chosen: Memo<Option<RevisionId>>,
    open: Callback<RevisionId>,
) -> impl IntoView {
    let alarms = move || items.with(|items| items.iter().filter(|item| item.alarm).count());
    let summary = move || items.with(|items| t!("desk.review.waiting", count = items.len()));
    let lines = move || {
        let items = items.get();
        let beside = |item: &ReviewItem| {
            let same = items
                .iter()
                .filter(|other| other.row.record == item.row.record);
            same.count() > 1
        };
        let lines = items.iter().map(|item| ReviewItem {
            two_versions: item.two_versions || beside(item),
            ..item.clone()
        });
        lines.collect::<Vec<_>>()
    };
    view! {
        <header class="list-head row">
            <div class="grow">
                <h1>{t!("desk.nav.review")}</h1>
                <div class="muted">{summary}</div>
            </div>
            {move || (alarms() > 0).then(|| view! { <Pill text=t!("desk.review.alarms", count = alarms()) alarm=true /> })}
        </header>
        {answered(queue, |page| page.items.is_empty().then(|| view! {
            <EmptyState title=t!("desk.review.empty") how=t!("desk.review.empty_how") />
        }))}
        <For each=lines key=says let:item>{entry(item, chosen, open)}</For>
    }
}

/// All that a line says: one that says the same stays as it is, under a finger too.
fn says(item: &ReviewItem) -> String {
    serde_json::to_string(item).unwrap_or_default()
}

fn entry(
    item: ReviewItem,
    chosen: Memo<Option<RevisionId>>,
    open: Callback<RevisionId>,
) -> impl IntoView {
    let revision = item.revision;
    view! {
        <QueueEntry
            title=title(&item)
            time=time(&item.received)
            about=about(&item)
            tags=tags(&item)
            alarm=item.alarm
            id=line_id(revision)
            chosen=Signal::derive(move || chosen.get() == Some(revision))
            on_press=Callback::new(move |()| open.run(revision))
        />
    }
}

/// The id of a line's element.
pub fn line_id(revision: RevisionId) -> String {
    format!("line-{revision}")
}

/// Arrow keys and N walk through the queue.
fn arrows(
    items: Memo<Vec<ReviewItem>>,
    chosen: Memo<Option<RevisionId>>,
    open: Callback<RevisionId>,
) {
    dom::on_key(move |key| {
        let step: isize = match key {
            "ArrowDown" | "n" | "N" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        let items = items.get_untracked();
        let at = chosen
            .get_untracked()
            .and_then(|id| items.iter().position(|item| item.revision == id));
        let next = at.map_or(0, |at| {
            at.saturating_add_signed(step)
                .min(items.len().saturating_sub(1))
        });
        if let Some(item) = items.get(next) {
            open.run(item.revision);
        }
    });
}

/// What a line is about: "Progress, 23 Nov", "Hazardous area, changed".
pub fn title(item: &ReviewItem) -> String {
    let report = item
        .row
        .codes
        .get("report")
        .map(|code| label(&format!("code.clearance-report.{code}")));
    let kind = report.unwrap_or_else(|| words::row_title(&item.row));
    // The day of an area or zone is that of its opening, not of the report.
    let dated = matches!(
        item.row.kind.as_str(),
        "clearance"
            | "non-technical-survey"
            | "explosive-ordnance"
            | "accident"
            | "civilian-report"
    );
    match item.row.day.as_deref().filter(|_| dated) {
        Some(day) => format!("{kind}, {}", format::day_month(day)),
        None => kind,
    }
}

/// Where, who, how much.
pub fn about(item: &ReviewItem) -> String {
    let area = item.area.map(|area| {
        t!(
            "desk.review.effect_area",
            effect = effect(item),
            area = format::area_dm2(area)
        )
    });
    [item.about.clone(), Some(item.from.clone()), area]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

fn effect(item: &ReviewItem) -> String {
    label(&format!("desk.effect.{}", item.effect.replace('-', "_")))
}

/// When it came: the time today, else the day.
pub fn time(received: &str) -> String {
    let day = clock::day_of(received);
    if day == clock::today_local() {
        clock::time_of(received)
    } else {
        format::day_month(&day)
    }
}

fn tags(item: &ReviewItem) -> Vec<String> {
    let mut tags = Vec::new();
    if item.two_versions {
        tags.push(t!("desk.review.two_versions").to_owned());
    }
    if !item.reviewed_by.is_empty() {
        tags.push(t!(
            "desk.review.reviewed_by",
            names = item.reviewed_by.join(", ")
        ));
    } else if item.needs_two {
        tags.push(t!("desk.review.needs_two").to_owned());
    }
    if item.checks > 0 {
        tags.push(t!("desk.review.checks", count = item.checks as usize));
    }
    if item.row.codes.contains_key("paper") {
        tags.push(t!("desk.paper.tag").to_owned());
    }
    if item.photos.1 > 0 {
        tags.push(t!(
            "desk.review.photos",
            held = item.photos.0 as usize,
            named = item.photos.1 as usize
        ));
    }
    if item.again {
        tags.push(t!("desk.review.again").to_owned());
    }
    if (item.revisions.len() as u32) < item.count {
        tags.push(t!(
            "desk.review.incomplete",
            here = item.revisions.len(),
            all = item.count as usize
        ));
    }
    tags
}

/// Why it takes two people, in words (S9).
fn effects(detail: &safelane_wire::desk::ReviewDetail) -> impl IntoView + use<> {
    let waits = detail.item.needs_two && detail.item.reviewed_by.is_empty();
    waits.then(|| view! { <p class="muted">{t!("desk.review.two_people")}</p> })
}
