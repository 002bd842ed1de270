//! Work done as a bar, and long work with a number.

use leptos::prelude::*;

/// How a part of a bar is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Known at the office.
    Done,
    /// Sent or waiting, not yet reviewed.
    Sent,
}

/// A bar of parts of a whole; the words beside it carry the numbers.
#[component]
pub fn ProgressBar(
    /// Each part in thousandths of the whole.
    #[prop(into)]
    parts: Signal<Vec<(Part, u32)>>,
) -> impl IntoView {
    let part = |(part, thousandths): (Part, u32)| {
        let class = match part {
            Part::Done => "done",
            Part::Sent => "sent",
        };
        view! { <i class=class style:width=format!("{}.{}%", thousandths.min(1000) / 10, thousandths % 10)></i> }
    };
    view! { <div class="bar" aria-hidden="true">{move || parts.get().into_iter().map(part).collect_view()}</div> }
}

/// Long work: its name, "3 of 12", and a way to stop it.
#[component]
pub fn Progress(
    /// What is going on, with its number.
    #[prop(into)]
    text: Signal<String>,
    /// How much is done.
    #[prop(into)]
    done: Signal<u64>,
    /// How much there is.
    #[prop(into)]
    total: Signal<u64>,
    /// Stops it.
    #[prop(optional, into)]
    on_cancel: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <div class="progress" role="status">
            <div class="num">{text}</div>
            <progress max=move || total.get().to_string() value=move || done.get().to_string()></progress>
            {on_cancel.map(|cancel| view! {
                <button type="button" class="button button-quiet" on:click=move |_| cancel.run(())>{t!("action.cancel")}</button>
            })}
        </div>
    }
}
