//! A keypad of our own: the phone's covers half of the screen and moves the page.

use leptos::prelude::*;

use super::icon::{Icon, Sign};

/// Ten digits, optionally a decimal point and a sign, delete, and "next".
#[component]
pub fn Keypad(
    /// What has been typed so far.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the whole text after each key.
    #[prop(into)]
    on_change: Callback<String>,
    /// Called by the key at the lower right: on to the next figure.
    #[prop(into)]
    on_next: Callback<()>,
    /// The words on that key.
    #[prop(optional, into)]
    next_label: Option<Signal<String>>,
    /// Whether a decimal point can be typed.
    #[prop(optional)]
    decimals: bool,
    /// The most characters.
    #[prop(default = 8)]
    longest: usize,
) -> impl IntoView {
    let point = t!("format.decimal");
    let press = move |key: &'static str| {
        let mut text = value.get_untracked();
        if text.chars().count() >= longest || (key == point && text.contains(point)) {
            return;
        }
        // "042" is typed by nobody on purpose.
        if text == "0" && key != point {
            text.clear();
        }
        text.push_str(key);
        on_change.run(text);
    };
    let delete = move |_| {
        let mut text = value.get_untracked();
        if text.pop().is_some() {
            on_change.run(text);
        }
    };
    let digit = move |key: &'static str| view! { <button type="button" on:click=move |_| press(key)>{key}</button> };
    view! {
        <div class="keypad num">
            {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map(digit).collect_view()}
            {if decimals { digit(point).into_any() } else { view! { <span></span> }.into_any() }}
            {digit("0")}
            <button type="button" aria-label=t!("action.clear_figure") on:click=delete><Icon sign=Sign::Undo /></button>
            <button type="button" class="keypad-next" on:click=move |_| on_next.run(())>
                {move || next_label.map_or_else(|| t!("action.next").to_owned(), |label| label.get())}
            </button>
        </div>
    }
}
