//! Today: the section's task, what comes next, what was returned, items still in the ground.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use safelane_ledger::RecordId;
use safelane_model::body;
use safelane_model::kinds::task::Task;

use crate::components::{
    Card, EmptyState, GhostButton, InkButton, Notice, Part, PrimaryButton, ProgressBar,
    RecordState, Sign, Skeleton, StateBadge, Tag,
};
use crate::field::draft::drafts;
use crate::field::engine::{Phase, engine};
use crate::field::frame::{EmergencyOverlay, Tabbed, map_age, map_is_old, until};
use crate::field::local::Record;
use crate::field::task::{self, Summary};
use crate::field::{begin, words};
use crate::i18n::format;
use crate::platform::{clock, later};

/// How many of the newest own records stand on the page.
const NEWEST: usize = 4;

/// The page.
#[component]
pub fn Today() -> impl IntoView {
    let engine = engine();
    let loaded = Memo::new(move |_| engine.status.with(|status| status.loaded));
    view! {
        <Tabbed title=t!("field.nav.today")>
            <Standing />
            {move || if loaded.get() { view! { <Tasks /><Actions /><Drafts /><Lists /> }.into_any() } else { view! { <Skeleton /> }.into_any() }}
        </Tabbed>
    }
}

/// What keeps the device from sending or reading, if anything does.
#[component]
pub fn Standing() -> impl IntoView {
    let engine = engine();
    let phase = Memo::new(move |_| engine.status.with(|status| status.phase.clone()));
    let restored = Memo::new(move |_| engine.status.with(|status| status.restored));
    let old = map_is_old(engine);
    let age = map_age(engine);
    let known = Memo::new(move |_| {
        engine
            .status
            .with(|status| status.loaded && status.complete.is_some())
    });
    view! {
        {move || (phase.get() == Phase::NeedsSignIn).then(|| view! {
            <Notice title=t!("field.standing.sign_in")><p>{t!("field.standing.sign_in_more")}</p><a class="link" href="/sign-in">{t!("field.sign_in.title")}</a></Notice>
        })}
        {move || match phase.get() {
            Phase::Problem(text) => Some(view! { <Notice title=t!("field.standing.problem")><p>{text}</p></Notice> }),
            _ => None,
        }}
        {move || restored.get().then(|| view! { <Notice title=t!("field.standing.restored")><p>{t!("field.standing.restored_more")}</p></Notice> })}
        <Unverified />
        {move || (known.get() && old.get()).then(|| view! { <Notice title=age><p>{t!("field.standing.old")}</p></Notice> })}
    }
}

/// What the office gave and this device does not vouch for.
#[component]
pub fn Unverified() -> impl IntoView {
    let engine = engine();
    let unverified = Memo::new(move |_| engine.status.with(|status| status.unverified));
    let unknown = Memo::new(move |_| engine.status.with(|status| status.unknown_keys));
    let again = move |()| engine.fetch_again();
    view! {
        {move || (unverified.get() > 0).then(|| view! {
            <Notice title=t!("field.standing.unverified", count = unverified.get())>
                <p>{t!("field.standing.unverified_more")}</p>
                <GhostButton label=t!("field.standing.fetch_again") on_press=again />
            </Notice>
        })}
        {move || (unknown.get() > 0).then(|| view! {
            <Notice title=t!("field.standing.unknown_keys", count = unknown.get())>
                <p>{t!("field.standing.unknown_keys_more")}</p>
                <GhostButton label=t!("field.standing.fetch_again") on_press=again />
            </Notice>
        })}
    }
}

fn team(engine: crate::field::engine::Engine) -> Option<RecordId> {
    engine
        .identity
        .with(|identity| identity.as_ref().and_then(|identity| identity.info.team))
}

#[component]
fn Tasks() -> impl IntoView {
    let (engine, linked) = (engine(), later::linked());
    let summaries = Memo::new(move |_| {
        let team = team(engine);
        engine.world.with(|world| {
            let tasks = task::open_tasks(world, team);
            // Overlays come with the later part of the program; what needs none is there at once.
            if !linked.get() && tasks.iter().any(|task| task::overlays(world, task.id)) {
                return None;
            }
            let summaries = tasks
                .into_iter()
                .filter_map(|task| Some((task::summary(world, task, None)?, is_work(task))));
            Some(summaries.collect::<Vec<_>>())
        })
    });
    move || {
        let Some(summaries) = summaries.get() else {
            return view! { <Skeleton /> }.into_any();
        };
        if summaries.is_empty() {
            return view! { <EmptyState title=t!("field.today.no_task") how=t!("field.today.no_task_how").to_owned() /> }.into_any();
        }
        summaries
            .into_iter()
            .map(|(summary, work)| view! { <TaskCard summary work /> })
            .collect_view()
            .into_any()
    }
}

fn activity(task: &Record) -> Option<String> {
    task.body()
        .and_then(|fields| Task::of(fields).activity().map(str::to_owned))
}

