//! A card of paper.

use leptos::prelude::*;

/// A card with an optional title and something at its right.
#[component]
pub fn Card(
    /// Its title.
    #[prop(optional, into)]
    title: Option<Signal<String>>,
    /// A quiet line above the title.
    #[prop(optional, into)]
    above: Option<Signal<String>>,
    /// What stands right of the title: a badge, a tag.
    #[prop(optional, into)]
    aside: ViewFn,
    /// Where a tap on it leads, if it leads anywhere.
    #[prop(optional, into)]
    href: Option<String>,
    /// Whether it is drawn with an ink border, because something wants attention.
    #[prop(optional)]
    strong: bool,
    /// What is on it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let inner = view! {
        <div class="card-head">
            <div class="card-titles">
                {above.map(|above| view! { <div class="muted">{above}</div> })}
                {title.map(|title| view! { <h2>{title}</h2> })}
            </div>
            {aside.run()}
        </div>
        {children.map(|children| children())}
    };
    match href {
        Some(href) => {
            view! { <a class="card card-link" class:strong=strong href=href>{inner}</a> }.into_any()
        }
        None => view! { <section class="card" class:strong=strong>{inner}</section> }.into_any(),
    }
}
