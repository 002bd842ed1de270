//! Tasks: what each section is ordered to do, and how far it is.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use safelane_ledger::RecordId;
use safelane_wire::desk::RecordRow;

use super::answer::answered_with_names;
use super::live::use_live;
use super::{api, form, shell, words};
use crate::components::table::Column;
use crate::components::{DeskShell, EmptyState, Table};
use crate::field::engine::engine;
use crate::field::words as field_words;
use crate::i18n::{format, label};

/// All tasks, with a button to make one.
#[component]
pub fn TasksPage() -> impl IntoView {
    let live = use_live();
    let go = use_navigate();
    let tasks = LocalResource::new(move || {
        let n = live.number();
        async move {
            api::records("task", "", None, n)
                .await
                .map(|page| page.items)
        }
    });
    let open = Callback::new(move |record: RecordId| {
        go(
            &format!("/desk/record/{record}"),
            leptos_router::NavigateOptions::default(),
        );
    });
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page">
                <div class="desk-head"><h1>{t!("desk.nav.tasks")}</h1>{form::new_button("task")}</div>
                {answered_with_names(tasks, move |rows| list(rows, open))}
            </div>
        </DeskShell>
    }
}

fn list(rows: Vec<RecordRow>, open: Callback<RecordId>) -> impl IntoView {
    if rows.is_empty() {
        return view! { <EmptyState title=t!("desk.tasks.empty") how=t!("desk.tasks.empty_how") /> }.into_any();
    }
    let ids: Vec<RecordId> = rows.iter().map(|row| row.record).collect();
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let columns = vec![
        Column::text(t!("desk.tasks.task")),
        Column::text(t!("desk.records.standing")),
        Column::text(t!("desk.tasks.areas")),
        Column::text(t!("desk.tasks.teams")),
        Column::number(t!("desk.records.area")),
        Column::text(t!("desk.tasks.from")),
    ];
    let on_row = Callback::new(move |index: usize| {
        if let Some(id) = ids.get(index) {
            open.run(*id);
        }
    });
    view! { <Table caption=t!("desk.nav.tasks") columns rows=cells on_row /> }.into_any()
}

fn cells(row: &RecordRow) -> Vec<String> {
    let named = |field: &str| {
        let ids = row.links.get(field).map_or(&[][..], Vec::as_slice);
        let name = |id: &RecordId| {
            engine()
                .world
                .with_untracked(|world| world.get(*id).map(field_words::name))
        };
        ids.iter().filter_map(name).collect::<Vec<_>>().join(", ")
    };
    let status = row.codes.get("status").map_or_else(
        || words::standing(row.standing),
        |code| label(&format!("code.task-status.{code}")),
    );
    vec![
        words::row_title(row),
        status,
        named("hazards"),
        named("teams"),
        words::area(row.area),
        row.day.as_deref().map(format::date).unwrap_or_default(),
    ]
}