/// Whether the task is measured in m² worked.
fn is_work(task: &Record) -> bool {
    matches!(
        activity(task).as_deref(),
        Some("clearance" | "battle-area-clearance" | "technical-survey")
    )
}

#[component]
fn TaskCard(summary: Summary, work: bool) -> impl IntoView {
    let number = summary.number.clone().unwrap_or_default();
    let above = match summary.ends_on {
        Some(day) => format!(
            "{} · {}",
            t!("field.today.task", number = number),
            until(day)
        ),
        None => t!("field.today.task", number = number),
    };
    let depth = summary.required_depth.map(format::depth_mm);
    let aside = move || depth.clone().map(|depth| view! { <Tag text=depth /> });
    let thousandths = |part: i64| {
        if summary.area > 0 {
            (part.max(0) * 1_000 / summary.area).min(1_000) as u32
        } else {
            0
        }
    };
    let parts = vec![
        (Part::Done, thousandths(summary.worked)),
        (Part::Sent, thousandths(summary.sent)),
    ];
    let figures = t!(
        "field.today.figures",
        worked = format::area_dm2(summary.worked),
        sent = format::area_dm2(summary.sent),
        left = format::area_dm2(summary.left())
    );
    let hazard = t!(
        "field.today.hazard",
        area = format::area_dm2(summary.hazard)
    );
    view! {
        <Card title=summary.name above=above aside>
            {work.then(|| view! { <ProgressBar parts=parts /><p class="num">{figures}</p> })}
            <p class="muted num">{hazard}</p>
        </Card>
    }
}

/// What this section records most, as the largest buttons.
#[component]
fn Actions() -> impl IntoView {
    let engine = engine();
    let drafts = drafts();
    let sort = Memo::new(move |_| {
        let team = team(engine);
        engine.world.with(|world| {
            let of_team = team
                .and_then(|team| world.get(team))
                .and_then(|record| record.body())
                .and_then(|fields| body::text(fields, "team_type").map(str::to_owned));
            of_team.unwrap_or_else(|| "manual-clearance".to_owned())
        })
    });
    let go = StoredValue::new_local(use_navigate());
    let open = move |record: RecordId| {
        go.with_value(|go| go(&format!("/field/draft/{record}"), Default::default()));
    };
    let choose = move || go.with_value(|go| go("/field/new/progress", Default::default()));
    let item = move |()| open(begin::item(engine, drafts, minutes_now()));
    let other = move |kind: &'static str| {
        move |()| {
            if let Some(record) = begin::other(engine, drafts, kind) {
                open(record);
            }
        }
    };
    let emergency = RwSignal::new(false);
    view! {
        <div class="today-actions">
            <InkButton label=t!("field.today.item") sign=Sign::Item on_press=item />
            {move || match sort.get().as_str() {
                "non-technical-survey" => view! { <PrimaryButton label=t!("field.today.survey") sign=Sign::Review on_press=other("non-technical-survey") /> }.into_any(),
                "risk-education" => view! { <PrimaryButton label=t!("field.today.zone") sign=Sign::Risk on_press=other("civilian-risk-zone") /> }.into_any(),
                _ => view! { <PrimaryButton label=t!("field.today.progress") sign=Sign::Ground on_press=move |()| progress(engine, drafts, open, choose) /> }.into_any(),
            }}
            <div class="button-row">
                <button type="button" class="button button-ghost" on:click=move |_| other("accident")(())>{t!("field.today.accident")}</button>
                <button type="button" class="button button-ghost" on:click=move |_| emergency.set(true)>{t!("emergency.title")}</button>
                <a class="button button-ghost" href="/field/more">{t!("field.today.more")}</a>
            </div>
        </div>
        {move || emergency.get().then(|| view! { <EmergencyOverlay record=None on_close=move |()| emergency.set(false) /> })}
    }
}

/// One task: its report of today. Several: the choice first.
fn progress(
    engine: crate::field::engine::Engine,
    drafts: crate::field::draft::Drafts,
    open: impl Fn(RecordId),
    choose: impl Fn(),
) {
    let team = engine
        .identity
        .with_untracked(|identity| identity.as_ref().and_then(|identity| identity.info.team));
    let tasks: Vec<RecordId> = engine.world.with_untracked(|world| {
        task::open_tasks(world, team)
            .into_iter()
            .filter(|task| is_work(task))
            .map(|task| task.id)
            .collect()
    });
    match tasks.as_slice() {
        [task] => open(begin::progress(engine, drafts, *task, engine.today())),
        _ => choose(),
    }
}

/// Local minutes after midnight.
pub fn minutes_now() -> i64 {
    let time = clock::time_of(&clock::now_rfc3339());
    time.split_once(':')
        .and_then(|(hour, minute)| {
            Some(hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?)
        })
        .unwrap_or(0)
}

#[component]
fn Drafts() -> impl IntoView {
    let drafts = drafts();
    let card = |draft: crate::field::draft::Draft| {
        let title = words::draft_title(&draft.kind, &draft.body);
        let aside = || view! { <StateBadge state=RecordState::Draft /> };
        view! { <Card title=title href=format!("/field/draft/{}", draft.record) aside /> }
    };
    move || drafts.list().into_iter().map(card).collect_view()
}

