//! Claimed releases: what imported sources say was released, one after the other, over the hazard that is recorded.
//!
//! A claim cuts nothing. Here a coordinator links one to the hazardous areas that it releases and states its day and
//! depth and where that is known from; it then waits in the ordinary queue for two other people (S9).

mod entered;
mod link;

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use safelane_ledger::RecordId;
use safelane_rules::claims::DRAWING;
use safelane_wire::desk::{ClaimDetail, ClaimRow, Claims, RecordDetail};
use serde_json::Value;

use super::answer::answered;
use super::live::use_live;
use super::map::GroundMap;
use super::{api, shell, words};
use crate::components::{
    ChipChoice, Choice, DeskShell, EmptyState, GhostButton, ProblemNote, QueueEntry, Skeleton,
    TextField,
};
use crate::i18n::format;
use crate::platform::dom;
use crate::platform::http::Answer;
use entered::Entered;

/// What a list can show; the first is what there is to do.
const SHOWN: [&str; 3] = ["overlapping", "waiting", "all"];

/// Claims at the left, the map in the middle, the chosen claim at the right.
#[component]
pub fn ClaimsPage() -> impl IntoView {
    let live = use_live();
    let chosen = shell::record_of_address();
    let asked = Asked {
        show: RwSignal::new(SHOWN[0].to_owned()),
        query: RwSignal::new(String::new()),
        pages: RwSignal::new(1),
    };
    let list = LocalResource::new(move || {
        let (show, query, pages) = (asked.show.get(), asked.query.get(), asked.pages.get());
        let n = live.number();
        async move { several_pages(&show, &query, pages, n).await }
    });
    let items = Memo::new(move |_| {
        list.get()
            .and_then(Result::ok)
            .map(|page| page.items)
            .unwrap_or_default()
    });
    let go = use_navigate();
    let open = Callback::new(move |record: RecordId| {
        go(
            &format!("/desk/claims/{record}"),
            leptos_router::NavigateOptions {
                scroll: false,
                ..Default::default()
            },
        );
    });
    let next = Callback::new(move |step: isize| walk(items, chosen, open, step));
    dom::on_key(move |key| match key {
        "ArrowDown" | "n" | "N" => next.run(1),
        "ArrowUp" => next.run(-1),
        _ => {}
    });
    let (detail, refetch) = detail_of(chosen);
    let ground = Memo::new(move |_| {
        detail.with(|detail| match detail {
            Some(Ok(Some(detail))) => Some(detail.ground.clone()),
            _ => None::<Value>,
        })
    });
    // What the person has entered outlives a fresh answer, and ends with the claim that it is about.
    let entered = Entered::new();
    let shown = move || {
        match detail.get() {
        _ if chosen.get().is_none() => {
            view! { <EmptyState title=t!("desk.claims.choose") how=t!("desk.claims.choose_how") /> }.into_any()
        }
        Some(Ok(Some(detail))) if Some(detail.record.row.record) == chosen.get() => {
            view! { <link::LinkPanel detail entered next /> }.into_any()
        }
        Some(Err(error)) => {
            view! { <div class="panel-body"><ProblemNote text=error.sentence() on_retry=refetch /></div> }.into_any()
        }
        _ => view! { <div class="panel-body"><Skeleton /></div> }.into_any(),
    }
    };
    view! {
        <DeskShell
            rail=shell::rail
            list=ViewFn::from(move || view! { <ClaimList list asked chosen open /> })
            panel=ViewFn::from(move || view! { {shown} })
        >
            <GroundMap ground />
        </DeskShell>
    }
}

/// What the list is asked for.
#[derive(Clone, Copy)]
struct Asked {
    show: RwSignal<String>,
    query: RwSignal<String>,
    pages: RwSignal<usize>,
}

/// So many pages as one list: what was opened stays open when the log grows.
async fn several_pages(show: &str, query: &str, pages: usize, at_least: u64) -> Answer<Claims> {
    let mut all = api::claims(show, query, None, at_least).await?;
    for _ in 1..pages {
        let Some(next) = all.next.take() else { break };
        let page = api::claims(show, query, Some(&next), at_least).await?;
        all.items.extend(page.items);
        all.next = page.next;
    }
    Ok(all)
}

type Detail = Memo<Option<Answer<Option<ClaimDetail>>>>;

