//! Buttons. The next action is the biggest, 60 px high; rarely used ones are quiet.

use leptos::either::Either;
use leptos::prelude::*;

use super::icon::{Icon, Sign};

/// How a button looks; not what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Look {
    /// What the person does next: strong blue.
    #[default]
    Primary,
    /// As important, but another thing: ink.
    Ink,
    /// Beside the main action: outlined.
    Ghost,
    /// Rarely used: text alone.
    Quiet,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button",
            Self::Ink => "button button-ink",
            Self::Ghost => "button button-ghost",
            Self::Quiet => "button button-quiet",
        }
    }
}

fn button(
    look: Look,
    label: Signal<String>,
    sign: Option<Sign>,
    on_press: Option<Callback<()>>,
    disabled: Signal<bool>,
    key: Option<&'static str>,
) -> impl IntoView {
    let press = move |_| {
        if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    view! {
        <button type="button" class=look.class() disabled=disabled on:click=press>
            {sign.map(|sign| view! { <Icon sign /> })}
            <span>{label}</span>
            {key.map(|key| view! { <kbd>{key}</kbd> })}
        </button>
    }
}

macro_rules! buttons {
    ($($(#[$doc:meta])* $name:ident: $look:ident;)+) => { $(
        $(#[$doc])*
        #[component]
        pub fn $name(
            /// The words on it: what happens.
            #[prop(into)]
            label: Signal<String>,
            /// Called at a press.
            #[prop(into)]
            on_press: Callback<()>,
            /// The icon before the words.
            #[prop(optional)]
            sign: Option<Sign>,
            /// Whether it can not be pressed now; say beside it why.
            #[prop(optional, into)]
            disabled: Signal<bool>,
            /// The key that does the same at the desk, shown on it.
            #[prop(optional)]
            key: Option<&'static str>,
        ) -> impl IntoView {
            button(Look::$look, label, sign, Some(on_press), disabled, key)
        }
    )+ };
}

buttons! {
    /// What the person does next.
    PrimaryButton: Primary;
    /// As important, but another thing.
    InkButton: Ink;
    /// Beside the main action.
    GhostButton: Ghost;
    /// Rarely used.
    QuietButton: Quiet;
}

/// A button that is a link to another page.
#[component]
pub fn LinkButton(
    /// The words on it.
    #[prop(into)]
    label: Signal<String>,
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// How it looks.
    #[prop(optional)]
    look: Look,
    /// The icon before the words.
    #[prop(optional)]
    sign: Option<Sign>,
) -> impl IntoView {
    view! {
        <a class=look.class() href=href>
            {sign.map_or(Either::Left(()), |sign| Either::Right(view! { <Icon sign /> }))}
            <span>{label}</span>
        </a>
    }
}

/// Buttons side by side, equally wide; `wide-last` gives the last one twice the width.
#[component]
pub fn ButtonRow(
    /// Whether the last button is the main one.
    #[prop(optional)]
    wide_last: bool,
    /// The buttons.
    children: Children,
) -> impl IntoView {
    view! { <div class="button-row" class:wide-last=wide_last>{children()}</div> }
}
