//! DEMO: a black-and-white stripe wherever the ground is made up.

use leptos::prelude::*;

/// The stripe along the top of every screen of a demo programme.
#[component]
pub fn DemoStripe(
    /// Whether this programme is made up.
    #[prop(into)]
    shown: Signal<bool>,
) -> impl IntoView {
    move || {
        shown
            .get()
            .then(|| view! { <aside class="demo-stripe" aria-label=t!("demo.name")><b>{t!("demo.ground")}</b></aside> })
    }
}

/// The same on the map and beside figures.
#[component]
pub fn DemoPill() -> impl IntoView {
    view! { <span class="demo-pill"><b>{t!("demo.ground")}</b></span> }
}
