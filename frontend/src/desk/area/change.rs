//! Enlarging an area, changing its class, opening it again: a correction that asks only for what changes, and why.

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use safelane_ledger::{Act, RecordId};
use safelane_model::body::Map;
use safelane_model::check::{Problem, is_shown};
use safelane_model::kinds::hazardous_area::key;
use safelane_rules::Content;
use safelane_rules::effect::{Because, effect_of};

use super::Change;
use crate::components::{
    ButtonRow, Card, DeskShell, EmptyState, GhostButton, LinkButton, Notice, PrimaryButton,
    ProblemNote, ProblemSummary, QuietButton, Skeleton,
};
use crate::desk::form::{self, Signing};
use crate::desk::shell;
use crate::field::draft::{Draft, Drafts, drafts};
use crate::field::engine::engine;
use crate::field::form::widget::widget;
use crate::field::form::{Form, layout, slot};
use crate::field::words as field_words;
use crate::i18n::label;
use crate::platform::clock;

const KIND: &str = "hazardous-area";
/// Marks a draft that was begun here, with what it changes.
const MARK: &str = "~area";

/// The answers that a change asks for, in the order of the page.
const fn asked(what: Change) -> &'static [&'static str] {
    match what {
        Change::Enlarge => &[key::ground, key::changed_on, key::change_reason],
        Change::Class => &[
            key::classification,
            key::evidence,
            key::direct_evidence,
            key::indirect_evidence,
            key::changed_on,
            key::change_reason,
        ],
        Change::Reopen => &[
            key::opened_on,
            key::classification,
            key::ground,
            key::change_reason,
        ],
    }
}

/// The area as it stands, with what the change itself says already filled in.
fn begun(what: Change, stands: &Map, today: &str) -> Map {
    let mut body = stands.clone();
    body.remove(key::change_reason);
    body.insert(MARK.to_owned(), what.code().into());
    match what {
        Change::Enlarge | Change::Class => {
            body.insert(key::changed_on.to_owned(), today.into());
        }
        Change::Reopen => {
            for gone in [key::closed_on, key::changed_on, key::suspension_reason] {
                body.remove(gone);
            }
            body.insert(key::status.to_owned(), "open".into());
            body.insert(key::opening.to_owned(), "re-opened".into());
            body.insert(key::opened_on.to_owned(), today.into());
        }
    }
    body
}

fn begin(drafts: Drafts, record: RecordId, what: Change) -> bool {
    engine().world.with_untracked(|world| {
        let Some(known) = world.get(record) else {
            return false;
        };
        let stands = known.body().cloned().unwrap_or_default();
        drafts.replace(Draft {
            parents: known.parents_of_a_correction(),
            ..Draft::new(record, KIND, begun(what, &stands, &clock::today_local()))
        });
        true
    })
}

/// One change of one area.
#[component]
pub fn ChangePage() -> impl IntoView {
    let params = use_params_map();
    let asked = Memo::new(move |_| {
        let params = params.read();
        let record = params.get("record")?.parse::<RecordId>().ok()?;
        Some((record, Change::of(&params.get("change")?)?))
    });
    let ready = Memo::new(move |_| form::is_read());
    let shown = move || match (asked.get(), ready.get()) {
        (None, _) => {
            view! { <EmptyState title=t!("desk.no_page") how=t!("desk.no_page_how") /> }.into_any()
        }
        (_, false) => view! { <Skeleton /> }.into_any(),
        (Some((record, what)), true) => view! { <Begun record what /> }.into_any(),
    };
    view! { <DeskShell rail=shell::rail><div class="desk-page desk-form">{shown}</div></DeskShell> }
}

/// The page once the change is begun; another change of this area that was begun before is not thrown away unasked.
#[component]
fn Begun(record: RecordId, what: Change) -> impl IntoView {
    let drafts = drafts();
    let mine =
        |draft: &Draft| draft.body.get(MARK).and_then(|mark| mark.as_str()) == Some(what.code());
    let there = untrack(|| drafts.get(record));
    let other = there.as_ref().is_some_and(|draft| !mine(draft));
    let begun = RwSignal::new(there.is_some() && !other);
    let missing = RwSignal::new(false);
    if there.is_none() {
        let done = begin(drafts, record, what);
        begun.set(done);
        missing.set(!done);
    }
    let instead = move |()| {
        let done = begin(drafts, record, what);
        begun.set(done);
        missing.set(!done);
    };
    move || {
        match (begun.get(), missing.get()) {
        (true, _) => view! { <ChangeForm record what /> }.into_any(),
        (_, true) => view! { <EmptyState title=t!("desk.form.not_here") how=t!("desk.form.not_here_how") /> }.into_any(),
        _ => view! {
            <Notice title=t!("desk.combine.other_form")>
                <p>{t!("desk.hazard.other_form_how")}</p>
                <ButtonRow>
                    <LinkButton label=t!("desk.combine.finish_form") href=format!("/desk/edit/{record}") />
                    <GhostButton label=what.title() on_press=instead />
                </ButtonRow>
            </Notice>
        }
        .into_any(),
    }
    }
}

