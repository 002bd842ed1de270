//! In a form: whose report it is, and the sheet itself, large beside the fields that are read from it.

use leptos::prelude::*;
use safelane_ledger::RecordId;
use safelane_model::paper::{FIELDS, Paper, SECTION, key};
use safelane_wire::desk::Reporter;

use crate::components::{Card, Choice, ProblemNote};
use crate::desk::api;
use crate::field::form::widget::{PeopleHere, widget};
use crate::field::form::{Form, photos};
use crate::field::words;

/// The paper's own fields, the first card of the form.
#[component]
pub fn SheetCard(
    /// The form.
    form: Form,
) -> impl IntoView {
    let people = LocalResource::new(api::reporters);
    let choices = Signal::derive(move || {
        let team = form
            .editor
            .with_untracked(|body| safelane_model::body::uuid(body, "team"));
        let answer = people.get().and_then(Result::ok);
        answer.map_or_else(Vec::new, |page| choices(form, page.items, team))
    });
    provide_context(PeopleHere(choices));
    let failed = move || {
        let error = people.get()?.err()?;
        Some(
            view! { <ProblemNote text=error.sentence() on_retry=Callback::new(move |()| people.refetch()) /> },
        )
    };
    let asked = Memo::new(move |_| {
        form.editor.with(|body| {
            FIELDS
                .iter()
                .filter(|field| field.key != key::entered_by)
                .filter(|field| safelane_model::check::is_shown(field, body))
                .map(|field| field.key)
                .collect::<Vec<_>>()
        })
    });
    let own = untrack(|| {
        let entered = form.editor.with(|body| Paper::of(body).entered_by());
        let me = form
            .engine
            .identity
            .with(|identity| identity.as_ref().map(|identity| identity.person().uuid()));
        entered == me
    });
    let by = if own {
        t!("desk.paper.by_you")
    } else {
        t!("desk.paper.by_other")
    };
    view! {
            <Card title=words::section(SECTION)>
                <p class="muted">{by}</p>
                {failed}
                <For each=move || asked.get() key=|key| *key let:asked>
                    {form.kind.field(asked).map(|field| widget(form.slot(field)))}
                    {(asked == key::reported_by_person).then(|| view! { <p class="muted">{t!("desk.paper.not_listed")}</p> })}
                </For>
            </Card>
    }
}

/// The section's own people first; each with their section, for there are namesakes.
fn choices(form: Form, mut people: Vec<Reporter>, team: Option<uuid::Uuid>) -> Vec<Choice> {
    people.sort_by_key(|one| team.is_none() || one.team.map(RecordId::uuid) != team);
    let named = people.into_iter().map(|one| {
        let team = form.world(|world| Some(words::name(world.get(one.team?)?)));
        let label = match team {
            Some(team) => format!("{} · {team}", one.display),
            None => one.display,
        };
        Choice::new(one.person.to_string(), label)
    });
    named.collect()
}

/// The photo of the sheet, large beside the fields that are read from it.
#[component]
pub fn SheetLarge(
    /// The form.
    form: Form,
) -> impl IntoView {
    // Taken in another browser: the office server has it.
    let at_the_hub = |sha256: &str| Some(format!("/api/media/{sha256}"));
    let sheets = photos::thumbnails(form.editor.get(key::sheet), String::new(), at_the_hub);
    let large = move |address: String| {
        let full = address.clone();
        view! {
            <a class="sheet-open" href=full target="_blank" title=t!("desk.paper.full")>
                <img class="sheet-large" src=address alt=t!("desk.paper.photo") />
            </a>
        }
    };
    let shown = move || {
        let sheets = sheets.get();
        if sheets.is_empty() {
            return view! { <p class="sheet-none muted">{t!("desk.paper.none")}</p> }.into_any();
        }
        let known = sheets.into_iter().filter(|sheet| !sheet.url.is_empty());
        known
            .map(|sheet| large(sheet.url))
            .collect_view()
            .into_any()
    };
    // A lost sheet has no photo, and the fields have the room.
    let lost = Memo::new(move |_| {
        form.editor
            .with(|body| Paper::of(body).paper() == Some("lost"))
    });
    move || {
        (!lost.get()).then(|| {
            view! { <aside class="sheet-side" aria-label=t!("desk.paper.photo")>{shown}</aside> }
        })
    }
}