/// The chosen claim, read again when the log grows; a log number alone is nothing new to read.
fn detail_of(chosen: Memo<Option<RecordId>>) -> (Detail, Callback<()>) {
    let live = use_live();
    let resource = LocalResource::new(move || {
        let (n, chosen) = (live.number(), chosen.get());
        async move {
            match chosen {
                Some(record) => api::claim(record, n).await.map(Some),
                None => Ok(None),
            }
        }
    });
    let detail = Memo::new(move |_| {
        resource.get().map(|answer| {
            answer.map(|detail| {
                detail.map(|detail| ClaimDetail {
                    upto: 0,
                    record: RecordDetail {
                        upto: 0,
                        ..detail.record
                    },
                    ..detail
                })
            })
        })
    });
    (detail, Callback::new(move |()| resource.refetch()))
}

fn walk(
    items: Memo<Vec<ClaimRow>>,
    chosen: Memo<Option<RecordId>>,
    open: Callback<RecordId>,
    step: isize,
) {
    items.with_untracked(|items| {
        let at = chosen
            .get_untracked()
            .and_then(|id| items.iter().position(|item| item.row.record == id));
        let last = items.len().saturating_sub(1);
        let next = at.map_or(0, |at| at.saturating_add_signed(step).min(last));
        if let Some(item) = items.get(next) {
            open.run(item.row.record);
        }
    });
}

#[component]
fn ClaimList(
    list: LocalResource<Answer<Claims>>,
    asked: Asked,
    chosen: Memo<Option<RecordId>>,
    open: Callback<RecordId>,
) -> impl IntoView {
    let choices: Vec<Choice> = SHOWN
        .iter()
        .map(|show| Choice::new(*show, crate::i18n::label(&format!("desk.claims.{show}"))))
        .collect();
    let sum = move || {
        let page = list.get().and_then(Result::ok)?;
        let area = format::area_dm2(page.area);
        Some(t!(
            "desk.claims.sum",
            count = page.count as usize,
            area = area
        ))
    };
    let shown = move |page: Claims| {
        if page.items.is_empty() {
            return view! { <EmptyState title=t!("desk.claims.none") how=t!("desk.claims.none_how") /> }.into_any();
        }
        let more = page.next.is_some().then(|| {
            view! { <div class="list-more"><GhostButton label=t!("desk.claims.more") on_press=move |()| asked.pages.update(|pages| *pages += 1) /></div> }
        });
        let lines = page
            .items
            .into_iter()
            .map(|item| entry(&item, chosen, open))
            .collect_view();
        view! { {lines}{more} }.into_any()
    };
    let choose = move |show: Option<String>| {
        asked.pages.set(1);
        asked.show.set(show.unwrap_or_else(|| SHOWN[0].to_owned()));
    };
    let search = move |text| {
        asked.pages.set(1);
        asked.query.set(text);
    };
    view! {
        <header class="list-head">
            <h1>{t!("desk.claims.title")}</h1>
            <div class="muted">{sum}</div>
            <ChipChoice
                label=t!("desk.claims.show") hide_label=true choices
                chosen=Signal::derive(move || Some(asked.show.get()))
                on_choose=choose
            />
            <TextField id="search" label=t!("desk.claims.search") value=asked.query on_change=search />
        </header>
        {answered(list, shown)}
    }
}

fn entry(
    item: &ClaimRow,
    chosen: Memo<Option<RecordId>>,
    open: Callback<RecordId>,
) -> impl IntoView + use<> {
    let record = item.row.record;
    let mut tags = Vec::new();
    if item.open.is_some() {
        tags.push(t!("desk.claims.tag_waiting").to_owned());
    } else if item.returned.is_some() {
        tags.push(t!("desk.claims.tag_returned").to_owned());
    }
    view! {
        <QueueEntry
            title=words::row_title(&item.row)
            about=about(item)
            tags=tags
            chosen=Signal::derive(move || chosen.get() == Some(record))
            on_press=Callback::new(move |()| open.run(record))
        />
    }
}

/// "12,340 m² · 3,200 m² on DEMO-0147 · and 1 more".
fn about(item: &ClaimRow) -> String {
    let shared: Vec<_> = item
        .overlaps
        .iter()
        .filter(|one| one.common >= DRAWING)
        .collect();
    let mut parts = vec![format::area_dm2(item.area)];
    match shared.first() {
        Some(first) => parts.push(t!(
            "desk.claims.on",
            area = format::area_dm2(first.common),
            name = &first.name
        )),
        None => parts.push(t!("desk.claims.on_none").to_owned()),
    }
    if shared.len() > 1 {
        parts.push(t!("desk.claims.and_more", count = shared.len() - 1));
    }
    parts.join(" · ")
}