#[component]
fn ChangeForm(record: RecordId, what: Change) -> impl IntoView {
    let Some(form) = Form::of(record) else {
        return view! { <ProblemNote text=t!("field.form.unknown_kind") /> }.into_any();
    };
    let name = engine()
        .world
        .with_untracked(|world| world.get(record).map(field_words::name))
        .unwrap_or_default();
    let keys = Memo::new(move |_| {
        form.editor.with(|body| {
            let shown = |key: &&&str| {
                let field = form.kind.field(key);
                field.is_some_and(|field| is_shown(field, body))
            };
            asked(what)
                .iter()
                .filter(shown)
                .copied()
                .collect::<Vec<_>>()
        })
    });
    let how = match what {
        Change::Enlarge => t!("desk.hazard.enlarge_how"),
        Change::Class => t!("desk.hazard.class_how"),
        Change::Reopen => t!("desk.hazard.reopen_how"),
    };
    view! {
        <p class="muted">{label("kind.hazardous-area")}" · "{name}</p>
        <h1>{what.title()}</h1>
        <p>{how}</p>
        <Card>
            <For each=move || keys.get() key=|key| *key let:key>
                {form.kind.field(key).map(|field| widget(form.slot(field)))}
            </For>
        </Card>
        <Foot form record />
    }
    .into_any()
}

/// How many people it takes and why, and the one press.
#[component]
fn Foot(form: Form, record: RecordId) -> impl IntoView {
    let go = use_navigate();
    let stops = Memo::new(move |_| {
        let mut stops = form.problems.with(|problems| slot::stops(problems));
        if form.editor.with(|body| !has_reason(body)) {
            stops.push(Problem::stops(key::change_reason, "required"));
        }
        stops
    });
    let stands = engine().world.with_untracked(|world| {
        let body = world.get(record).and_then(|known| known.body().cloned());
        body.map(|body| Content::of_map(KIND, &body))
    });
    let because = Memo::new(move |_| {
        let body = form.editor.with(|body| layout::cleaned(form.kind, body));
        let effect = effect_of(&Content::of_map(KIND, &body), stands.as_slice());
        effect
            .because()
            .into_iter()
            .map(Because::code)
            .collect::<Vec<_>>()
    });
    let people = move || {
        let reasons: Vec<String> = (because.get().iter())
            .map(|code| label(&format!("effect.{code}")))
            .collect();
        if reasons.is_empty() {
            view! { <p class="muted">{t!("desk.hazard.takes_one")}</p> }.into_any()
        } else {
            view! { <Notice title=t!("desk.review.two_people")><p>{reasons.join(", ")}</p></Notice> }.into_any()
        }
    };
    let Signing {
        shown,
        failed,
        busy,
        press,
    } = Signing::of(form, record, stops);
    let kept = drafts();
    let discard = move |()| {
        kept.discard(record);
        go(
            &format!("/desk/record/{record}"),
            leptos_router::NavigateOptions::default(),
        );
    };
    let may = shell::here().may(KIND, Act::Put);
    let blocked = Signal::derive(move || busy.get() || !may);
    view! {
        {people}
        <ProblemSummary problems=shown />
        {move || failed.get().map(|text| view! { <ProblemNote text /> })}
        <div class="desk-form-foot">
            <QuietButton label=t!("desk.form.discard") on_press=discard />
            <PrimaryButton label=t!("desk.form.sign") disabled=blocked on_press=press />
        </div>
    }
}

fn has_reason(body: &Map) -> bool {
    let reason = body.get(key::change_reason).and_then(|text| text.as_str());
    reason.is_some_and(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stands() -> Map {
        let body = json!({
            "classification": "sha", "contamination": ["ap-mine"], "status": "closed",
            "opened_on": "2025-01-01", "changed_on": "2025-05-01", "closed_on": "2025-06-01",
            "change_reason": "an old one", "name": "Saddle",
        });
        body.as_object().expect("an object").clone()
    }

    #[test]
    fn opening_again_adds_danger_and_is_a_new_opening() {
        let body = begun(Change::Reopen, &stands(), "2026-11-25");
        assert_eq!(
            (&body["status"], &body["opening"], &body["opened_on"]),
            (&json!("open"), &json!("re-opened"), &json!("2026-11-25"))
        );
        assert!(!body.contains_key("closed_on") && !body.contains_key("change_reason"));
        let read = |body: &Map| Content::of_map(KIND, body);
        let effect = effect_of(&read(&body), &[read(&stands())]);
        assert!(!effect.is_less(), "{:?}", effect.because());
    }

    #[test]
    fn each_change_leaves_the_other_answers_as_they_are() {
        for what in Change::ALL {
            let body = begun(what, &stands(), "2026-11-25");
            assert_eq!(body["name"], "Saddle");
            assert_eq!(body["classification"], "sha");
            assert!(!has_reason(&body));
            let kind = safelane_model::kinds::find(KIND).expect("a kind");
            assert!(asked(what).iter().all(|key| kind.field(key).is_some()));
            assert_eq!(Change::of(what.code()), Some(what));
        }
        let lower = {
            let mut body = begun(Change::Class, &stands(), "2026-11-25");
            body.insert("classification".to_owned(), "indication".into());
            body
        };
        let read = |body: &Map| Content::of_map(KIND, body);
        let effect = effect_of(&read(&lower), &[read(&stands())]);
        assert_eq!(effect.because(), [Because::LowerClass]);
    }
}
