//! A page of the phone: bar with the state at the upper right, content that scrolls, the next action at the bottom.

use leptos::prelude::*;

use super::icon::{Icon, Sign};
use crate::platform::dom;

/// The bar at the top. State is always at its right.
#[component]
pub fn TopBar(
    /// The page's name.
    #[prop(into)]
    title: Signal<String>,
    /// Where "Back" leads; none on the four main pages.
    #[prop(optional_no_strip, into)]
    back: Option<String>,
    /// What stands at the right: [`super::StateBadge`], [`super::Pill`].
    #[prop(optional, into)]
    state: ViewFn,
) -> impl IntoView {
    Effect::new(move || dom::set_title(&format!("{} · {}", title.get(), t!("app.name"))));
    view! {
        <header class="top">
            {back.map(|href| view! { <a class="top-back" href=href aria-label=t!("action.back")><Icon sign=Sign::Back /></a> })}
            <h1>{title}</h1>
            <div class="top-state" aria-live="polite">{state.run()}</div>
        </header>
    }
}

/// A whole page of the field app.
#[component]
pub fn Page(
    /// The page's name.
    #[prop(into)]
    title: Signal<String>,
    /// Where "Back" leads.
    #[prop(optional, into)]
    back: Option<String>,
    /// What stands at the upper right.
    #[prop(optional, into)]
    state: ViewFn,
    /// The action at the bottom, within the thumb's reach: buttons.
    #[prop(optional, into)]
    foot: Option<ViewFn>,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="page">
            <TopBar title back state />
            <main class="page-body">{children()}</main>
            {foot.map(|foot| view! { <footer class="page-foot">{foot.run()}</footer> })}
        </div>
    }
}

/// "2 of 4 · Work".
#[component]
pub fn StepLine(
    /// Which step this is, from 1.
    current: u32,
    /// How many there are.
    total: u32,
    /// What it is about.
    #[prop(into)]
    name: Signal<String>,
) -> impl IntoView {
    view! { <p class="step-line">{move || t!("step.of", current = current, total = total, name = name.get())}</p> }
}
