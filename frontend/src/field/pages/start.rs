//! New records: which sort, and of which task.

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use safelane_ledger::RecordId;
use safelane_model::kinds::task::Task;

use crate::components::{Card, EmptyState};
use crate::field::draft::drafts;
use crate::field::engine::engine;
use crate::field::frame::Sub;
use crate::field::{begin, task, words};

/// `/field/new/:kind`: progress and completion ask for the task, everything else begins at once.
#[component]
pub fn New() -> impl IntoView {
    let (engine, drafts) = (engine(), drafts());
    let kind = use_params_map().with_untracked(|params| params.get("kind").unwrap_or_default());
    let go = use_navigate();
    let open = StoredValue::new_local(move |record: RecordId| {
        go(
            &format!("/field/draft/{record}"),
            leptos_router::NavigateOptions {
                replace: true,
                ..Default::default()
            },
        );
    });
    let of_task = matches!(kind.as_str(), "progress" | "completion");
    let own = kind.clone();
    // The store may still be read: begin when it is there.
    Effect::new(move |begun: Option<bool>| {
        let ready = engine.status.with(|status| status.loaded) && drafts.loaded.get();
        if begun == Some(true) || !ready || of_task {
            return begun == Some(true);
        }
        let record = match own.as_str() {
            "explosive-ordnance" => Some(begin::item(engine, drafts, super::today::minutes_now())),
            kind => begin::other(engine, drafts, kind),
        };
        if let Some(record) = record {
            open.with_value(|open| open(record));
        }
        true
    });
    let completion = kind == "completion";
    let begin_on = move |task: RecordId| {
        let record = if completion {
            begin::completion(engine, drafts, task)
        } else {
            begin::progress(engine, drafts, task, engine.today())
        };
        open.with_value(|open| open(record));
    };
    let tasks = Memo::new(move |_| {
        let team = engine
            .identity
            .with(|identity| identity.as_ref().and_then(|identity| identity.info.team));
        engine.world.with(|world| {
            let measured = |activity: Option<&str>| {
                matches!(
                    activity,
                    Some("clearance" | "battle-area-clearance" | "technical-survey")
                )
            };
            let tasks = task::open_tasks(world, team).into_iter().filter(|task| {
                task.body()
                    .is_some_and(|body| measured(Task::of(body).activity()))
            });
            tasks
                .map(|task| (task.id, words::name(task)))
                .collect::<Vec<_>>()
        })
    });
    let title = if completion {
        words::kind("clearance", None)
    } else {
        t!("field.today.progress").to_owned()
    };
    let card = move |(task, name): (RecordId, String)| {
        view! {
            <button type="button" class="card card-button" on:click=move |_| begin_on(task)><h2>{name}</h2></button>
        }
    };
    view! {
        <Sub title>
            {of_task.then_some(move || {
                let tasks = tasks.get();
                if tasks.is_empty() {
                    return view! { <EmptyState title=t!("field.today.no_task") how=t!("field.today.no_task_how").to_owned() /> }.into_any();
                }
                tasks.into_iter().map(card).collect_view().into_any()
            })}
        </Sub>
    }
}

/// A link card to a new record of a kind.
#[component]
pub fn NewCard(
    /// What is begun: a kind, `progress` or `completion`.
    kind: &'static str,
    /// Its name.
    title: String,
) -> impl IntoView {
    view! { <Card title=title href=format!("/field/new/{kind}") /> }
}
