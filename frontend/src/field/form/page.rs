//! The pages of a draft: one section a step, then "check and send".

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use safelane_ledger::RecordId;
use safelane_model::check::Problem;
use serde_json::Value;

use super::layout::{self, FUTURE_MARK, Step};
use super::slot::{self, Form};
use super::widget::widget;
use crate::components::{
    ButtonRow, Fact, Facts, GhostButton, Notice, PrimaryButton, ProblemNote, QuietButton,
    RecordState, StateBadge, StepLine, TopBar,
};
use crate::field::draft::drafts;
use crate::field::frame::EmergencyButton;
use crate::field::{submit, task, words};

/// "Draft saved", at the upper right of every form.
#[component]
pub fn SavedBadge(
    /// The form.
    form: Form,
) -> impl IntoView {
    let drafts = drafts();
    view! {
        <EmergencyButton record=form.editor.record />
        {move || match drafts.failure.get() {
            Some(error) => view! { <span class="pill asks">{error.sentence()}</span> }.into_any(),
            None if form.editor.is_saved() => view! { <StateBadge state=RecordState::Draft /> }.into_any(),
            None => view! { <span class="pill">{t!("state.saving")}</span> }.into_any(),
        }}
    }
}

/// The steps of a form now: the question for a future date's reason included when a date asks for it.
pub fn steps(form: Form) -> Memo<Vec<&'static str>> {
    Memo::new(move |_| {
        current_steps(form)
            .into_iter()
            .map(|step| step.section)
            .collect()
    })
}

fn current_steps(form: Form) -> Vec<Step> {
    let future = form
        .problems
        .with(|problems| problems.iter().any(|problem| problem.code == "future-date"));
    form.editor.with(|body| {
        let mut body = body.clone();
        if future {
            body.insert(FUTURE_MARK.to_owned(), true.into());
        }
        layout::steps(form.kind, &body)
    })
}

/// The generic form of a draft.
#[component]
pub fn FormPage(
    /// The draft.
    record: RecordId,
) -> impl IntoView {
    let Some(form) = Form::of(record) else {
        return view! { <ProblemNote text=t!("field.form.unknown_kind") /> }.into_any();
    };
    let sections = steps(form);
    let step = Memo::new(move |_| form.editor.step().min(sections.with(Vec::len)));
    let title = Signal::derive(move || {
        form.editor
            .with(|body| words::kind(form.kind.name, Some(body)))
    });
    let body = move || {
        let (step, total) = (step.get(), sections.with(Vec::len) as u32 + 1);
        form.tried.set(false);
        match sections.with(|sections| sections.get(step).copied()) {
            Some(section) => view! {
                <StepLine current=step as u32 + 1 total name=words::section(section) />
                <SectionFields form section />
            }
            .into_any(),
            None => view! {
                <StepLine current=total total name=t!("field.form.check") />
                <CheckAndSend form />
            }
            .into_any(),
        }
    };
    let foot = move || {
        let (at, sections) = (step.get(), sections.get());
        let back = move |()| form.editor.go(at.saturating_sub(1));
        if at >= sections.len() {
            return view! { <ButtonRow wide_last=true><GhostButton label=t!("action.back") on_press=back /><SendButton form /></ButtonRow> }.into_any();
        }
        let next = sections.get(at + 1).map_or_else(
            || t!("field.form.check").to_owned(),
            |section| words::section(section),
        );
        let label = t!("action.next_named", step = next);
        view! {
            <ButtonRow wide_last=true>
                <GhostButton label=t!("action.back") disabled={at == 0} on_press=back />
                <PrimaryButton label on_press=move |()| form.editor.go(at + 1) />
            </ButtonRow>
        }
        .into_any()
    };
    view! {
        <div class="page">
            <TopBar title back="/field/today".to_owned() state=move || view! { <SavedBadge form /> }.into_any() />
            <main class="page-body"><WholeComments form /><Worked form />{body}</main>
            <div class="page-foot">{foot}</div>
        </div>
    }
    .into_any()
}

/// What was said about the record as a whole when it was returned.
#[component]
pub fn WholeComments(
    /// The form.
    form: Form,
) -> impl IntoView {
    let said = form.comments("");
    (!said.is_empty()).then(|| view! {
        <Notice title=t!("state.returned")>{said.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}</Notice>
    })
}

/// Everything that was said when it was returned, for a form whose answers have no place of their own for it.
#[component]
pub fn AllComments(
    /// The form.
    form: Form,
) -> impl IntoView {
    let said = form.said();
    let line = |(about, text): (String, String)| {
        let text = if about.is_empty() {
            text
        } else {
            let about = words::field_in_entry(form.kind.name, &about);
            format!("{about}: {text}")
        };
        view! { <p>{text}</p> }
    };
    (!said.is_empty()).then(|| {
        view! {
            <Notice title=t!("state.returned")>{said.into_iter().map(line).collect_view()}</Notice>
        }
    })
}

