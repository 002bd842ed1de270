//! The emergency card: one tap from every field screen, readable at arm's length, works without a network.

use leptos::prelude::*;

use super::icon::{Icon, Sign};
use crate::platform::dom;

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

/// What to do at one place of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyPlace {
    /// Which place: the number and name of its task; empty where there is no task.
    pub name: String,
    /// The lines, the first thing to do first.
    pub lines: Vec<EmergencyLine>,
}

/// The card itself.
#[component]
pub fn EmergencyCard(
    /// Its places; several where a team has several tasks: nobody may read the wrong meeting point.
    #[prop(into)]
    places: Signal<Vec<EmergencyPlace>>,
    /// Closes it.
    #[prop(into)]
    on_close: Callback<()>,
    /// The phone's position, where there is a fresh one, already in words.
    #[prop(optional, into)]
    position: Signal<Option<String>>,
) -> impl IntoView {
    dom::on_key(move |key| {
        if key == "Escape" {
            on_close.run(());
        }
    });
    let dialog = NodeRef::new();
    dom::hold_focus(dialog);
    let line = |line: EmergencyLine| {
        let value = if line.dial {
            view! { <a href=format!("tel:{}", line.value.replace(' ', ""))>{line.value.clone()}</a> }.into_any()
        } else {
            view! { <span>{line.value.clone()}</span> }.into_any()
        };
        view! { <div class="emergency-line"><dt>{line.name}</dt><dd>{value}</dd></div> }
    };
    let place = move |place: EmergencyPlace| {
        view! {
            {(!place.name.is_empty()).then(|| view! { <h2 class="emergency-place">{place.name}</h2> })}
            <dl class="emergency-lines num">{place.lines.into_iter().map(line).collect_view()}</dl>
        }
    };
    view! {
        <div node_ref=dialog class="emergency" role="dialog" aria-modal="true" aria-label=t!("emergency.title")>
            <header class="top"><Icon sign=Sign::Emergency /><h1>{t!("emergency.title")}</h1></header>
            {move || places.get().into_iter().map(place).collect_view()}
            {move || position.get().map(|value| view! {
                <dl class="emergency-lines num">{line(EmergencyLine { name: t!("map.my_position").to_owned(), value, dial: false })}</dl>
            })}
            <div class="page-foot">
                <button type="button" class="button" on:click=move |_| on_close.run(())>{t!("action.close")}</button>
            </div>
        </div>
    }
}