/// Returned, in the ground, newest.
#[component]
fn Lists() -> impl IntoView {
    let engine = engine();
    let lists = Memo::new(move |_| {
        let person = engine.identity.with(|identity| {
            identity
                .as_ref()
                .map(crate::field::engine::Identity::person)
        });
        let drafting: Vec<RecordId> = drafts()
            .list()
            .into_iter()
            .map(|draft| draft.record)
            .collect();
        engine.world.with(|world| {
            let team = team(engine);
            let returned: Vec<Record> = person
                .map(|person| world.returned_to(person))
                .unwrap_or_default()
                .into_iter()
                .filter(|record| !drafting.contains(&record.id))
                .cloned()
                .collect();
            let tasks: Vec<uuid::Uuid> = task::open_tasks(world, team)
                .into_iter()
                .map(|task| task.id.uuid())
                .collect();
            let items: Vec<Record> = task::items_in_the_ground(world)
                .into_iter()
                .filter(|record| {
                    team.is_none()
                        || record
                            .body()
                            .and_then(|fields| body::uuid(fields, "task"))
                            .is_some_and(|task| tasks.contains(&task))
                })
                .cloned()
                .collect();
            let shown: Vec<RecordId> = returned
                .iter()
                .chain(&items)
                .map(|record| record.id)
                .collect();
            let newest: Vec<Record> = person
                .map(|person| world.by(person))
                .unwrap_or_default()
                .into_iter()
                .filter(|record| !shown.contains(&record.id))
                .take(NEWEST)
                .cloned()
                .collect();
            (returned, items, newest)
        })
    });
    move || {
        let (returned, items, newest) = lists.get();
        view! {
            {returned.into_iter().map(|record| view! { <RecordCard record /> }).collect_view()}
            {(!items.is_empty()).then(|| view! { <h2 class="list-title">{t!("field.today.items")}</h2> })}
            {items.into_iter().map(|record| view! { <RecordCard record /> }).collect_view()}
            {(!newest.is_empty()).then(|| view! { <h2 class="list-title">{t!("field.today.newest")}</h2> })}
            {newest.into_iter().map(|record| view! { <RecordCard record /> }).collect_view()}
        }
    }
}

/// One record in a list: what it is, how it stands, what was said about it.
#[component]
pub fn RecordCard(
    /// The record.
    record: Record,
) -> impl IntoView {
    let badge = words::badge(&record);
    let comment = record
        .comments()
        .first()
        .filter(|_| badge == RecordState::Returned)
        .map(first_words);
    let engine = engine();
    let details = details(engine, &record);
    let title = words::title(&record);
    let aside = move || view! { <StateBadge state=badge.clone() /> };
    let unknown_key = record.has_unknown_key();
    view! {
        <Card title href=format!("/field/records/{}", record.id) aside>
            {unknown_key.then(|| view! { <Tag text=t!("field.record.unknown_key") /> })}
            {comment.map(|text| view! { <p>{text}</p> })}
            <p class="muted num">{details}</p>
        </Card>
    }
}

/// The first words of a return.
fn first_words(returned: &crate::field::local::Return) -> String {
    let comment = returned
        .body
        .comments
        .first()
        .map(|comment| t!("field.record.quote", text = &comment.text));
    let problem = returned.body.problems.first().map(words::returned_problem);
    let said = comment.or(problem).unwrap_or_default();
    match returned.at {
        Some(at) => format!("{said} · {}", words::moment(&at.to_string())),
        None => said,
    }
}

/// The line below a title: number, and what tells two of the same sort apart.
fn details(engine: crate::field::engine::Engine, record: &Record) -> String {
    let Some(fields) = record.body() else {
        return record.number().unwrap_or_default().to_owned();
    };
    let mut parts: Vec<String> = record.number().map(str::to_owned).into_iter().collect();
    match record.kind.as_str() {
        "explosive-ordnance" => {
            parts.extend(
                body::integer(fields, "lane").map(|lane| t!("field.item.in_lane", lane = lane)),
            );
            parts.extend(body::integer(fields, "depth").map(format::depth_mm));
            let last = body::entries(fields, "life")
                .last()
                .and_then(|step| body::text(step, "step"));
            parts.extend(last.map(|step| words::code(&safelane_model::codes::ITEM_STEP, step)));
        }
        "clearance" => {
            parts.extend(body::integer(fields, "worked_area").map(format::area_dm2));
            let reason = body::text(fields, "stand_down")
                .map(|code| words::code(&safelane_model::codes::STAND_DOWN, code));
            parts.extend(reason);
        }
        _ => {
            let place = body::uuid(fields, "settlement").and_then(|id| {
                engine
                    .world
                    .with_untracked(|world| world.get(id.into()).map(words::name))
            });
            parts.extend(place);
        }
    }
    parts.join(" · ")
}