/// What a completion starts from: the sums of its task, and the items that must be dealt with first.
#[component]
fn Worked(
    /// The form.
    form: Form,
) -> impl IntoView {
    let task = form
        .editor
        .with_untracked(|fields| safelane_model::body::uuid(fields, "task"))
        .filter(|_| form.kind.name == "clearance")
        .map(RecordId::from);
    let (figures, items) = form.world(|world| {
        let summary =
            task.and_then(|task| task::summary(world, world.get(task)?, Some(form.editor.record)));
        let items: Vec<String> = task
            .map(|task| {
                task::items_open_on(world, task)
                    .into_iter()
                    .map(words::title)
                    .collect()
            })
            .unwrap_or_default();
        let area = crate::i18n::format::area_dm2;
        (
            summary.map(|sums| {
                t!(
                    "field.today.figures",
                    worked = area(sums.worked),
                    sent = area(sums.sent),
                    left = area(sums.left())
                )
            }),
            items,
        )
    });
    view! {
        {figures.map(|text| view! { <p class="muted num">{text}</p> })}
        {(!items.is_empty()).then(|| view! { <Notice title=t!("field.today.items")>{items.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}</Notice> })}
    }
}

/// The fields of one section; they stay as they are while answers change, and appear or go with what depends on them.
#[component]
fn SectionFields(
    /// The form.
    form: Form,
    /// The section.
    section: &'static str,
) -> impl IntoView {
    let keys = Memo::new(move |_| {
        let step = current_steps(form)
            .into_iter()
            .find(|step| step.section == section);
        step.map(|step| {
            step.fields
                .iter()
                .map(|field| field.key)
                .collect::<Vec<_>>()
        })
        .unwrap_or_default()
    });
    view! {
        <For each=move || keys.get() key=|key| *key let:key>
            {form.kind.field(key).map(|field| widget(form.slot(field)))}
        </For>
    }
}

/// What was entered, what is wrong, what is asked.
#[component]
pub fn CheckAndSend(
    /// The form.
    form: Form,
) -> impl IntoView {
    let facts = move || {
        let steps = current_steps(form);
        let lines = form.editor.with(|body| {
            let fields = steps.iter().flat_map(|step| &step.fields);
            let lines = |field: &'static safelane_model::Field| {
                let value = body.get(field.key)?;
                Some(form.world(|world| words::lines(world, form.kind.name, field, value)))
            };
            fields
                .filter_map(|field| lines(field))
                .flatten()
                .collect::<Vec<_>>()
        });
        lines
            .into_iter()
            .map(|(name, value)| view! { <Fact name>{value}</Fact> })
            .collect_view()
    };
    view! {
        <Problems form />
        <section class="card"><Facts>{facts}</Facts></section>
        <Discard form />
    }
}

/// Everything that stops the record, each leading to its step, and what is asked.
#[component]
pub fn Problems(
    /// The form.
    form: Form,
) -> impl IntoView {
    let line = move |problem: Problem| {
        let path = problem.field.clone();
        let text = format!(
            "{}: {}",
            words::field_in_entry(form.kind.name, &path),
            words::problem(&problem)
        );
        let go = move |_| {
            let steps = current_steps(form);
            if let Some(step) = layout::step_of(&steps, &path) {
                form.editor.go(step);
                let id = slot::element_id(&path);
                form.tried.set(true);
                set_timeout(
                    move || {
                        form.tried.set(true);
                        crate::platform::dom::focus(&id);
                    },
                    std::time::Duration::from_millis(60),
                );
            }
        };
        view! { <li><button type="button" class="link" on:click=go>{text}</button></li> }
    };
    let stops = move || {
        let stops = form.problems.with(|problems| slot::stops(problems));
        (!stops.is_empty()).then(|| view! {
            <div class="notice strong" role="alert">
                <b><span aria-hidden="true">"! "</span>{t!("form.problems", count = stops.len())}</b>
                <ul>{stops.into_iter().map(line).collect_view()}</ul>
            </div>
        })
    };
    let asks = move || {
        let asks = form.problems.with(|problems| slot::asks(problems));
        (!asks.is_empty()).then(|| {
            view! {
                <div class="notice">
                    <b>{t!("field.form.asked")}</b>
                    <ul>{asks.into_iter().map(line).collect_view()}</ul>
                </div>
            }
        })
    };
    view! { {stops} {asks} }
}

/// Throws the draft away, with one more press to be sure: there is no undo for what was never kept.
#[component]
pub fn Discard(
    /// The form.
    form: Form,
) -> impl IntoView {
    let sure = RwSignal::new(false);
    let navigate = use_navigate();
    let drafts = drafts();
    let press = move |()| {
        if sure.get_untracked() {
            navigate("/field/today", Default::default());
            drafts.discard(form.editor.record);
        } else {
            sure.set(true);
        }
    };
    let label = Signal::derive(move || {
        if sure.get() {
            t!("field.form.discard_sure")
        } else {
            t!("field.form.discard")
        }
        .to_owned()
    });
    view! { <QuietButton label on_press=press /> }
}

/// Signs and stores what the draft says; sending follows by itself.
#[component]
pub fn SendButton(
    /// The form.
    form: Form,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let navigate = use_navigate();
    let blocked = Signal::derive(move || {
        busy.get()
            || form
                .problems
                .with(|problems| !slot::stops(problems).is_empty())
    });
    let press = move |()| {
        busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            match submit::submit(form).await {
                Ok(()) => {
                    navigate("/field/today", Default::default());
                    form.editor.forget();
                }
                Err(error) => {
                    drop(failed.try_set(Some(error.sentence().to_owned())));
                    let _ = busy.try_set(false);
                }
            }
        });
    };
    view! {
        {move || failed.get().map(|text| view! { <ProblemNote text /> })}
        <PrimaryButton label=t!("field.form.send") disabled=blocked on_press=press />
    }
}

/// Looks at one field of the draft as text.
pub fn text_of(form: Form, key: &'static str) -> Option<String> {
    form.editor
        .with(|body| body.get(key).and_then(Value::as_str).map(str::to_owned))
}
