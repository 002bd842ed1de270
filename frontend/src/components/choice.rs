//! Choices as chips: faster than a list, readable in gloves.

use leptos::prelude::*;

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The code that is stored.
    pub value: String,
    /// The words on the chip.
    pub label: String,
}

impl Choice {
    /// A code and its words.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// One of several. Tapping the chosen chip again takes the choice back when `clearable`.
#[component]
pub fn ChipChoice(
    /// The question, read by screen readers and shown above.
    #[prop(into)]
    label: Signal<String>,
    /// What can be chosen.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// The code chosen now.
    #[prop(into)]
    chosen: Signal<Option<String>>,
    /// Called with the new choice, or `None` when it was taken back.
    #[prop(into)]
    on_choose: Callback<Option<String>>,
    /// Whether a choice can be taken back.
    #[prop(optional)]
    clearable: bool,
    /// Whether the question is only for screen readers, because a heading says it already.
    #[prop(optional)]
    hide_label: bool,
    /// What is wrong with it, if anything.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// The element's id, so that a problem can lead to it.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let press = move |value: String| {
        let again = chosen.get_untracked().as_deref() == Some(&value);
        if !again {
            on_choose.run(Some(value));
        } else if clearable {
            on_choose.run(None);
        }
    };
    let is_on = move |value: &str| chosen.with(|chosen| chosen.as_deref() == Some(value));
    chips(
        label, hide_label, choices, "radio", is_on, press, problem, id,
    )
}

/// Any number of several.
#[component]
pub fn ChipChoices(
    /// The question.
    #[prop(into)]
    label: Signal<String>,
    /// What can be chosen.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// The codes chosen now.
    #[prop(into)]
    chosen: Signal<Vec<String>>,
    /// Called with all that is chosen after a tap, in the order of the choices.
    #[prop(into)]
    on_choose: Callback<Vec<String>>,
    /// Whether the question is only for screen readers.
    #[prop(optional)]
    hide_label: bool,
    /// What is wrong with it, if anything.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// The element's id.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let press = move |value: String| {
        let before = chosen.get_untracked();
        let all = choices
            .get_untracked()
            .into_iter()
            .map(|choice| choice.value);
        on_choose.run(
            all.filter(|each| before.contains(each) != (*each == value))
                .collect(),
        );
    };
    let is_on = move |value: &str| chosen.with(|chosen| chosen.iter().any(|each| each == value));
    chips(
        label, hide_label, choices, "checkbox", is_on, press, problem, id,
    )
}

#[allow(clippy::too_many_arguments)]
fn chips(
    label: Signal<String>,
    hide_label: bool,
    choices: Signal<Vec<Choice>>,
    role: &'static str,
    is_on: impl Fn(&str) -> bool + Copy + Send + Sync + 'static,
    press: impl Fn(String) + Copy + Send + Sync + 'static,
    problem: Signal<Option<String>>,
    id: Option<String>,
) -> impl IntoView {
    let group = if role == "radio" {
        "radiogroup"
    } else {
        "group"
    };
    let chip = move |choice: Choice| {
        let (on, on_class, value) = (choice.value.clone(), choice.value.clone(), choice.value);
        view! {
            <button
                type="button"
                role=role
                class="chip"
                class:on=move || is_on(&on_class)
                aria-checked=move || if is_on(&on) { "true" } else { "false" }
                on:click=move |_| press(value.clone())
            >
                {choice.label}
            </button>
        }
    };
    view! {
        <div class="field" id=id tabindex="-1" role=group aria-label=label class:has-problem=move || problem.with(Option::is_some)>
            <div class="field-label" class:hidden-label=hide_label>{label}</div>
            <div class="chips">{move || choices.get().into_iter().map(chip).collect_view()}</div>
            {super::input::problem_line(problem)}
        </div>
    }
}
