//! Fields that are typed into; the problem stands under the field that has it.

use leptos::prelude::*;

use super::choice::Choice;
use crate::platform::dom;

/// The line under a field that says what is wrong with it.
pub(super) fn problem_line(problem: Signal<Option<String>>) -> impl IntoView {
    move || {
        problem
            .get()
            .map(|text| view! { <p class="field-problem" role="alert">{text}</p> })
    }
}

/// What every field has in common.
#[derive(Clone)]
struct Common {
    label: Signal<String>,
    hint: Option<Signal<String>>,
    optional: bool,
    problem: Signal<Option<String>>,
    id: String,
}

fn frame(common: Common, control: impl IntoView + 'static) -> impl IntoView {
    let Common {
        label,
        hint,
        optional,
        problem,
        id,
    } = common;
    view! {
        <div class="field" class:has-problem=move || problem.with(Option::is_some)>
            <label class="field-label" for=id>
                {label}
                {optional.then(|| view! { <span class="muted">" · " {t!("form.optional")}</span> })}
            </label>
            {hint.map(|hint| view! { <div class="muted field-hint">{hint}</div> })}
            {control.into_any()}
            {problem_line(problem)}
        </div>
    }
}

macro_rules! input_fields {
    ($($(#[$doc:meta])* $name:ident: $kind:literal, $mode:literal;)+) => { $(
        $(#[$doc])*
        #[component]
        pub fn $name(
            /// Its name.
            #[prop(into)]
            label: Signal<String>,
            /// What is in it.
            #[prop(into)]
            value: Signal<String>,
            /// Called at every change, so that the draft can be written.
            #[prop(into)]
            on_change: Callback<String>,
            /// How to fill it in.
            #[prop(optional, into)]
            hint: Option<Signal<String>>,
            /// Whether it may stay empty.
            #[prop(optional)]
            optional: bool,
            /// What is wrong with it.
            #[prop(optional, into)]
            problem: Signal<Option<String>>,
            /// The element's id, so that a problem can lead to it.
            #[prop(into)]
            id: String,
            /// The browser's hint for filling in (`username`, `current-password`).
            #[prop(optional, into)]
            autocomplete: Option<&'static str>,
            /// The unit behind the value.
            #[prop(optional, into)]
            unit: Option<Signal<String>>,
            /// Hides what is typed.
            #[prop(optional)]
            secret: bool,
        ) -> impl IntoView {
            let kind = if secret { "password" } else { $kind };
            let control = view! {
                <div class="input-row">
                    <input
                        id=id.clone()
                        class="input"
                        type=kind
                        inputmode=$mode
                        autocomplete=autocomplete.unwrap_or("off")
                        prop:value=value
                        aria-invalid=move || if problem.with(Option::is_some) { "true" } else { "false" }
                        on:input=move |event| on_change.run(dom::value_of(&event))
                    />
                    {unit.map(|unit| view! { <span class="unit">{unit}</span> })}
                </div>
            };
            frame(Common { label, hint, optional, problem, id }, control)
        }
    )+ };
}

input_fields! {
    /// A short text.
    TextField: "text", "text";
    /// A number, kept as the text that was typed; a comma and a point both separate decimals.
    NumberField: "text", "decimal";
    /// A date, as `2026-11-23`.
    DateField: "date", "none";
}

/// A longer text.
#[component]
pub fn TextArea(
    /// Its name.
    #[prop(into)]
    label: Signal<String>,
    /// What is in it.
    #[prop(into)]
    value: Signal<String>,
    /// Called at every change.
    #[prop(into)]
    on_change: Callback<String>,
    /// How to fill it in.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// What is wrong with it.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// The element's id.
    #[prop(into)]
    id: String,
) -> impl IntoView {
    let control = view! {
        <textarea
            id=id.clone()
            class="input"
            rows="3"
            prop:value=value
            on:input=move |event| on_change.run(dom::value_of(&event))
        ></textarea>
    };
    frame(
        Common {
            label,
            hint,
            optional,
            problem,
            id,
        },
        control,
    )
}

/// One of many, where chips would fill the screen.
#[component]
pub fn SelectField(
    /// Its name.
    #[prop(into)]
    label: Signal<String>,
    /// What can be chosen.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// The code chosen now; empty for none.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the new code.
    #[prop(into)]
    on_change: Callback<String>,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// What is wrong with it.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// The element's id.
    #[prop(into)]
    id: String,
) -> impl IntoView {
    let option = move |choice: Choice| {
        let own = choice.value.clone();
        view! { <option value=choice.value selected=move || value.with(|value| *value == own)>{choice.label}</option> }
    };
    let control = view! {
        <select id=id.clone() class="input" on:change=move |event| on_change.run(dom::value_of(&event))>
            <option value="" selected=move || value.with(String::is_empty)>{t!("choice.required")}</option>
            {move || choices.get().into_iter().map(option).collect_view()}
        </select>
    };
    frame(
        Common {
            label,
            hint: None,
            optional,
            problem,
            id,
        },
        control,
    )
}
