//! The emergency card: one tap from every field screen, readable at arm's length, works without a network.

use leptos::prelude::*;

use super::icon::{Icon, Sign};

/// One line of the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyLine {
    /// What it is: radio channel, hospital, helicopter point.
    pub name: String,
    /// What to say, dial or drive to.
    pub value: String,
    /// Whether the value is a telephone number, which a tap then dials.
    pub dial: bool,
}

/// The card itself.
#[component]
pub fn EmergencyCard(
    /// Its lines, the first thing to do first.
    #[prop(into)]
    lines: Signal<Vec<EmergencyLine>>,
    /// Closes it.
    #[prop(into)]
    on_close: Callback<()>,
    /// The phone's position, where there is a fresh one, already in words.
    #[prop(optional, into)]
    position: Signal<Option<String>>,
) -> impl IntoView {
    let line = |line: EmergencyLine| {
        let value = if line.dial {
            view! { <a href=format!("tel:{}", line.value.replace(' ', ""))>{line.value.clone()}</a> }.into_any()
        } else {
            view! { <span>{line.value.clone()}</span> }.into_any()
        };
        view! { <div class="emergency-line"><dt>{line.name}</dt><dd>{value}</dd></div> }
    };
    view! {
        <div class="emergency" role="dialog" aria-modal="true" aria-label=t!("emergency.title")>
            <header class="top"><Icon sign=Sign::Emergency /><h1>{t!("emergency.title")}</h1></header>
            <dl class="emergency-lines num">
                {move || lines.get().into_iter().map(line).collect_view()}
                {move || position.get().map(|position| line(EmergencyLine { name: t!("map.my_position").to_owned(), value: position, dial: false }))}
            </dl>
            <div class="page-foot">
                <button type="button" class="button" on:click=move |_| on_close.run(())>{t!("action.close")}</button>
            </div>
        </div>
    }
}
