//! What is said to the person: a problem with what to do, an empty list, something on its way, an undo.

use leptos::prelude::*;

use crate::platform::dom;

/// What happened, what is kept and what to do next. Ink on paper with a sign.
#[component]
pub fn ProblemNote(
    /// The sentence, from the translations.
    #[prop(into)]
    text: Signal<String>,
    /// What "Try again" does, where that can help.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <div class="notice strong" role="alert">
            <p><b aria-hidden="true">"! "</b>{text}</p>
            {on_retry.map(|retry| view! {
                <button type="button" class="button button-ghost" on:click=move |_| retry.run(())>{t!("action.try_again")}</button>
            })}
        </div>
    }
}

/// Something to know, with a title.
#[component]
pub fn Notice(
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is an alarm about recorded hazard: the only red one.
    #[prop(optional)]
    alarm: bool,
    /// More about it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="notice strong" class:alarm=alarm>
            <b><span aria-hidden="true">"! "</span>{title}</b>
            <div class="muted">{children.map(|children| children())}</div>
        </div>
    }
}

/// All problems of a form above its button; each leads to its field.
#[component]
pub fn ProblemSummary(
    /// The id of the field and the sentence.
    #[prop(into)]
    problems: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    let line = |(id, text): (String, String)| {
        view! {
            <li><button type="button" class="link" on:click=move |_| dom::focus(&id)>{text}</button></li>
        }
    };
    move || {
        let problems = problems.get();
        (!problems.is_empty()).then(|| view! {
            <div class="notice strong" role="alert">
                <b><span aria-hidden="true">"! "</span>{t!("form.problems", count = problems.len())}</b>
                <ul>{problems.into_iter().map(line).collect_view()}</ul>
            </div>
        })
    }
}

/// A list without entries: what will appear and how to begin.
#[component]
pub fn EmptyState(
    /// What will appear here.
    #[prop(into)]
    title: Signal<String>,
    /// How to begin.
    #[prop(optional, into)]
    how: Option<Signal<String>>,
    /// A button to begin with.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{title}</h2>
            {how.map(|how| view! { <p class="muted">{how}</p> })}
            {children.map(|children| children())}
        </div>
    }
}

/// The shape of what is being read; no spinner.
#[component]
pub fn Skeleton(
    /// How many cards.
    #[prop(default = 3)]
    cards: usize,
) -> impl IntoView {
    let card = |_| view! { <div class="card skeleton"><i></i><i></i></div> };
    view! { <div class="skeletons" aria-hidden="true">{(0..cards).map(card).collect_view()}</div> }
}

/// What was done, with an undo: instead of a dialog that asks before.
#[component]
pub fn UndoBar(
    /// What was done; `None` hides the bar.
    #[prop(into)]
    text: Signal<Option<String>>,
    /// Takes it back.
    #[prop(into)]
    on_undo: Callback<()>,
) -> impl IntoView {
    move || {
        text.get().map(|text| view! {
        <div class="undo-bar" role="status">
            <span>{text}</span>
            <button type="button" on:click=move |_| on_undo.run(())>{t!("action.undo")}</button>
        </div>
    })
    }
}
