//! The tour of the demo: a quiet strip, one stop after the other.

use leptos::prelude::*;

use super::button::{GhostButton, QuietButton};

/// One stop of the tour.
#[component]
pub fn TourStrip(
    /// Which stop, from 1.
    number: usize,
    /// How many there are.
    total: usize,
    /// What is to be seen here.
    text: String,
    /// Who must be signed in at the next stop, where it is somebody else.
    next_as: Option<String>,
    /// Called with the number of the stop to go to: one past the last sets everything back.
    #[prop(into)]
    on_go: Callback<usize>,
    /// Ends the tour.
    #[prop(into)]
    on_end: Callback<()>,
) -> impl IntoView {
    let next = match next_as {
        _ if number == total => t!("tour.undo").to_owned(),
        Some(name) => t!("tour.go_on", name = name),
        None => t!("action.next").to_owned(),
    };
    view! {
        <aside class="tour" aria-label=t!("tour.title")>
            <b class="num">{t!("tour.at", current = number, total = total)}</b>
            <p>{text}</p>
            <div>
                {(number > 1).then(|| view! { <QuietButton label=t!("action.back") on_press=move |()| on_go.run(number - 1) /> })}
                <GhostButton label=next on_press=move |()| on_go.run(number + 1) />
                <button type="button" class="button button-quiet" aria-label=t!("tour.end") title=t!("tour.end") on:click=move |_| on_end.run(())>"×"</button>
            </div>
        </aside>
    }
}
